"""The passive sources of a scenario: their laws, calibrated, and the ways to them and back."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError, RecipeError
from pimdeploy.signals.antenna_array import LIGHT_M_S
from pimdeploy.signals.passive_source import PathSpec
from pimdeploy.signals.planned.resolve import Planned, located
from pimdeploy.signals.planned.spec import ArrayEntry, DriftEntry, SourceEntry
from pimdeploy.signals.sources.calibration import fit_power_series, fit_saturating, fit_threshold
from pimdeploy.signals.sources.couplings import conducted, external, panel
from pimdeploy.signals.sources.drift import LEAST_PERIOD_STEPS, Drift
from pimdeploy.signals.sources.laws import ArcTangent, HyperbolicTangent, Law, PowerSeries
from pimdeploy.signals.sources.paths import DIRECT, Link, drifting, link_response
from pimdeploy.signals.sources.presets import PRESETS, STANDARD_LEVELS, law_preset, standard_carriers
from pimdeploy.signals.sources.scene import Scene, Source, Tones, least_oversampling
from pimdeploy.signals.sources.units import WATTS, Carriers, Level, parse_level, parse_two_tone

UNLIMITED_ORDER = 9
"""Order up to which products of a law without a highest order are kept from folding: the ninth of the standard source
lies 70 dB below its third."""
SERIES_HEADROOM_DB = 3.1
"""How far carriers may exceed, in all, those that a power series was calibrated with: twice their power. Beyond, the
peaks of modulated carriers make more of the highest order than of the third."""
STEPS_A_PERIOD = 4 * LEAST_PERIOD_STEPS
_BARE_DB = re.compile(r"dB(?![a-z])", re.IGNORECASE)
KEYS_OF_LAW = {
    "standard-levels": (),
    "standard-slope": (),
    "power-series": ("im5", "im7", "im9"),
    "tanh": ("im5", "slope_db"),
    "arctan": ("im5", "slope_db"),
    "threshold": ("critical_dbm", "softness"),
}
SHAPE_KEYS = ("im5", "im7", "im9", "slope_db", "critical_dbm", "softness")
"""Keys that say more of a law than its level; each law takes its own."""


def scene_of(planned: Planned, seed: int) -> Scene:
    """Return the sources among the antennas at the scenario's rate; `seed` draws the phases that nothing states.

    Every law is driven as it was calibrated: the ways to a source are scaled so that carriers of P dBm on every antenna,
    independent of each other, drive it with P dBm, and its gain gives IM3 the stated level at the receiver that hears it
    loudest. Raises `RecipeError`.
    """
    plan = planned.plan
    sources = tuple(_source(planned, k, entry, seed + k) for k, entry in enumerate(plan.source))
    orders = [s.law.terms[-1][0] if isinstance(s.law, PowerSeries) else UNLIMITED_ORDER for s in sources]
    order = max(plan.order, *orders)
    factor = least_oversampling(order, planned.tx_band_hz, planned.front_end.band_hz, planned.fs_hz)
    with located(f"{planned.name}: fs_hz"):
        return Scene(planned.fs_hz, sources, oversampling=factor)


def tone_frequencies(planned: Planned) -> tuple[float, float]:
    """Return (first, second), Hz about the centre, of the CW carriers that a level is stated for.

    They stand at the centres of the outermost carriers, or a quarter of its channel about the only one; 2 first - second
    is the product nearer to the receive band.
    """
    centers = sorted(carrier.center_hz - planned.center_hz for carrier in planned.carriers)
    if len(centers) == 1:
        quarter = max(planned.carriers[0].waveform.channel_hz, 1e3) / 4
        centers = [centers[0] - quarter, centers[0] + quarter]
    low, high = centers[0], centers[-1]
    middle = sum(planned.front_end.band_hz) / 2
    below, above = abs(2 * low - high - middle), abs(2 * high - low - middle)
    return (low, high) if below <= above else (high, low)


def beamed(planned: Planned, source: Source, powers: Carriers) -> Tones:
    """Return two CW carriers of `powers` in all, sent so that they add up at `source`."""
    first_hz, second_hz = tone_frequencies(planned)
    heard = _heard(source.forward, (first_hz, second_hz), planned.fs_hz)
    weights = heard.conj() / np.sqrt(np.sum(np.abs(heard) ** 2, axis=1, keepdims=True))
    return Tones(powers, first_hz, second_hz, weights)


def product_dbm(planned: Planned, scene: Scene, power_dbm: float, order: int) -> float:
    """Return the level, dBm, of the product of `order` of two CW carriers of `power_dbm`, beamed at each source.

    At the receiver that hears it loudest; the sources' powers add up. -inf where there is none.
    """
    total = np.zeros(scene.n_rx)
    for source in scene.sources:
        alone = Scene(scene.fs_hz, (source,))
        tones = beamed(planned, source, Carriers.dbm(power_dbm, power_dbm))
        total += np.abs(alone.two_tone(tones, order)) ** 2
    return WATTS.dbm(float(total.max()))


def _source(planned: Planned, k: int, entry: SourceEntry, seed: int) -> Source:
    where = f"{planned.name}: source {k + 1}"
    level, powers = _calibration(entry, where)
    with located(where):
        law = _law(entry, level, powers, where)
        _check_drive(planned, entry, law, powers)
        bare = _placed(planned, entry, law, seed, where)
        heard = _heard(bare.forward, tone_frequencies(planned), planned.fs_hz)
        gain_db = -10 * math.log10(float(np.mean(np.sum(np.abs(heard) ** 2, axis=1))))
        driven = replace(bare, forward=tuple(_louder(link, gain_db) for link in bare.forward))
        scene = Scene(planned.fs_hz, (driven,)).calibrated(level, beamed(planned, driven, powers))
        source = scene.sources[0]
        if entry.drift is None:
            return _checked(source, planned.fs_hz)
        drift = _drift(entry.drift, planned.fs_hz, planned.center_hz, seed)
        return _checked(replace(source, backward=drifting(source.backward, drift)), planned.fs_hz)


def _check_drive(planned: Planned, entry: SourceEntry, law: Law, powers: Carriers) -> None:
    """Raise `InputError` where the carriers drive a power series to where it says nothing any more."""
    fitted_dbm = WATTS.dbm(powers.first + powers.second)
    sent_dbm = WATTS.dbm(sum(WATTS.power(carrier.power_dbm) for carrier in planned.carriers))
    if not isinstance(law, PowerSeries) or len(law.terms) == 1:
        return
    if sent_dbm > fitted_dbm + SERIES_HEADROOM_DB:
        raise InputError(
            f"law = {entry.law!r} is a power series, calibrated at {fitted_dbm:.1f} dBm in all; the carriers have "
            f"{sent_dbm:.1f} dBm, where its highest order takes over: state its level at powers within 3 dB of theirs, "
            f"or take a law that saturates, such as 'standard-slope'"
        )


def _checked(source: Source, fs_hz: float) -> Source:
    """Return the source. Raises `InputError` where a path is longer than a filter may be, or drifts below no delay."""
    for link in (*source.forward, *source.backward):
        for path in link:
            path.most_taps(fs_hz)
    return source


def _calibration(entry: SourceEntry, where: str) -> tuple[Level, Carriers]:
    """Return the level of IM3 and the powers of the CW carriers that make it."""
    if entry.level is not None:
        with located(f"{where}: level"):
            level, powers = parse_two_tone(_referred(entry.level))
            if level.power(powers, WATTS) >= powers.first:
                raise InputError(f'"{entry.level}": the product would be as strong as the carriers; dBc are negative')
            return level, powers
    if entry.law in PRESETS:
        return parse_level(STANDARD_LEVELS[3]), standard_carriers()
    raise RecipeError(
        f"{where}: law = {entry.law!r} has no calibration, and powers say no level without one; add "
        f'level = "-150 dBc at 2 x 43 dBm", what two CW carriers gave at your site'
    )


def _referred(text: str) -> str:
    """Return a level whose every dB says what it is over."""
    if _BARE_DB.search(text):
        raise InputError(f'"{text}": dB over what? expected dBm or dBc, such as "-150 dBc at 2 x 43 dBm"')
    return text


def _levels(entry: SourceEntry, level: Level, where: str) -> dict[int, Level]:
    """Return the levels that an entry states, by order."""
    found = {3: level}
    for order, text in ((5, entry.im5), (7, entry.im7), (9, entry.im9)):
        if text is not None:
            with located(f"{where}: im{order}"):
                found[order] = parse_level(_referred(text))
    return found


def _law(entry: SourceEntry, level: Level, powers: Carriers, where: str) -> Law:
    """Return the law as driven at the contact; the way to the receiver is calibrated afterwards."""
    for key in SHAPE_KEYS:
        if getattr(entry, key) is not None and key not in KEYS_OF_LAW[entry.law]:
            known = ", ".join(KEYS_OF_LAW[entry.law]) or "none: its shape is fixed"
            raise RecipeError(f"{where}: {key} says nothing of law = {entry.law!r}; it takes {known}")
    levels = _levels(entry, level, where)
    match entry.law:
        case "standard-levels" | "standard-slope":
            return law_preset(entry.law)
        case "power-series":
            return fit_power_series(levels, powers)
        case "tanh" | "arctan":
            kind = HyperbolicTangent if entry.law == "tanh" else ArcTangent
            if entry.im5 is None and entry.slope_db is None:
                raise RecipeError(f"{where}: law = {entry.law!r} needs im5 or slope_db for its shape; add one")
            return fit_saturating(kind, levels, powers, slope_db=entry.slope_db)
        case "threshold":
            if entry.critical_dbm is None:
                raise RecipeError(f"{where}: law = 'threshold' needs critical_dbm, where it begins to answer; add it")
            softness = 0.25 if entry.softness is None else entry.softness
            return fit_threshold(levels, powers, critical_power=WATTS.power(entry.critical_dbm), softness=softness)


def _placed(planned: Planned, entry: SourceEntry, law: Law, seed: int, where: str) -> Source:
    n_tx, n_rx = planned.plan.transmitter.antennas, planned.plan.receiver.antennas
    if entry.place_m is not None:
        tx, rx = (_panel(planned.plan.array, n, planned.center_hz, planned.name) for n in (n_tx, n_rx))
        images = [(image.place_m, image.level_db) for image in entry.image]
        return external(
            law, tx, rx, entry.place_m, radio_hz=planned.center_hz, coupling_db=0.0, images=images, name=where
        )
    line = DIRECT
    if entry.delay_s or entry.echo_db is not None:
        echo = 0.0 if entry.echo_db is None else 10 ** (entry.echo_db / 20)
        phase = float(np.random.default_rng([seed, 1]).uniform(0, 2 * math.pi))
        line = PathSpec(entry.delay_s, echo, entry.echo_delay_s, phase)
    return conducted(
        law,
        n_tx,
        n_rx,
        branch=entry.branch,
        to_source=line,
        from_source=line,
        isolation_db=entry.isolation_db,
        seed=seed,
        name=where,
    )


def _panel(array: ArrayEntry, n_antennas: int, center_hz: float, name: str) -> NDArray[np.float64]:
    columns = n_antennas if array.columns is None else array.columns
    if n_antennas % columns:
        raise RecipeError(
            f"{name}: array.columns = {columns}: {n_antennas} antennas do not fill whole rows of it; give a divisor"
        )
    spacing_m = LIGHT_M_S / center_hz / 2 if array.spacing_m is None else array.spacing_m
    return panel(columns, n_antennas // columns, spacing_m)


def _heard(links: Sequence[Link], freqs_hz: tuple[float, float], fs_hz: float) -> NDArray[np.complex128]:
    """Return the response of every link at the two frequencies, [2, link]."""
    return np.stack([link_response(link, np.array(freqs_hz), fs_hz) for link in links], axis=1)


def _louder(link: Link, gain_db: float) -> Link:
    return tuple(replace(path, gain_db=path.gain_db + gain_db) for path in link)


def _drift(entry: DriftEntry, fs_hz: float, radio_hz: float, seed: int) -> Drift:
    if entry.period_s * fs_hz < LEAST_PERIOD_STEPS:
        raise InputError(
            f"drift.period_s = {entry.period_s:g}: not slow at {fs_hz:.12g} S/s; expected at least "
            f"{LEAST_PERIOD_STEPS / fs_hz:.3g}"
        )
    step_samples = max(1, round(entry.period_s * fs_hz / STEPS_A_PERIOD))
    return Drift(
        period_steps=entry.period_s * fs_hz / step_samples,
        step_samples=step_samples,
        gain_db=entry.gain_db,
        phase_rad=math.radians(entry.phase_deg),
        delay_s=entry.delay_s,
        radio_hz=radio_hz,
        seed=seed,
    )
