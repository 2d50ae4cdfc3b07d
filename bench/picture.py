"""`python -m bench.picture BUNDLE`: write the README's picture from the figures of a bundle's report."""

import sys
from pathlib import Path

from pimdeploy.report.data import load
from pimdeploy.report.picture import write_picture

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "demo.svg"

if __name__ == "__main__":
    write_picture(load(Path(sys.argv[1]) / "report.json"), PICTURE)
