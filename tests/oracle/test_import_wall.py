"""The oracle proves nothing unless it shares no code with what it proves."""

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize(("file", "allowed"), [("oracle.py", {"numpy"}), ("counting.py", set())])
def test_imports_only_the_standard_library_and_what_is_allowed(file: str, allowed: set[str]) -> None:
    found: set[str] = set()
    for statement in ast.walk(ast.parse((HERE / file).read_text(encoding="utf-8"))):
        if isinstance(statement, ast.Import):
            found |= {alias.name.split(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0
            found.add(str(statement.module).split(".")[0])
    assert found - set(sys.stdlib_module_names) == allowed
