"""Mutations of JSON, TOML and CSV: of the document, and of its text."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import tomli_w

from fuzz.hostile import CSV_FIELDS, JSON_RAW, TOML_RAW
from fuzz.mutate_bytes import LARGEST
from fuzz.mutate_tree import mutated_tree
from fuzz.source import Source, chance, pick
from pimdeploy.documents import parse_toml

MARK = "raw-text-number-"
"""Stands in a document where raw text goes, which no value gives; the text is put in once the document is written."""


def mutated_json(source: Source, data: bytes) -> bytes:
    """Return the JSON document `data` with places changed, or its text."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return mutated_lines(source, data)
    return mutated_lines(source, data) if chance(source, 5) else _mutated_document(source, tree, JSON_RAW, _json)


def mutated_toml(source: Source, data: bytes) -> bytes:
    """Return the TOML document `data` with places changed, or its text."""
    try:
        tree = parse_toml(data.decode())
    except ValueError:
        return mutated_lines(source, data)
    if chance(source, 5):
        return pick(source, (mutated_lines, _with_dotted_key))(source, data)
    return _mutated_document(source, tree, TOML_RAW, _toml)


def mutated_csv(source: Source, data: bytes) -> bytes:
    """Return the table `data` with fields, columns or lines changed."""
    if chance(source, 3):
        return mutated_lines(source, data)
    lines = data.split(b"\n")
    for _ in range(source.integer(1, 3)):
        at = source.integer(0, min(len(lines) - 1, pick(source, (3, len(lines) - 1))))
        fields = lines[at].split(b",")
        field, where = pick(source, CSV_FIELDS).encode(), source.integer(0, len(fields))
        fields[where : where + pick(source, (1, 1, 0, 5))] = [field] * pick(source, (1, 1, 2))
        lines[at] = b",".join(fields)
    return b"\n".join(lines)[:LARGEST]


def mutated_lines(source: Source, data: bytes) -> bytes:
    """Return `data` with lines doubled, taken away or moved."""
    lines = data.split(b"\n")
    start, stop = sorted(source.integer(0, len(lines)) for _ in range(2))
    at, piece = source.integer(0, len(lines)), lines[start:stop]
    changed = pick(source, (lines[:at] + piece + lines[at:], lines[:start] + lines[stop:], piece + lines))
    return b"\n".join(changed)[:LARGEST]


def _mutated_document(source: Source, tree: Any, raw: Sequence[str], dump: Callable[[Any], str]) -> bytes:  # noqa: ANN401
    marks = [f"{MARK}{number}-" for number in range(len(raw))]
    for _ in range(pick(source, (1, 1, 1, 2, 4))):
        tree = mutated_tree(source, tree, marks)
    try:
        text = dump(tree)
    except (ValueError, TypeError, RecursionError):  # a value that the format has no way to write
        text = ""
    filled = re.sub(f'"{MARK}(\\d+)-"', lambda found: raw[int(found[1])], text)
    return filled.encode("utf-8", "surrogatepass")[:LARGEST]


def _json(tree: Any) -> str:  # noqa: ANN401 - whatever a document holds
    return json.dumps(tree, indent=1)


def _toml(tree: Any) -> str:  # noqa: ANN401
    """Return `tree` as TOML; a root that is no table is written as one."""
    return tomli_w.dumps(tree if isinstance(tree, dict) else {"root": tree})


def _with_dotted_key(source: Source, data: bytes) -> bytes:
    """Return `data` with a table whose name has many parts, thousands of them."""
    key = b".".join([b"a"] * pick(source, (2, 500, 20_000)))
    line = pick(source, (b"[%s]\n", b"[[%s]]\n", b"%s = 1\n")) % key
    return pick(source, (data + b"\n" + line, line + data))
