"""What a proof's stimuli reach inside the graph, as a table."""

from pimdeploy.cli.console import stdout, table
from pimdeploy.verify.stimuli.coverage import Coverage


def print_coverage(coverage: Coverage) -> None:
    """Print a row a node that computes: proven accumulator, largest value met, their ratio; then roundings not tested."""
    shown = table("accumulators", "node", "proven", "met", "share", "driven by", "why not farther")
    for name, reach in coverage.accumulators.items():
        if coverage.computes[name]:
            ends = (f"{lo} .. {hi}" for lo, hi in (reach.bound, reach.reached))
            shown.add_row(name, *ends, f"{reach.share:.0%}", reach.stimulus, reach.note or "")
    shown.columns[-1].justify = "left"
    stdout().print(shown)
    for name in coverage.untested:
        stdout().print(f"{name}: no stimulus met a rounding tie: how it rounds is not proven", style="yellow")
