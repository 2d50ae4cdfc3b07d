"""docs/scenarios.md says what the models of the scenario file say, and its example is a scenario."""

import importlib.util
import re
from pathlib import Path

from scenario_plans import planned

from pimdeploy.signals.planned.library import planned_presets

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_current_and_documents_every_key(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location("scenario_page", DOCS / "scenario_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run python docs/scenario_page.py"
    assert "|  |\n" not in module.page()


def test_the_example_on_the_page_is_a_scenario() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (DOCS / "scenarios.md").read_text(), re.DOTALL)
    assert planned(example, "example").fs_hz == 491.52e6


def test_every_preset_is_on_the_page() -> None:
    text = (DOCS / "scenarios.md").read_text()
    assert all(f"| `{name}` |" in text for name in planned_presets())
