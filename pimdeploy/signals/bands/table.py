"""The paired bands as data, and what their edges alone say: Tables 5.2-1 and 5.2-2 of papers/002.

A block of downlink spectrum of width B (the RF bandwidth) has products of order 2 k + 1 as far as k B beyond its edges.
They reach the uplink channels paired with the block where (k + 1) B exceeds the separation S = |UL - DL|, and the uplink
band itself where k B exceeds the duplex gap, if the block lies at the edge of the downlink that is next to it.
"""

import difflib
import importlib.resources
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pimdeploy.documents import parse_toml
from pimdeploy.errors import InputError
from pimdeploy.files import regular
from pimdeploy.signals.bands.units import MHZ, Span, overlap_hz, span_text

LIMIT_ORDERS = (3, 5, 7, 9)
"""Orders for which clause 5.2 of papers/002 gives a limit."""
KEYS = {"number", "names", "uplink_mhz", "downlink_mhz"}


@dataclass(frozen=True)
class RfLimit:
    """The largest RF bandwidths, Hz, without products of one odd order in a band's own receiver."""

    order: int
    paired_hz: float
    """None in the uplink channels paired with the transmitted block: S / 2, S / 3, S / 4, S / 5 for order 3, 5, 7, 9."""
    whole_uplink_hz: float
    """None anywhere in the uplink band, wherever in the downlink the block lies: the duplex gap / 1, 2, 3, 4."""
    reaches: bool
    """Whether the order can fall into the uplink at all: False where even the whole downlink is below both limits."""

    def to_json(self) -> dict[str, Any]:
        """Return the limit as JSON data."""
        return {
            "order": self.order,
            "paired_hz": self.paired_hz,
            "whole_uplink_hz": self.whole_uplink_hz,
            "reaches": self.reaches,
        }


@dataclass(frozen=True)
class Band:
    """A paired band: the base station receives on `uplink_hz` and transmits on `downlink_hz` (edges, Hz)."""

    number: str
    names: tuple[str, ...]
    uplink_hz: Span
    downlink_hz: Span

    @property
    def separation_hz(self) -> int:
        """S = |UL - DL|: from a downlink channel to the uplink channel paired with it, Hz."""
        return abs(self.downlink_hz[0] - self.uplink_hz[0])

    @property
    def gap_hz(self) -> int:
        """The duplex gap: from the nearer edge of the downlink to that of the uplink, Hz."""
        return max(self.downlink_hz[0] - self.uplink_hz[1], self.uplink_hz[0] - self.downlink_hz[1])

    @property
    def downlink_width_hz(self) -> int:
        """Width of the downlink, Hz: the largest RF bandwidth that the band allows."""
        return self.downlink_hz[1] - self.downlink_hz[0]

    @property
    def gap_category(self) -> Literal["small", "large"]:
        """Duplex gap in relation to band size (Table 5.2-1): small where IM3 can fall into the own receive band."""
        return "small" if self.limit(3).reaches else "large"

    def limit(self, order: int) -> RfLimit:
        """Return the limits for an odd order of at least 3."""
        reach = (order - 1) // 2
        paired, whole = self.separation_hz / (reach + 1), self.gap_hz / reach
        return RfLimit(order, paired, whole, reaches=reach * self.downlink_width_hz > self.gap_hz)

    def paired(self, downlink_hz: Span) -> Span:
        """Return the uplink channel paired with a channel of the downlink, Hz."""
        shift = self.uplink_hz[0] - self.downlink_hz[0]
        return downlink_hz[0] + shift, downlink_hz[1] + shift

    def to_json(self) -> dict[str, Any]:
        """Return the band with all that follows from its edges as JSON data."""
        return {
            "number": self.number,
            "names": list(self.names),
            "uplink_hz": list(self.uplink_hz),
            "downlink_hz": list(self.downlink_hz),
            "separation_hz": self.separation_hz,
            "gap_hz": self.gap_hz,
            "gap_category": self.gap_category,
            "limits": [self.limit(order).to_json() for order in LIMIT_ORDERS],
        }


