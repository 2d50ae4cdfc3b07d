"""What pydantic finds wrong with a TOML file, as one line: which key, what was expected, the nearest known one."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pimdeploy.network_spec import FAMILIES, NetworkSpec

Location = tuple[int | str, ...]


def first_fault(error: ValidationError, root: type[BaseModel], title: str, page: str) -> str:
    """Return the first fault of `error` as one line, an unknown key before all others.

    root: the model that was validated. title: what to call the whole file. page: where its keys are documented.
    """
    faults = error.errors()
    # A key that is misspelt is missing, too: the misspelling says more.
    fault = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    where = _dotted(fault["loc"], root) or title
    if fault["type"] == "extra_forbidden":
        return _unknown_key(fault["loc"], root)
    if fault["type"] == "union_tag_invalid":
        return f"network.family: got {fault['ctx']['tag']!r}, expected one of {', '.join(FAMILIES)}"
    if fault["type"] == "missing" and isinstance(fault["loc"][-1], int):  # a list with too few values
        there = fault["loc"][-1]
        return f"{_dotted(fault['loc'][:-1], root)}: expected at least {there + 1} values, got {there}"
    if fault["type"] == "missing":
        return f"{where}: this key is missing; {page} lists what a {title} needs"
    got = fault.get("input")
    shown = "" if isinstance(got, dict | BaseModel) or fault["type"] in _SAYS_WHAT_IT_GOT else f", got {got!r}"
    return f"{where}: {_expected(fault)}{shown}"


_SAYS_WHAT_IT_GOT = ("value_error", "too_short", "too_long")


def _expected(fault: ErrorDetails) -> str:
    """Return what was expected in words of TOML, where pydantic's are those of Python."""
    match fault["type"]:
        case "tuple_type" | "list_type":
            return "expected a list, [...]"
        case "too_short":
            return f"expected at least {fault['ctx']['min_length']} in the list, got {fault['ctx']['actual_length']}"
        case "too_long":
            return f"expected at most {fault['ctx']['max_length']} in the list, got {fault['ctx']['actual_length']}"
        case "string_type":
            return 'expected a text, "..."'
        case _:
            return fault["msg"].removeprefix("Value error, ")


def _unknown_key(location: Location, root: type[BaseModel]) -> str:
    section: Any = root
    for part in location[:-1]:
        section = _below(section, part)
    known, key = list(section.model_fields), str(location[-1])
    near = [name for name in known if name.lower() == key.lower()] or difflib.get_close_matches(key, known, 1, 0.0)
    return f"unknown key {_dotted(location, root)!r}; did you mean {near[0]!r}? known: {', '.join(known)}"


def _below(section: Any, part: int | str) -> Any:  # noqa: ANN401  (a model, the union of networks, None for a value)
    if isinstance(part, int) or section is None:  # a place in a list of sections
        return section
    if section is NetworkSpec:  # told apart by the tag that pydantic puts into the location
        return next((m for m in get_args(NetworkSpec) if m.model_fields["family"].default == part), None)
    if part not in section.model_fields:
        return None
    annotation = section.model_fields[part].annotation
    return NetworkSpec if annotation == NetworkSpec else _model_in(annotation)


def _model_in(annotation: Any) -> Any:  # noqa: ANN401  (a type, perhaps inside a tuple or beside None)
    """Return the model in an annotation, None where there is none."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)


def _dotted(location: Location, root: type[BaseModel]) -> str:
    """Return the keys of `location`, one of a list of sections as "carrier 2.power_dbm".

    The family, which pydantic puts behind "network", is left out.
    """
    section: Any = root
    text = ""
    for place, part in enumerate(location):
        section = _below(section, part)
        if place == 1 and location[0] == "network" and part in FAMILIES:
            continue
        text += f" {part + 1}" if isinstance(part, int) and section is not None else f".{part}"
    return text.removeprefix(".")
