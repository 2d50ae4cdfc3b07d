"""Writes the tables of keys in docs/scenarios.md from the models: `python docs/scenario_page.py`. A test holds it current."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recipe_page import _table

from pimdeploy.signals.planned import spec

PAGE = Path(__file__).with_name("scenarios.md")
MARK = "<!-- from here on written by docs/scenario_page.py -->\n"
SECTIONS = {
    "": spec.ScenarioPlan,
    "[carrier]": spec.CarrierEntry,
    "transmitter": spec.TransmitterEntry,
    "receiver": spec.ReceiverEntry,
    "array": spec.ArrayEntry,
    "[source]": spec.SourceEntry,
    "[source.image]": spec.ImageEntry,
    "source.drift": spec.DriftEntry,
}


def page() -> str:
    """Return the text of docs/scenarios.md: what is written there by hand, and the tables."""
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return text + MARK + "".join(_table(name, model) for name, model in SECTIONS.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
