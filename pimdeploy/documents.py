"""JSON and TOML from anybody's file: what the libraries make of them, without the texts that exhaust them."""

import json
import math
import re
import tomllib
from typing import Any

MOST_KEY_PARTS = 32
"""Parts of a dotted key, a.b.c has three. tomllib takes memory with their square: no file of ours has more than four."""
LARGEST = 1 << 63
"""Integers have 64 bits, as TOML promises; larger ones would pass bounds and fail somewhere behind them."""
_KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_KEY_PART}){{{MOST_KEY_PARTS}}}")


def parse_toml(text: str) -> dict[str, Any]:
    """Return the document `text`. Raises `tomllib.TOMLDecodeError`, whatever is wrong with it."""
    if _LONG_KEY.search(text):
        raise tomllib.TOMLDecodeError(f"a key of more than {MOST_KEY_PARTS} parts")
    try:
        data = tomllib.loads(text)
        _check_numbers(data, finite=False)  # TOML has nan and inf
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("nested too deeply") from error
    except ValueError as error:  # a date that does not exist, an integer of too many digits
        raise tomllib.TOMLDecodeError(str(error)) from error
    return data


def parse_json(text: str | bytes, *, finite: bool = True) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the document `text`, of finite numbers but where they may be others. Raises ValueError, whatever is wrong."""
    try:
        data = json.loads(text)
        _check_numbers(data, finite=finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return data


def _check_numbers(value: object, *, finite: bool) -> None:
    match value:
        case dict():
            for child in value.values():
                _check_numbers(child, finite=finite)
        case list():
            for child in value:
                _check_numbers(child, finite=finite)
        case int() if not -LARGEST <= value < LARGEST:
            raise ValueError(f"an integer of {value.bit_length()} bits; expected at most 64")
        case float() if finite and not math.isfinite(value):
            raise ValueError(f"the number {value}; expected a finite one")
        case _:
            pass
