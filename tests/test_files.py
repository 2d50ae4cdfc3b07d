"""Writing leaves nothing half-written and loses nothing, whatever stops it and wherever."""

import errno
import os
from pathlib import Path

import pytest

from pimdeploy.errors import InputError
from pimdeploy.files import check_folder, replaced_folder, write_file

MARKER = "manifest.json"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write_new(target):
    with replaced_folder(target, MARKER) as folder:
        (folder / MARKER).write_text("new")
        (folder / "c").mkdir()
        (folder / "c" / "code.c").write_text("new")


NEW = {MARKER: "new", "c/code.c": "new"}
OLD = {MARKER: "old", "only_before.txt": "old"}


@pytest.fixture
def old(tmp_path):
    """A bundle that is there already, alone in its folder."""
    target = tmp_path / "place" / "bundle"
    target.mkdir(parents=True)
    for name, text in OLD.items():
        (target / name).write_text(text)
    return target


def alone(target):
    return list(target.parent.iterdir()) == [target]


def test_a_folder_is_made_with_its_parents(tmp_path):
    target = tmp_path / "a" / "b" / "bundle"
    write_new(target)
    assert contents(target) == NEW
    assert alone(target)
    assert target.stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "bundle").mkdir()
    write_new(tmp_path / "bundle")
    assert contents(tmp_path / "bundle") == NEW


def test_an_earlier_bundle_is_replaced_as_a_whole(old):
    write_new(old)
    assert contents(old) == NEW
    assert alone(old)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError("x")]
)
def test_what_stops_the_writing_leaves_the_earlier_bundle(old, error):
    expected = InputError if isinstance(error, OSError) else type(error)

    def stopped():
        with replaced_folder(old, MARKER) as folder:
            (folder / MARKER).write_text("half")
            raise error

    with pytest.raises(expected):
        stopped()
    assert contents(old) == OLD
    assert alone(old)


def test_a_full_disk_is_one_line(old):
    message = r"^.*/bundle: cannot be written: No space left on device; nothing was changed$"
    with pytest.raises(InputError, match=message), replaced_folder(old, MARKER):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("stopped", [1, 2])
def test_what_stops_the_exchange_of_the_folders_leaves_the_earlier_bundle(old, monkeypatch, error, stopped):
    """The exchange takes two renames; it may end before the first or between them."""
    rename, calls = Path.rename, []

    def stop(self, target):
        calls.append(self)
        if len(calls) == stopped:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(InputError if isinstance(error, OSError) else KeyboardInterrupt):
        write_new(old)
    assert contents(old) == OLD
    assert alone(old)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for action in (lambda: write_new(tmp_path), lambda: check_folder(tmp_path, MARKER)):
        with pytest.raises(
            InputError, match=rf"^{tmp_path}: exists and holds no manifest\.json; give another folder or .*$"
        ):
            action()
    assert contents(tmp_path) == {"thesis.txt": "years of work"}


def test_a_file_in_the_place_of_the_folder_or_of_its_parent_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"^.*/file: exists and holds no manifest\.json"):
        check_folder(tmp_path / "file", MARKER)
    with pytest.raises(
        InputError, match=r"^.*/file/b: cannot be written: Not a directory|File exists; give another --out$"
    ):
        check_folder(tmp_path / "file" / "b", MARKER)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_place_is_refused(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(InputError, match=r"^.*/b: cannot be written: .* is read-only; give another --out$"):
        check_folder(tmp_path / "b", MARKER)


def test_a_file_is_written_with_its_parents_and_replaced(tmp_path):
    target = tmp_path / "a" / "stage.json"
    for text in ("one", "two"):
        write_file(target, text.encode())
        assert contents(target.parent) == {"stage.json": text}
    assert target.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_stops_a_file_leaves_the_earlier_one(tmp_path, monkeypatch, error):
    target = tmp_path / "stage.json"
    write_file(target, b"one")

    def stop(*_):
        raise error

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(InputError if isinstance(error, OSError) else KeyboardInterrupt) as caught:
        write_file(target, b"two")
    assert contents(tmp_path) == {"stage.json": "one"}
    if isinstance(error, OSError):
        assert str(caught.value) == f"{target}: cannot be written: No space left on device; nothing was changed"


def test_a_file_whose_place_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"^.*/file/b: cannot be written: .*; give another place$"):
        write_file(tmp_path / "file" / "b", b"x")
