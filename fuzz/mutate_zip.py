"""Mutations of ZIP archives (.npz, .pth): members, their names, and what the archive says of them."""

import functools
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

from fuzz.hostile import TEXTS
from fuzz.mutate_bytes import LARGEST, mutated_bytes
from fuzz.source import Source, chance, pick

Members = list[tuple[str, bytes]]
Mutator = Callable[[Source, str, bytes], bytes]
MEMBER_NAMES = (
    "../tx.npy",
    "/tx.npy",
    "tx.npy",
    "rx.npy",
    "a/b/tx.npy",
    "tx.npy/",
    ".npy",
    "tx",
    "TX.npy",
    "K.taps.npy",
)
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
FIELDS = {"flags": (8, 2), "method": (10, 2), "crc": (16, 4), "stored": (20, 4), "size": (24, 4), "offset": (42, 4)}
"""Place and width of fields of an entry of the central directory (APPNOTE 4.3.12)."""
METHODS = (0, 8, 9, 12, 14, 93, 99, 65535)


def members_of(data: bytes) -> Members:
    """Return the members of a sound archive, in order; none of one that would unpack into much."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            return []
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def archive_of(members: Members, *, packed: bool) -> bytes:
    """Return an archive of `members`, deflated where `packed`; names may come twice."""
    stream, method = io.BytesIO(), zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name or "x")
            info.compress_type = method
            archive.writestr(info, data)
    return stream.getvalue()


@functools.cache
def zeros(n_bytes: int) -> bytes:
    """Return zeros, made once: a bomb's content."""
    return bytes(n_bytes)


def _with_members(source: Source, members: Members, mutator: Mutator) -> bytes:
    members = list(members)
    at, other = (source.integer(0, len(members) - 1) for _ in range(2))
    name, data = members[at]
    match pick(source, ("content", "content", "content", "name", "gone", "twice", "swapped", "foreign")):
        case "content":
            members[at] = (name, mutator(source, name, data))
        case "name":
            members[at] = (pick(source, (*MEMBER_NAMES, *TEXTS)).replace("\x00", "0"), data)
        case "gone":
            del members[at]
        case "twice":
            members.append((name, mutator(source, name, data)))
        case "swapped":
            members[at], members[other] = (name, members[other][1]), (members[other][0], data)
        case _:
            members.append((pick(source, MEMBER_NAMES), data))
    return archive_of(members, packed=chance(source, 2))


def _with_directory(source: Source, data: bytes) -> bytes:
    """Return `data` whose directory says something else of one member, and now and then its local header, too."""
    entries = [found.start() for found in re.finditer(re.escape(CENTRAL), data) if found.start() + 46 <= len(data)]
    if not entries:
        return mutated_bytes(source, data)
    at, name = pick(source, entries), pick(source, sorted(FIELDS))
    place, width = FIELDS[name]
    edges = METHODS if name == "method" else (0, 1, 8, 255, 65535, len(data), 2**31, 2**32 - 2, 2**32 - 1)
    value = (pick(source, edges) & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    changed = bytearray(data)
    changed[at + place : at + place + width] = value
    (local,) = struct.unpack_from("<I", data, at + FIELDS["offset"][0])
    if name != "offset" and chance(source, 2) and data[local : local + 4] == LOCAL:
        changed[local + place - 2 : local + place - 2 + width] = value
    return bytes(changed)


def mutated_zip(source: Source, data: bytes, mutator: Mutator) -> bytes:
    """Return the archive `data` with members, directory or bytes changed; `mutator` changes a member by its name."""
    try:
        members = members_of(data)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError, KeyError):
        return mutated_bytes(source, data)
    if not members or chance(source, 3):
        return pick(source, (_with_directory, mutated_bytes))(source, data)
    return _with_members(source, members, mutator)
