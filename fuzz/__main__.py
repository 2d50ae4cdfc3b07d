"""`python -m fuzz [--seconds 60] [--seed 1] [--only NAME ...]`; `python -m fuzz --replay FILE` runs one case again."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzz.campaign import Outcome, fuzz
from fuzz.case import unpacked
from fuzz.judge import MIB, Fault, Verdict
from fuzz.target import Target
from fuzz.worker import Worker

OUT = Path("out/fuzz")
HEAD = ("target", "examples", "read", "seconds", "failures", "largest peak", "of input", "slowest")


def main(arguments: Sequence[str], targets: Sequence[Target] | None = None, out: Path = OUT) -> int:
    """Fuzz, print the table, keep what fails under `out`; exit status 1 where something fails, 2 for wrong usage."""
    if targets is None:
        from fuzz.targets import TARGETS

        targets = TARGETS
    options = _options(arguments)
    if options.replay is not None:
        return _replay(options.replay, targets)
    chosen = [target for target in targets if not options.only or target.name in options.only]
    unknown = sorted(set(options.only) - {target.name for target in targets})
    if unknown:
        return _usage(f"no target {unknown[0]!r}; known: {', '.join(target.name for target in targets)}")
    outcomes = [_fuzzed(target, options.seconds / len(chosen), options.seed, out) for target in chosen]
    sys.stdout.write(table(outcomes))
    return int(any(outcome.failures for outcome in outcomes))


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    rows = [HEAD, ("---",) * len(HEAD), *(_row(outcome) for outcome in outcomes)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(outcome: Outcome) -> tuple[str, ...]:
    if outcome.missing is not None:
        return (outcome.name, f"not run: no {outcome.missing}", *[""] * (len(HEAD) - 2))
    return (
        outcome.name,
        str(outcome.examples),
        str(outcome.accepted),
        f"{outcome.seconds:.0f}",
        str(len(outcome.failures)),
        f"{outcome.peak_bytes / MIB:.1f} MiB",
        f"{outcome.peak_size} bytes",
        f"{outcome.slowest_s:.2f} s",
    )


def _fuzzed(target: Target, seconds: float, seed: int, out: Path) -> Outcome:
    outcome = fuzz(target, seconds, seed)
    for failure in outcome.failures.values():
        kept = out / target.name / f"{failure.case.digest}{failure.case.suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(failure.case.packed())
        sys.stdout.write(f"{target.name}: {_told(failure.verdict)}\n  python -m fuzz --replay {kept}\n")
        sys.stdout.flush()
    return outcome


def _replay(path: Path, targets: Sequence[Target]) -> int:
    """Run the case that `path` keeps, for the target that its folder is named after."""
    target = next((target for target in targets if target.name == path.parent.name), None)
    if target is None or not path.is_file():
        return _usage(f"{path}: expected a file out/fuzz/<target>/<digest>.<suffix>")
    with Worker(target) as worker:
        verdict = worker.run(unpacked(path, target.seeds()[0].entry))
    sys.stdout.write(f"{target.name}: {_told(verdict)}\n")
    return int(verdict.fault is not None)


def _told(verdict: Verdict) -> str:
    if verdict.fault is None:
        end = "read" if verdict.accepted else f"refused: {verdict.detail}"
        return f"{end}, {verdict.peak_bytes / MIB:.1f} MiB, {verdict.seconds:.2f} s"
    where = "" if verdict.where == verdict.fault else f" ({verdict.where})"
    return f"{Fault(verdict.fault)}{where}: {verdict.detail}"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Fuzz every reader of files (docs/fuzzing.md).")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together (60)")
    parser.add_argument("--seed", type=int, default=1, help="decides every case (1)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a target; may be given again")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="a case that was kept")
    return parser.parse_args(arguments)


def _usage(message: str) -> int:
    sys.stderr.write(f"fuzz: {message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
