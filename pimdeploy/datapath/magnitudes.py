"""Which magnitude a recipe means: one definition for the lowering and for the networks."""

from pimdeploy.datapath.nodes import Magnitude, MagnitudeKind

ALPHA, BETA, COEFFICIENTS_FRAC = 123, 51, 7
"""alpha = 0.961, beta = 0.398: of 7 fraction bits those with the least largest error of alpha max + beta min, 4.0 %
of the magnitude (0.9604 and 0.3978 unrounded, 3.96 %)."""


def magnitude_node(name: str, source: str, kind: str) -> Magnitude:
    """Return the node that takes the magnitude `kind` ("sqrt", "alpha_beta", "square") of each pair of `source`."""
    chosen = MagnitudeKind(kind)
    if chosen is MagnitudeKind.ALPHA_BETA:
        return Magnitude(name, source, chosen, ALPHA, BETA, COEFFICIENTS_FRAC)
    return Magnitude(name, source, chosen)
