"""MATLAB version 5 files, numeric arrays only.

Written here because SciPy's reader crashes the interpreter on some damaged files, where one line is owed to the user.
Every length is checked against the bytes that are there. Format: "MAT-File Format", The MathWorks, chapter 1.
"""

import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.signals.readers.common import refuse_bomb

HEADER_BYTES = 128
COMPRESSED, MATRIX = 15, 14
STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""Types of stored numbers (miINT8 ...); MATLAB stores a double in a narrower type where its values allow."""
CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
"""Classes of numeric arrays (mxDOUBLE_CLASS ...)."""
OPAQUE_CLASS = 17
"""Tables, strings and other objects: they have a name where others have a shape, and are passed over."""
COMPLEX_FLAG = 0x0800
_PEEK_BYTES = 1024
_ROOM_BYTES = 64
"""More than the tags of an array's numbers and what pads them."""


@dataclass(frozen=True)
class _Element:
    kind: int
    data: memoryview
    next: int


@dataclass(frozen=True)
class _Head:
    """What stands before the numbers of an array; `numbers` is where they start."""

    name: str
    class_id: int
    is_complex: bool
    shape: tuple[int, ...]
    numbers: int


class Mat5File:
    """The numeric arrays at the top level of a version 5 file; `names` lists all variables, `read` returns one.

    Raises `CaptureError` where the file is no such file or ends early, `ValueError` where it contradicts itself.
    """

    def __init__(self, path: Path, where: str) -> None:
        self._where = where
        content = memoryview(path.read_bytes())
        mark = bytes(content[126:HEADER_BYTES])
        if mark not in (b"IM", b"MI"):
            raise CaptureError(
                f"{where}: no MATLAB file of version 5 or 7.3, or its header is cut off; save it with -v7 or -v7.3"
            )
        self._order = "<" if mark == b"IM" else ">"
        self._packed: dict[str, _Element] = {}
        at = HEADER_BYTES
        while at < len(content):
            element = self._element(content, at, padded=False)
            at = element.next
            if element.kind in (COMPRESSED, MATRIX):
                self._packed[self._head(self._unpacked(element, _PEEK_BYTES)).name] = element

    @property
    def names(self) -> list[str]:
        """Names of all variables."""
        return list(self._packed)

    def read(self, name: str) -> NDArray[Any]:
        """Return one array. Complex integers come as I and Q on a last axis, so that their type is kept."""
        packed = self._packed[name]
        head = self._head(self._unpacked(packed, _PEEK_BYTES))
        if head.class_id not in CLASSES:
            raise CaptureError(
                f"{self._where}: {name} is no numeric array; expected complex samples, or I and Q as numbers"
            )
        n_values = math.prod(head.shape) * (2 if head.is_complex else 1)
        refuse_bomb(n_values, np.dtype(CLASSES[head.class_id]), len(packed.data), self._where, name)
        body = self._unpacked(packed, head.numbers + _ROOM_BYTES + n_values * 8)
        parts, at = [], head.numbers
        for _ in range(2 if head.is_complex else 1):
            element = self._element(body, at)
            parts.append(self._numbers(element, head))
            at = element.next
        if not head.is_complex:
            return parts[0]
        if parts[0].dtype.kind in "iu":
            return np.stack(parts, axis=-1)
        joined: NDArray[Any] = parts[0] + 1j * parts[1]
        return joined

    def _numbers(self, element: _Element, head: _Head) -> NDArray[Any]:
        stored = np.frombuffer(element.data, dtype=self._order + STORED[element.kind])
        if stored.size != math.prod(head.shape):
            raise ValueError(f"{head.name} has shape {head.shape} and {stored.size} numbers")
        return stored.astype(CLASSES[head.class_id]).reshape(head.shape, order="F")

    def _unpacked(self, element: _Element, largest: int) -> memoryview:
        """Return what an array element holds, at most `largest` bytes of it."""
        if element.kind == MATRIX:
            return element.data
        inner = zlib.decompressobj().decompress(element.data, largest)
        kind, n_bytes = struct.unpack_from(f"{self._order}2I", inner)
        if kind != MATRIX:
            raise ValueError(f"a compressed element of type {kind} is no array")
        return memoryview(inner)[8 : 8 + n_bytes]

    def _head(self, body: memoryview) -> _Head:
        flags = self._element(body, 0)
        (bits,) = struct.unpack_from(f"{self._order}I", flags.data)
        shape = self._element(body, flags.next)
        if bits & 0xFF == OPAQUE_CLASS:
            return _Head(str(shape.data, "ascii"), OPAQUE_CLASS, False, (), shape.next)
        name = self._element(body, shape.next)
        sizes = tuple(int(n) for n in np.frombuffer(shape.data, dtype=f"{self._order}i4"))
        if not sizes or min(sizes) < 0:
            raise ValueError(f"an array of shape {sizes}")
        return _Head(str(name.data, "ascii"), bits & 0xFF, bool(bits & COMPLEX_FLAG), sizes, name.next)

    def _element(self, content: memoryview, at: int, padded: bool = True) -> _Element:
        """Return the element at `at`; one of up to four bytes may stand within its tag."""
        if at + 8 > len(content):
            raise CaptureError(f"{self._where}: ends within a variable; the file is truncated, export it again")
        kind, n_bytes = struct.unpack_from(f"{self._order}2I", content, at)
        if kind >> 16:
            return _Element(kind & 0xFFFF, content[at + 4 : at + 4 + min(kind >> 16, 4)], at + 8)
        start, stop = at + 8, at + 8 + n_bytes
        if stop > len(content):
            raise CaptureError(f"{self._where}: ends within a variable; the file is truncated, export it again")
        return _Element(kind, content[start:stop], stop + (-n_bytes % 8 if padded else 0))
