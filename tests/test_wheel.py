"""The wheel holds all that an installed pimdeploy needs: the zoo, the C kernels, the templates."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    wheel = next(iter(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize(
    "name",
    [
        "pimdeploy/py.typed",
        "pimdeploy/zoo_models/odd_bfan_siso/recipe.toml",
        "pimdeploy/zoo_models/odd_bfan_apa/recipe.toml",
        "pimdeploy/emit/templates",
        "pimdeploy/cost/targets/c66x.toml",
        "pimdeploy/report/templates",
        "pimdeploy/signals/bands/paired_bands.toml",
        "pimdeploy/signals/modulation/numerologies.toml",
        "pimdeploy/signals/planned/presets/band2-band4-shared.toml",
        "pimdeploy/signals/planned/presets/band3-2x20.toml",
        "pimdeploy/signals/planned/presets/band3-2x20-slope.toml",
        "pimdeploy/signals/planned/presets/band3-mimo-8x8.toml",
        "pimdeploy/signals/planned/presets/band8-gsm-lte.toml",
        "firmware_ref/reference.py",
        "firmware_ref/c/pim_types.h",
    ],
)
def test_wheel_holds(installed: Path, name: str) -> None:
    assert (installed / name).exists()


def test_wheel_holds_no_tests(installed: Path) -> None:
    assert not list(installed.glob("tests*"))
    assert not list(installed.glob("bench*"))


def test_zoo_models_go_by_name_from_an_installed_package(installed: Path, tmp_path: Path) -> None:
    code = "import pimdeploy.zoo as z; print(z.find_recipe('odd_bfan_siso').name, z.zoo_folder())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
    )
    assert done.stdout.split() == ["odd_bfan_siso", str(installed / "pimdeploy" / "zoo_models")]
