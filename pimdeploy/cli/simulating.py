"""`simulate`: the scenarios there are, or one of them as a capture, with what it does to the receiver."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from pimdeploy import api
from pimdeploy.cli.bands import print_emissions, print_summary
from pimdeploy.cli.console import StageProgress, print_json, stdout, table
from pimdeploy.errors import InputError
from pimdeploy.signals.bands.units import mhz

if TYPE_CHECKING:
    from pimdeploy.signals.planned.levels import Levels
    from pimdeploy.signals.simulation import Simulated

MOST_ROWS = 24
"""Products, and receivers, shown."""


def simulate(
    scenario: str | None, out: Path | None, format_name: str | None, seed: int, samples: int, *, as_json: bool
) -> None:
    """Make the scenario and print its levels, or list the presets where none is named."""
    if scenario is None:
        if out is not None or format_name is not None:
            raise InputError(
                "--out: no scenario is named; name a preset (`pimdeploy simulate` lists them) or a .toml file"
            )
        _print_presets(as_json=as_json)
        return
    with StageProgress(quiet=as_json) as progress:
        made = api.simulate(scenario, out, format=format_name, seed=seed, samples=samples, progress=progress)
    if as_json:
        print_json(made.to_json())
        return
    console = stdout()
    if made.levels is None:
        _print_bound(console, made)
    else:
        _print_levels(console, made.levels)
    _print_capture(console, made)


def _print_presets(*, as_json: bool) -> None:
    from pimdeploy.signals.scenario import scenario_names, title_of

    titles = {name: title_of(name) for name in scenario_names()}
    if as_json:
        print_json({"scenarios": titles})
        return
    shown = table("scenarios", "name", "")
    shown.columns[1].justify = "left"
    for name, title in titles.items():
        shown.add_row(name, title)
    stdout().print(shown)


def _print_levels(console: Console, levels: "Levels") -> None:
    receiver = levels.spectrum.receivers[0]
    print_emissions(console, levels.spectrum)
    print_summary(console, levels.spectrum, receiver)
    _print_products(console, levels)
    shown = table(
        "\nthe receiver, levels in dBm, losses in dB",
        "",
        "receiver",
        "noise floor",
        "PIM",
        "sensitivity lost",
        "best possible cancellation",
        "then lost",
    )
    for band in levels.bands:
        rows = zip(band.pim_dbm, band.loss_db, band.bound_db, strict=True)
        for number, (pim_dbm, loss_db, bound_db) in list(enumerate(rows))[:MOST_ROWS]:
            figures = (f"{band.noise_dbm:.1f}", f"{pim_dbm:.1f}", f"{loss_db:.2f}", f"{bound_db:.2f}")
            shown.add_row(band.name if number == 0 else "", str(number), *figures, f"{band.loss_at_bound_db:.2f}")
    console.print(shown)
    if levels.clipped:
        console.print(
            f"the converter clipped {levels.clipped} components of rx; raise receiver.adc_full_scale_dbm",
            style="yellow",
        )


def _print_products(console: Console, levels: "Levels") -> None:
    if not levels.products:
        console.print(f"nothing of odd order up to {levels.spectrum.order} falls into the receiver", style="green")
        return
    # Where every product stands about a carrier, no two CW carriers make it.
    own = [product for product in levels.products if product.tones_dbm is not None] or levels.products
    shown = table(
        "\nwhat falls into the receiver, MHz and dBm", "product", "order", "from", "to", "of CW carriers", "PIM there"
    )
    for product in own[:MOST_ROWS]:
        low, high = product.span_hz
        tones = "-" if product.tones_dbm is None else f"{product.tones_dbm:.1f}"
        there = f"{product.measured_dbm:.1f}"
        shown.add_row(product.title, f"IM{product.order}", mhz(low), mhz(high), tones, there)
    console.print(shown)
    more = f"; {len(own) - MOST_ROWS} weaker ones are left out" if len(own) > MOST_ROWS else ""
    console.print(
        f"of CW carriers: the product alone, from carriers without modulation; PIM there: all orders together, measured "
        f"in this capture where the product falls into the receive band{more}",
        style="dim",
    )


def _print_bound(console: Console, made: "Simulated") -> None:
    console.print(
        f"{made.name}: interference {_range(made.pim_db)} dB over the noise in the receive band; best possible "
        f"cancellation {_range(made.bound_db)} dB",
        soft_wrap=True,
    )


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.2f}", f"{max(values):.2f}"
    return low if low == high else f"{low} to {high}"


def _print_capture(console: Console, made: "Simulated") -> None:
    head = made.head
    rates = f"{head.fs_hz / 1e6:g} MS/s"
    if head.tx_fs_hz != head.fs_hz:
        rates += f" (tx {head.tx_fs_hz / 1e6:g} MS/s)"
    what = f"{head.n_rx_samples} samples at {rates}, {head.n_tx} transmit and {head.n_rx} receive channels"
    if made.path is None or made.written is None:
        console.print(f"{made.name}: {what}; --out writes them", soft_wrap=True)
        return
    console.print(f"{made.path}: {what}\n{made.format}; rounding: {made.written['quantization']}", soft_wrap=True)
    if "full_scale" in made.written:
        levels = made.written.get("full_scale_dbm")
        scales = [f"{role} {value:.6g}" for role, value in made.written["full_scale"].items()]
        if levels is not None:
            scales = [f"{role} {level:.2f} dBm" for role, level in levels.items()]
        clipped = sum(made.written["clipped_components"].values())
        console.print(f"full scale: {', '.join(scales)}; clipped components: {clipped}", soft_wrap=True)
