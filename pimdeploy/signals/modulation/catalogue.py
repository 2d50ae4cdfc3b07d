"""Waveforms by name, as scenarios and commands write them: lte-20, nr-100-30, lte-10-uplink, wcdma, gsm, cw."""

import difflib

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.gmsk import Gsm
from pimdeploy.signals.modulation.numerology import tables
from pimdeploy.signals.modulation.ofdm import lte, nr
from pimdeploy.signals.modulation.spread_spectrum import Wcdma
from pimdeploy.signals.modulation.waveform import Tone, Waveform

DEFAULT_MODULATION = "64qam"


def waveform_names() -> tuple[str, ...]:
    """Return every name that `find_waveform` takes; nr-W without a spacing is accepted, too."""
    widths = tables()["lte"]["resource_blocks"]["15"]
    grids = tables()["nr"]["resource_blocks"]
    return (
        *(f"lte-{width}" for width in widths),
        *(f"lte-{width}-uplink" for width in widths),
        *(f"nr-{width}-{spacing}" for spacing, counts in grids.items() for width in counts),
        "wcdma",
        "gsm",
        "cw",
    )


def find_waveform(name: str, modulation: str = DEFAULT_MODULATION) -> Waveform:
    """Return the waveform `name`; `modulation` is that of OFDM's subcarriers and means nothing to the others.

    Widths are channel bandwidths in MHz, spacings are in kHz. Raises `InputError` for an unknown name, naming the
    nearest, and for an unknown modulation.
    """
    match name.lower().split("-"):
        case ["wcdma"]:
            return Wcdma()
        case ["gsm"]:
            return Gsm()
        case ["cw"]:
            return Tone()
        case ["lte", width, *rest] if _number(width) and rest in ([], ["uplink"]):
            return lte(float(width), modulation, uplink=bool(rest))
        case ["nr", width] if _number(width):
            return nr(float(width), modulation=modulation)
        case ["nr", width, spacing] if _number(width) and _number(spacing):
            return nr(float(width), float(spacing), modulation)
        case _:
            near = difflib.get_close_matches(name.lower(), waveform_names(), n=1, cutoff=0.0)[0]
            raise InputError(
                f"waveform {name!r}: unknown; did you mean {near!r}? known: lte-WIDTH, lte-WIDTH-uplink, "
                "nr-WIDTH-SPACING (MHz, kHz), wcdma, gsm, cw"
            )


def _number(text: str) -> bool:
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()
