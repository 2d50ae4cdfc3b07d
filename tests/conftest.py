"""What tests of bundles, of the proof and of the command line share: one small bundle a session, and the command line."""

import os
import shutil
from pathlib import Path

import pytest
from demo_bundle import command, demo_parts
from hypothesis import HealthCheck, settings

from pimdeploy.emit.bundle import write_bundle

# Tests compute on the CPU, also where there is a GPU: what they hold to the last bit is the CPU's. One brings it back.
os.environ.setdefault("PIMDEPLOY_TEST_CUDA", os.environ.get("CUDA_VISIBLE_DEVICES", "0"))
os.environ["CUDA_VISIBLE_DEVICES"] = ""

# Shared machines are slow now and then: no example fails for its time, and equal code gives equal examples.
settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


@pytest.fixture(scope="session")
def pimdeploy():
    """The command line as a function: pimdeploy("verify", path, "--json")."""
    return command


@pytest.fixture(scope="session")
def shared_bundle(tmp_path_factory):
    """The small bundle; nobody changes it."""
    return write_bundle(demo_parts(), tmp_path_factory.mktemp("shared") / "demo").path


@pytest.fixture
def bundle_path(shared_bundle, tmp_path):
    """A copy of the small bundle that a test may spoil."""
    return Path(shutil.copytree(shared_bundle, tmp_path / "bundle"))
