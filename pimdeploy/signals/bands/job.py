"""What `pimdeploy bands` does with carriers: from text to a plan and its picture."""

from collections.abc import Sequence
from pathlib import Path

from pimdeploy.defaults import PLAN_ORDER
from pimdeploy.signals.bands.calibration import Calibration, parse_calibration
from pimdeploy.signals.bands.carriers import Carrier, parse_carrier
from pimdeploy.signals.bands.plan import Plan, make_plan
from pimdeploy.signals.bands.table import paired_bands


def plan_bands(
    names: Sequence[str],
    carriers: Sequence[str | Carrier] = (),
    receivers: Sequence[str] = (),
    order: int = PLAN_ORDER,
    levels: Sequence[str | Calibration] = (),
    table: Path | None = None,
    plot: Path | None = None,
) -> Plan:
    """Return the plan of carriers in the bands `names`, as `make_plan`; draw it into `plot` where given.

    carriers: `Carrier` or "CENTRE:BANDWIDTH[:POWER]". levels: `Calibration` or "ORDER=LEVEL@POWER". table: a TOML file
    with more bands. Raises `InputError`.
    """
    known = paired_bands(table)
    placed = [parse_carrier(carrier) if isinstance(carrier, str) else carrier for carrier in carriers]
    measured = [parse_calibration(level) if isinstance(level, str) else level for level in levels]
    plan = make_plan(known.select(names), placed, known, receivers, order, measured)
    if plot is not None:
        from pimdeploy.signals.bands.picture import write_picture

        write_picture(plan, plot)
    return plan
