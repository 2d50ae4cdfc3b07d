"""Where a compiler is asked to put the tables: section and alignment, in the words of GCC, TI or CEVA compilers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

TableCompiler = Literal["portable", "gcc", "ti", "ceva"]

HOSTS = ("__x86_64__", "__i386__", "__aarch64__", "__arm__", "__riscv")
"""Machines that are no CEVA core: there its attributes, which GCC does not know, are left out."""


@dataclass(frozen=True)
class Placement:
    """How the tables of a model are placed. section: its name, None for the compiler's own. alignment: bytes, or None."""

    compiler: TableCompiler = "portable"
    section: str | None = None
    alignment: int | None = None

    @property
    def is_asked(self) -> bool:
        """Whether the compiler is told anything at all."""
        return self.compiler != "portable" and (self.section is not None or self.alignment is not None)


def placement_macro(place: Placement, upper: str) -> list[str]:
    """Return the definition of <NAME>_PLACED, which stands behind the declarator of each table; nothing for pragmas."""
    if not place.is_asked or place.compiler == "ti":
        return []
    section = f".DSECT {place.section}" if place.compiler == "ceva" else place.section
    parts = [f'section("{section}")'] if place.section is not None else []
    parts += [f"aligned({place.alignment})"] if place.alignment is not None else []
    used = f"#define {upper}_PLACED __attribute__(({', '.join(parts)}))"
    if place.compiler == "gcc":
        condition = "#if defined(__GNUC__)"
    else:
        condition = "#if !(" + " || ".join(f"defined({host})" for host in HOSTS) + ")"
    return [condition, used, "#else", f"#define {upper}_PLACED", "#endif"]


def placed_array(place: Placement, upper: str, name: str, declared: str, body: str) -> str:
    """Return the definition of the constant table `name`.

    declared: its type, name and shape. body: its initializer.
    """
    match place.compiler:
        case "portable":
            return f"static const {declared} = {body};"
        case "gcc" | "ceva":
            placed = f" {upper}_PLACED" if place.is_asked else ""
            return f"static const {declared}{placed} = {body};"
        case "ti":
            return "\n".join([*_pragmas(place, name), f"static const {declared} = {body};"])
        case _:
            assert_never(place.compiler)


def _pragmas(place: Placement, name: str) -> Sequence[str]:
    """Return the pragmas of TI's compilers in front of a definition: they name it in C, and not in C++."""
    if not place.is_asked:
        return []
    wanted = [] if place.section is None else [("DATA_SECTION", f'"{place.section}"')]
    wanted += [] if place.alignment is None else [("DATA_ALIGN", str(place.alignment))]
    return [
        "#ifdef __TI_COMPILER_VERSION__",
        "#ifdef __cplusplus",
        *(f"#pragma {pragma}({value})" for pragma, value in wanted),
        "#else",
        *(f"#pragma {pragma}({name}, {value})" for pragma, value in wanted),
        "#endif",
        "#endif",
    ]
