"""Defaults that several layers state: the recipe, the Python API and the command line. Imports nothing."""

PROOF_SAMPLES = 1_000_000
"""Samples over all stimuli on which `verify` and `run` prove."""
SCENARIO_SAMPLES = 196_608
"""Samples a channel of a built-in scenario."""
PLAN_ORDER = 7
"""Highest order of products in a spectrum plan."""
