"""docs/recipe.md says what pimdeploy/recipe.py says."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "docs" / "recipe_page.py"


def test_the_page_is_current_and_documents_every_key() -> None:
    spec = importlib.util.spec_from_file_location("recipe_page", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run python docs/recipe_page.py"
    assert "|  |\n" not in module.page()
