"""The cyclic learning rate of papers/000, section 2.4."""

LEAST = 0.02
"""The lowest learning rate over the highest of the first cycle."""
RISE = 0.1
"""Share of a cycle in which the learning rate rises; it falls for the rest."""


def cyclic(step: int, total: int, cycles: int) -> float:
    """Return the learning rate at `step` (0 .. total - 1) over the recipe's: triangles, each half as high as the last.

    L. N. Smith, "Cyclical learning rates for training neural networks", WACV 2017, calls it "triangular2"; here it
    rises faster than it falls. It begins and ends low.
    """
    position = cycles * step / total
    cycle = min(int(position), cycles - 1)
    place = position - cycle
    height = place / RISE if place < RISE else (1.0 - place) / (1.0 - RISE)
    return max(LEAST, height * 0.5**cycle)
