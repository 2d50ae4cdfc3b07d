"""A case: the files that a reader is given, in memory, on disk, and as one file that replays it."""

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ARCHIVE = ".tar"
"""Suffix under which a case of several files is kept; a case of one file is kept as that file."""


@dataclass(frozen=True)
class Case:
    """files: bytes by relative path. links: targets of symbolic links by path. entry: what the reader is given.

    An empty `entry` stands for the folder itself.
    """

    files: Mapping[str, bytes] = field(repr=False)
    entry: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(len(data) for data in self.files.values())

    @property
    def alone(self) -> bool:
        """Whether the case is its entry and nothing else."""
        return not self.links and list(self.files) == [self.entry]

    @property
    def suffix(self) -> str:
        """Suffix of the file that keeps the case."""
        return PurePosixPath(self.entry).suffix if self.alone else ARCHIVE

    def packed(self) -> bytes:
        """Return the case as the content of one file; equal cases give equal bytes."""
        if self.alone:
            return self.files[self.entry]
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name in sorted(self.files):
                member = tarfile.TarInfo(name)
                member.size = len(self.files[name])
                archive.addfile(member, io.BytesIO(self.files[name]))
            for name in sorted(self.links):
                member = tarfile.TarInfo(name)
                member.type, member.linkname = tarfile.SYMTYPE, self.links[name]
                archive.addfile(member)
        return stream.getvalue()

    @property
    def digest(self) -> str:
        """The first 16 digits of the SHA-256 of `packed`."""
        return hashlib.sha256(self.packed()).hexdigest()[:16]

    def write(self, folder: Path) -> Path:
        """Write the case into the empty `folder`; return the path that the reader is given."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name, target in self.links.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.symlink_to(target)
        return folder / self.entry if self.entry else folder


def unpacked(path: Path, entry: str) -> Case:
    """Return the case that the file `path` keeps, for a reader that is given `entry`."""
    data = path.read_bytes()
    if path.suffix != ARCHIVE or PurePosixPath(entry).suffix == ARCHIVE:
        return Case({entry: data}, entry)
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name] = content.read()
            elif member.issym():
                links[member.name] = member.linkname
    return Case(files, entry, links)


def read_folder(folder: Path, entry: str = "") -> Case:
    """Return what lies in `folder`; links are kept as links, so that a loop of them ends."""
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    for root, folders, names in os.walk(folder):
        for name in [*names, *folders]:
            path = Path(root) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                links[relative] = str(path.readlink())
            elif path.is_file():
                files[relative] = path.read_bytes()
    return Case(files, entry, links)