@dataclass(frozen=True)
class BandTable:
    """The bands that are known, and the numbers that the report reserves."""

    bands: tuple[Band, ...]
    reserved: tuple[str, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Band]:
        return {_plain(name): band for band in self.bands for name in (band.number, *band.names)}

    def find(self, name: str) -> Band:
        """Return the band called `name`: its number ("3", "B3"), UTRA numeral ("III") or GSM name ("DCS 1800").

        Raises `InputError` that names the nearest band for an unknown name.
        """
        asked = _plain(name)
        if asked in self._by_name:
            return self._by_name[asked]
        known = ", ".join(band.number for band in self.bands)
        if asked in self.reserved:
            raise InputError(f"band {asked}: Table 5.2-1 reserves it without frequencies; expected one of {known}")
        near = self._by_name[difflib.get_close_matches(asked, self._by_name, 1, 0.0)[0]]
        where = f"uplink {span_text(near.uplink_hz)}, downlink {span_text(near.downlink_hz)}"
        raise InputError(f"unknown band {name!r}; did you mean {near.number} ({where})? known: {known}")

    def select(self, names: Iterable[str]) -> tuple[Band, ...]:
        """Return the bands of these names in their order. Raises `InputError` for unknown ones and for one given twice."""
        found: list[Band] = []
        for name in names:
            band = self.find(name)
            if band in found:
                also = "" if name == band.number else f" ({name!r} is band {band.number})"
                raise InputError(f"band {band.number} is given twice{also}; give each band once")
            found.append(band)
        return tuple(found)

    def transmitting(self, span: Span) -> tuple[Band, ...]:
        """Return the bands whose downlink holds a range of frequencies, Hz."""
        return tuple(b for b in self.bands if b.downlink_hz[0] <= span[0] and span[1] <= b.downlink_hz[1])


def _plain(name: str) -> str:
    """Return a name as it is compared: "Band 3", "B3" and "3" are one name, as are "DCS 1800" and "dcs-1800"."""
    squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub(r"^b(and)?(?=\d)", "", squeezed)


def paired_bands(extra: Path | None = None) -> BandTable:
    """Return the bands of Table 5.2-1, and those of the TOML file `extra` of the same form where given.

    Raises `InputError` for a file that cannot be read or says something impossible; the message names the band.
    """
    packaged = importlib.resources.files("pimdeploy.signals.bands") / "paired_bands.toml"
    table = _parse(packaged.read_text(encoding="utf-8"), "paired_bands.toml", BandTable(()))
    if extra is None:
        return table
    try:
        text = regular(extra).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"{extra}: cannot be read: {why}; expected a TOML file with [[band]] tables") from error
    return _parse(text, str(extra), table)


def chosen_bands(names: Sequence[str], extra: Path | None = None) -> tuple[Band, ...]:
    """Return the bands called `names`, or all of them where none is named; `extra` as in `paired_bands`."""
    table = paired_bands(extra)
    return table.select(names) if names else table.bands


def _parse(text: str, where: str, known: BandTable) -> BandTable:
    """Return `known` with the bands of a TOML text. `where` names it in messages."""
    try:
        data = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: no TOML: {error}") from error
    rows = data.get("band")
    if not isinstance(rows, list) or not rows or not set(data) <= {"band", "reserved"}:
        raise InputError(f"{where}: expected [[band]] tables with number, uplink_mhz, downlink_mhz and, if any, names")
    reserved = data.get("reserved", [])
    if not isinstance(reserved, list) or not all(isinstance(name, str) for name in reserved):
        raise InputError(f'{where}: reserved: got {reserved!r}, expected a list of texts such as ["15"]')
    bands = list(known.bands)
    for place, row in enumerate(rows, 1):
        band = _band(row, f"{where}: band {place}")
        taken = {_plain(name) for b in bands for name in (b.number, *b.names)}
        doubled = [name for name in (band.number, *band.names) if _plain(name) in taken]
        if doubled:
            raise InputError(f"{where}: band {place}: the name {doubled[0]!r} is taken; give it another one")
        bands.append(band)
    return BandTable(tuple(bands), (*known.reserved, *reserved))


def _band(row: object, where: str) -> Band:
    if not isinstance(row, Mapping):
        raise InputError(f"{where}: got {row!r}, expected a table with number, uplink_mhz and downlink_mhz")
    unknown = [key for key in row if key not in KEYS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], sorted(KEYS), 1, 0.0)[0]
        raise InputError(f"{where}: unknown key {unknown[0]!r}; did you mean {near!r}?")
    number, names = row.get("number"), row.get("names", [])
    if not isinstance(number, str) or not _plain(number):
        raise InputError(f'{where}: number: got {number!r}, expected a text such as "66"')
    if not isinstance(names, list) or not all(isinstance(name, str) and _plain(name) for name in names):
        raise InputError(f'{where}: names: got {names!r}, expected a list of texts such as ["AWS"]')
    uplink, downlink = (_edges(row.get(f"{link}_mhz"), f"{where}: {link}_mhz") for link in ("uplink", "downlink"))
    if overlap_hz(uplink, downlink):
        raise InputError(f"{where}: uplink and downlink overlap; a paired band has a duplex gap between them")
    return Band(number, tuple(names), uplink, downlink)


def _edges(value: object, where: str) -> Span:
    """Return two edges in MHz as Hz."""
    good = isinstance(value, list) and len(value) == 2 and all(type(edge) in (int, float) for edge in value)
    if (
        good
        and isinstance(value, list)
        and all(math.isfinite(edge * MHZ) for edge in value)
        and 0 < value[0] < value[1]
    ):
        return round(value[0] * MHZ), round(value[1] * MHZ)
    raise InputError(f"{where}: got {value!r}, expected the lower and the upper edge in MHz, such as [1710, 1785]")
