"""Programs that tests need: where one is missing a test is skipped, and fails where PIMDEPLOY_REQUIRE_TOOLS is set."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def require(tool: str) -> str:
    """Return the path of `tool`; without it the test is skipped, or fails where tools are required."""
    found = shutil.which(tool)
    if found is None:
        missing(f"{tool} is not installed")
    return str(found)


def missing(reason: str) -> None:
    """Skip the test for `reason`, or fail it where tools are required."""
    if os.environ.get("PIMDEPLOY_REQUIRE_TOOLS"):
        pytest.fail(f"{reason}, and PIMDEPLOY_REQUIRE_TOOLS asks for it")
    pytest.skip(reason)


def ran(command: list[str], folder: Path | None = None) -> subprocess.CompletedProcess:
    """Run `command` and return what it said and its status."""
    require(command[0])
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def succeeded(command: list[str], folder: Path | None = None) -> str:
    """Run `command`, which has to succeed, and return what it printed."""
    done = ran(command, folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
