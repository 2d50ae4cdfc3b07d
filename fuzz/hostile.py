"""Values and texts that readers stumble over: what the mutators of this folder put in the place of honest ones."""

import math
from typing import Any

DEEP = 20_000
"""Levels of nesting that exhaust a recursive parser."""

NUMBERS: tuple[Any, ...] = (
    *(0, 1, -1, 2, 7, 255, 65536, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64),
    *(10**9, 10**12, 10**30, 10**400),
    *(0.5, -0.5, 1e-320, 1e300, 1.7976931348623157e308, -0.0, math.nan, math.inf, -math.inf),
)
"""Integers and floats at the edges of their types."""

TEXTS = (
    *("", " ", "0", "1", "true", "null", "NaN", "tx", "\x00", "a\nb", "a\rb", "\x1b[31mred", "\u202etxt.exe"),
    *("ä", "日本語", "😀", "١٢", "%s%n", "{0.__class__}", "'; --", "a" * 5000),
    *("..", "../../etc/passwd", "/etc/passwd", "/dev/zero", "C:\\nul", "~", "$HOME", "file:///etc/passwd"),
    *("-150 dBc at 2 x 43 dBm", "1e999", "0x10", "1_000", "W99A99"),
)
"""Texts: empty, huge, of control characters, of other scripts, paths that lead outside."""


def _nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


SMALL_VALUES: tuple[Any, ...] = (True, False, [], {}, [[]], {"": {}}, [0] * 3, [[0.0, 0.0], [1.0]], _nested(50))
LONG_VALUES: tuple[Any, ...] = ([0] * 5000, [[0, 1]] * 2000, {f"k{n}": n for n in range(500)})
VALUES: tuple[Any, ...] = (*NUMBERS, *TEXTS, *SMALL_VALUES, *LONG_VALUES)
"""Values that JSON and TOML both can hold."""

JSON_RAW = (
    *("[" * DEEP + "]" * DEEP, "[" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "NaN", "-Infinity", "1e999", "-1e999"),
    *(
        "9" * 5000,
        "0." + "1" * 5000,
        '"\\ud800"',
        '"\\u0000"',
        "",
        ",",
        "nul",
        "'a'",
        '{"a": 1, "a": 2}',
        "1 2",
        "/**/1",
    ),
)
"""JSON as text, right and wrong, that no value gives."""
TOML_RAW = (
    *("[" * DEEP + "]" * DEEP, "[" * 200 + "]" * 200, "{a = " * DEEP + "1" + "}" * DEEP, "1979-05-27", "07:32:00"),
    *("1979-05-27T07:32:00Z", "9999-99-99", "0x" + "f" * 5000, "9" * 5000, "1e999", '"\\ud800"', '"\\u0000"', "nan"),
    *("-inf", "'''a\nb'''", '"""', "", "= 1", "1 2", "{}", "[{}]", "[1, 'a']", "{a.b = 1, a.c = 2}"),
)
"""TOML as text, right and wrong, that no value gives."""

CSV_FIELDS = (
    *("", " ", "nan", "inf", "-inf", "1e999", "1e-999", "1+2j", "0x10", "1_000", "١", '"1"', '"', '"a,b"', "#1", "1;2"),
    *("1" * 5000, "\x00", "\ufeff1", "\r", "\n", "1,2", "--1", "1.2.3", "True", "NULL", "\x1b[31m", "1d5"),
)
"""What may stand between two commas."""

BYTES = (
    *(b"", b"\x00", b"\xff", b"\x00" * 8, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00" * 64),
    *(b"\x00" * 512, b"\n", b"\r\n", b",", b'"', b"{", b"]" * 64, b"\xef\xbb\xbf", b"\xed\xa0\x80", b"PK\x03\x04"),
    *(b"PK\x05\x06", b"\x93NUMPY\x01\x00", b"\x80\x04\x95", b"\x89HDF\r\n\x1a\n", b"MATLAB 5.0", b"MATLAB 7.3"),
)
"""Bytes at the edges, and the marks by which formats are told apart."""

LINKS = ("/dev/zero", "/dev/zero", "/dev/null", "/etc/hostname", "..", ".", "missing")
"""Targets of symbolic links. One of a link's own name makes a loop."""
