"""Plans that several tests of the bands look at."""

from pimdeploy.signals.bands.carriers import parse_carrier
from pimdeploy.signals.bands.plan import make_plan
from pimdeploy.signals.bands.table import paired_bands

TABLE = paired_bands()


def plan_of(names, carriers=(), receivers=(), order=7, calibrations=()):
    """The plan of carriers written as on the command line."""
    placed = [parse_carrier(text) for text in carriers]
    return make_plan(TABLE.select(names), placed, TABLE, receivers, order, calibrations)
