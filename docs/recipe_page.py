"""Writes docs/recipe.md from the models of pimdeploy/recipe.py: `python docs/recipe_page.py`. A test holds it current."""

import ast
import inspect
import itertools
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pimdeploy import recipe

PAGE = Path(__file__).with_name("recipe.md")
HEAD = """# The recipe

One TOML file drives a run. Unknown keys are errors that name the nearest known one. A recipe has `name`, a `[receive]`
section and either a `[capture]` or a `[scenario]` section; everything else has a default. The resolved recipe, every
default but that of `datapath.products` written out, lies in the bundle.

This page is written by `python docs/recipe_page.py`.
"""


def attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the string below each field of `model`, as one line."""
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for statement, below in itertools.zip_longest(body.body, body.body[1:]):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            text = below.value.value if is_text and isinstance(below.value.value, str) else ""  # type: ignore[attr-defined]
            found[statement.target.id] = " ".join(text.split())
    return found


def page() -> str:
    """Return the text of docs/recipe.md."""
    sections = [("", recipe.Recipe)]
    sections += [
        (name, model) for name, field in recipe.Recipe.model_fields.items() for model in _sections(field.annotation)
    ]
    return HEAD + "".join(_table(name, model) for name, model in sections)


def _sections(annotation: Any) -> list[type[BaseModel]]:
    """Return the models of a field: one for a section, several where `family` tells them apart, none for a value."""
    candidates = (annotation, *getattr(annotation, "__args__", ()))
    return [c for c in candidates if inspect.isclass(c) and issubclass(c, BaseModel)]


def _table(name: str, model: type[BaseModel]) -> str:
    docs = attribute_docstrings(model)
    title = f"[{name}]" if name else "Top level"
    if "family" in model.model_fields:
        title += f', family = "{model.model_fields["family"].default}"'
    lines = [
        f"\n## {title}\n",
        f"{' '.join((model.__doc__ or '').split())}\n",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    for key, field in model.model_fields.items():
        if _sections(field.annotation):
            continue
        lines.append(f"| `{key}` | {_default(field.default)} | {docs[key]} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    return "-" if value is None else f"`{list(value) if isinstance(value, tuple) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page())
