"""The README's picture: spectra on the left, cancellation against word length on the right, one SVG file.

`make bench` writes docs/images/demo.svg with it; by hand:

    from pimdeploy.report import data, picture
    picture.write_picture(data.load(Path("<bundle>/report.json")), Path("docs/images/demo.svg"))
"""

from pathlib import Path

from pimdeploy.files import write_file
from pimdeploy.report import plots, plots_functions, view
from pimdeploy.report.card import card
from pimdeploy.report.data import ReportData
from pimdeploy.report.svg import Chart

WIDTH = 1020
LEFT = (570, 330)
RIGHT = (420, 330)


def demo_picture(data: ReportData) -> bytes:
    """Return the picture as a stand-alone SVG file, light and dark, the same bytes for equal data.

    Left the power spectra, right the word-length sweep, or the nonlinearity where there is no sweep. A part that the
    data lack is left out.
    """
    charts = [(chart, x, 0) for chart, x in ((_left(data), 16), (_right(data), 592)) if chart is not None]
    verdict = view.verdict(data.verify)
    return card(_title(data), verdict.text, charts, css=f"verdict {verdict.css}", width=WIDTH)


def write_picture(data: ReportData, path: Path) -> None:
    """Write `demo_picture(data)` to `path`, atomically. Raises `InputError`."""
    write_file(path, demo_picture(data))


def _left(data: ReportData) -> Chart | None:
    return plots.spectrum(data.spectra, size=LEFT) if data.spectra is not None else None


def _right(data: ReportData) -> Chart | None:
    if data.sweep is not None and data.sweep.points:
        return plots.word_lengths(data.sweep, RIGHT)
    groups = plots_functions.groups(data.nonlinearity)
    return plots_functions.charts(groups[0], RIGHT)[0] if groups else None


def _title(data: ReportData) -> str:
    split = view.headline_split(data)
    if split is None:
        return data.name
    m = data.splits[split]
    bound = f" of {view.db(m.bound_db)} dB possible" if m.bound_db is not None else ""
    cost = f", {data.ledger.default.multiplies} multiplies a sample" if data.ledger is not None else ""
    return f"{view.db(m.best_db)} dB{bound} cancelled with {data.parameters.real} parameters{cost}"
