"""Where a source sits: in a feeder (conducted) or in front of the antennas (external); and leakage past all sources."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.antenna_array import LIGHT_M_S
from pimdeploy.signals.passive_source import PathSpec
from pimdeploy.signals.sources.laws import Law
from pimdeploy.signals.sources.paths import DIRECT, Link, Path
from pimdeploy.signals.sources.scene import Source
from pimdeploy.signals.sources.units import finite

Positions = NDArray[np.float64]
"""x, y, z in m, [element, 3]."""


def conducted(
    law: Law,
    n_tx: int,
    n_rx: int,
    *,
    branch: int = 0,
    to_source: PathSpec = DIRECT,
    from_source: PathSpec = DIRECT,
    isolation_db: float | None = None,
    seed: int = 0,
    name: str = "conducted",
) -> Source:
    """Return a source in the feeder of antenna `branch`, 0 dB from its transmitter and to its receiver.

    isolation_db: how far below the other branches couple in and out through the antennas, with phases drawn from `seed`;
    None for not at all. Raises `InputError` for a branch that is not there.
    """
    if not 0 <= branch < min(n_tx, n_rx):
        raise InputError(f"{name}: branch = {branch}: expected 0 to {min(n_tx, n_rx) - 1}")
    rng = np.random.default_rng(seed)

    def links(n: int, line: PathSpec) -> tuple[Link, ...]:
        phases = rng.uniform(0, 2 * math.pi, n)
        others = [() if isolation_db is None else (Path(-isolation_db, phase, line),) for phase in phases.tolist()]
        return tuple((Path(line=line),) if k == branch else link for k, link in enumerate(others))

    return Source(law, links(n_tx, to_source), links(n_rx, from_source), name)


def external(
    law: Law,
    tx_positions: Positions,
    rx_positions: Positions,
    place_m: Sequence[float],
    *,
    radio_hz: float,
    coupling_db: float,
    images: Sequence[tuple[Sequence[float], float]] = (),
    name: str = "external",
) -> Source:
    """Return a source in the air at `place_m` (x, y, z in m), which hears the antennas and is heard by them.

    Every element has a direct ray and one for each of `images`, (place of the mirror image, dB against the direct rays).
    Amplitudes fall as 1 / distance, delays are distance / c, phases those of `radio_hz`, the centre of the samples.
    coupling_db: sum of the elements' direct power gains, each way. Raises `InputError` for a place on an element.
    """
    finite(f"{name}: place, frequency, coupling", *place_m, radio_hz, coupling_db)
    places = [(place_m, 0.0), *images]
    forward, backward = (_rays(p, places, radio_hz, coupling_db, name) for p in (tx_positions, rx_positions))
    return Source(law, forward, backward, name)


def _rays(
    elements: Positions, places: Sequence[tuple[Sequence[float], float]], radio_hz: float, coupling_db: float, name: str
) -> tuple[Link, ...]:
    links: list[list[Path]] = [[] for _ in elements]
    for place, level_db in places:
        metres = np.sqrt(
            ((np.asarray(elements, dtype=np.float64) - np.asarray(place, dtype=np.float64)) ** 2).sum(axis=1)
        )
        if not np.isfinite(metres).all() or metres.min() < 1e-3:
            raise InputError(f"{name}: place {tuple(place)} m lies on an antenna element or is not finite")
        share_db = -10 * math.log10(float(np.sum(metres**-2.0)))
        for link, distance in zip(links, metres.tolist(), strict=True):
            gain_db = coupling_db + level_db + share_db - 20 * math.log10(distance)
            turn = -2 * math.pi * math.fmod(radio_hz * distance / LIGHT_M_S, 1.0)
            link.append(Path(gain_db, turn, PathSpec(distance / LIGHT_M_S, 0.0, 0.0, 0.0)))
    return tuple(tuple(link) for link in links)


def panel(columns: int, rows: int, spacing_m: float) -> Positions:
    """Return the elements of a flat panel about the origin, [columns * rows, 3], in the plane z = 0."""
    column, row = np.meshgrid(np.arange(columns) - (columns - 1) / 2, np.arange(rows) - (rows - 1) / 2, indexing="ij")
    return np.stack([column.ravel() * spacing_m, row.ravel() * spacing_m, np.zeros(columns * rows)], axis=1)


def leakage(
    n_tx: int, n_rx: int, *, own_db: float, other_db: float | None = None, line: PathSpec = DIRECT, seed: int = 0
) -> tuple[tuple[Link, ...], ...]:
    """Return linear leakage links [n_rx][n_tx] for `Scene`: `own_db` from transmitter k into receiver k.

    other_db: into the other receivers (None: none); phases are drawn from `seed`.
    """
    finite("leakage", own_db, other_db or 0.0)
    phases = np.random.default_rng(seed).uniform(0, 2 * math.pi, (n_rx, n_tx)).tolist()

    def link(r: int, t: int) -> Link:
        level_db = own_db if r == t else other_db
        return () if level_db is None else (Path(level_db, phases[r][t], line),)

    return tuple(tuple(link(r, t) for t in range(n_tx)) for r in range(n_rx))
