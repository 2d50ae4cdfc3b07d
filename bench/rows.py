"""A figure beside what was asked of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None for a figure that nothing was asked of."""

    figure: str
    asked: str
    reached: str
    met: bool | None = None


@dataclass(frozen=True)
class Section:
    """The rows of a section, and a table of another shape that stands below them, in Markdown."""

    rows: list[Row]
    below: str = ""

    def markdown(self) -> str:
        return markdown(self.rows) + (f"\n{self.below}" if self.below else "")


def _shown(value: float, digits: int, unit: str) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f} {unit}".strip()  # no negative zero


def at_most(figure: str, value: float, limit: float, unit: str, digits: int = 2) -> Row:
    return Row(figure, f"at most {limit:g} {unit}".strip(), _shown(value, digits, unit), value <= limit)


def at_least(figure: str, value: float, limit: float, unit: str, digits: int = 2) -> Row:
    return Row(figure, f"at least {limit:g} {unit}".strip(), _shown(value, digits, unit), value >= limit)


def noted(figure: str, reached: str) -> Row:
    return Row(figure, "", reached)


def markdown(rows: list[Row]) -> str:
    lines = ["| figure | asked | reached | met |", "|---|---|---|---|"]
    for row in rows:
        met = {True: "yes", False: "**no**", None: ""}[row.met]
        lines.append(f"| {row.figure} | {row.asked} | {row.reached} | {met} |")
    return "\n".join(lines) + "\n"
