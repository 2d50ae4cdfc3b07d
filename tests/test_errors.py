"""A message is one line that any terminal can take, whatever came into it from a file."""

import pytest

from pimdeploy.errors import LONGEST_MESSAGE, BundleChangedError, InputError, PimdeployError, printable


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("c.npz: größer als 日本語", "c.npz: größer als 日本語"),
        ("two\nlines\r\nand a third", "two lines and a third"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\ud800b\x00\u202etxt", "a\\ud800b\\x00\\u202etxt"),
        ("", ""),
    ],
)
def test_a_message_is_printable(given, told):
    assert printable(given) == told
    assert str(InputError(given)) == told
    assert told.isprintable()


def test_a_long_message_keeps_its_beginning_and_its_end():
    text = str(BundleChangedError(f"file: {'x' * 100_000}; export it again"))
    assert len(text) == LONGEST_MESSAGE + len(" ... ")
    assert text.startswith("file: xxx")
    assert text.endswith("xxx; export it again")
    short = "x" * LONGEST_MESSAGE
    assert str(PimdeployError(short)) == short


def test_an_error_without_a_message_has_an_empty_one():
    assert str(PimdeployError()) == ""
