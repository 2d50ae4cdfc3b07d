"""What each built-in scenario asks of a canceller: `python -m bench.scenario_facts [PRESET ...] [--seeds 1,2]`.

For each preset and seed: the noise bound and each receiver's interference over noise on the test split, and the mean
cancellation there of least-squares fits on the training split. None of them is a network; a scenario that they solve
is too easy.

    linear        every transmitter through a filter of 9 taps
    own cubic     x_t and x_t |x_t|^2 of every transmitter, without memory
    direction     e and e |e|^2 without memory, e the memoryless combination of the transmitters nearest to the field
                  at the first source: what a third-order model gets that is told where the source lies
    dir. + memory the same through 9 taps
"""

import argparse
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from pimdeploy.recipe import ScenarioSpec
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.receive_filter import apply_receive_filter
from pimdeploy.signals.scenario import PRESETS, make_scenario, receive_band, simulate
from pimdeploy.training.metrics import bound_db, pim_db

TAPS = 9
HEAD = (
    "| scenario | seed | bound | linear | own cubic | direction | dir. + memory | interference over noise, receivers |"
)


def delayed(signals: ComplexArray, taps: int = TAPS) -> ComplexArray:
    """Return signals, [channel, n], at `taps` delays about 0, [channel * taps, n]; the ends wrap round."""
    offsets = range(-(taps // 2), taps - taps // 2)
    return np.concatenate([np.roll(signals, offset, axis=1) for offset in offsets])


def fit_db(dataset: Dataset, features: ComplexArray) -> float:
    """Return the mean cancellation, dB, on the test split of the least-squares combination of `features`, [m, n].

    Fitted on the training split, both behind the receive filter, with a relative ridge of 1e-10.
    """
    taps, edge = dataset.receive_filter, len(dataset.receive_filter) // 2
    m, n_rx = len(features), len(dataset.d)
    gram = np.zeros((m, m), dtype=np.complex128)
    cross = np.zeros((n_rx, m), dtype=np.complex128)
    for f, d in _blocks(dataset, features, taps, dataset.splits["train"], edge):
        gram += f @ f.conj().T
        cross += d @ f.conj().T
    gram += 1e-10 * np.trace(gram).real / m * np.eye(m)
    weights = np.linalg.solve(gram.T, cross.T).T
    before, after = np.zeros(n_rx), np.zeros(n_rx)
    for f, d in _blocks(dataset, features, taps, dataset.splits["test"], edge):
        before += np.sum(np.abs(d) ** 2, axis=1)
        after += np.sum(np.abs(d - weights @ f) ** 2, axis=1)
    return float(np.mean(10 * np.log10(before / after)))


def _blocks(
    dataset: Dataset, features: ComplexArray, taps: ComplexArray, split: tuple[int, int], edge: int
) -> Iterator[tuple[ComplexArray, ComplexArray]]:
    """Yield features and received samples behind the receive filter, block by block: all at once would not fit."""
    start, stop = split
    for first in range(start + edge, stop - edge, 16_384):
        last = min(first + 16_384, stop - edge)
        wide, kept = slice(first - edge, last + edge), slice(edge, edge + last - first)
        yield (
            apply_receive_filter(taps, features[:, wide])[:, kept],
            apply_receive_filter(taps, dataset.d[:, wide])[:, kept],
        )


def direction(x: ComplexArray, field: ComplexArray, train: tuple[int, int]) -> ComplexArray:
    """Return the memoryless combination of x, [n_tx, n], that comes nearest to `field`, [n], on the training split."""
    window = slice(*train)
    gram = x[:, window] @ x[:, window].conj().T
    cross = field[window] @ x[:, window].conj().T
    gram += 1e-10 * np.trace(gram).real / len(x) * np.eye(len(x))
    combined: ComplexArray = np.linalg.solve(gram.T, cross) @ x
    return combined


def row(spec: ScenarioSpec) -> str:
    """Return a scenario's facts as a row of Markdown."""
    band = receive_band(spec.preset)
    dataset = prepare(make_scenario(spec, band), None, band)
    field = simulate(spec, band).fields[0, dataset.constants["tx_first_sample"] :][: dataset.n_samples]
    bound, pim = bound_db(dataset), pim_db(dataset)
    if bound is None or pim is None:
        raise RuntimeError("the scenario has lost its noise reference")
    x = dataset.x
    e = direction(x, field, dataset.splits["train"])[np.newaxis]
    told = np.concatenate([e, e * np.abs(e) ** 2])
    reached = (
        fit_db(dataset, delayed(x)),
        fit_db(dataset, np.concatenate([x, x * np.abs(x) ** 2])),
        fit_db(dataset, told),
        fit_db(dataset, delayed(told)),
    )
    cells = " | ".join(f"{db:.2f}" for db in (bound.mean, *reached))
    sources = ", 2 sources" if spec.sources == 2 else ""
    levels = " ".join(f"{db:.1f}" for db in pim.per_channel)
    return f"| {spec.preset}{sources} | {spec.seed} | {cells} | {levels} |"


def scenarios(presets: Iterable[str], seeds: Iterable[int]) -> Iterator[ScenarioSpec]:
    """Yield every preset at every seed, `mimo-8x8` with one source and with two."""
    for preset in presets:
        for sources in (1, 2) if preset == "mimo-8x8" else (None,):
            for seed in seeds:
                yield ScenarioSpec(preset=preset, seed=seed, sources=sources)


def table(specs: Iterable[ScenarioSpec]) -> Iterator[str]:
    """Yield the lines of the table, dB."""
    yield HEAD
    yield "|" + "---|" * (HEAD.count("|") - 1)
    for spec in specs:
        yield row(spec)


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.scenario_facts", description=__doc__)
    parser.add_argument("presets", nargs="*", default=list(PRESETS), metavar="PRESET")
    parser.add_argument("--seeds", default="1")
    given = parser.parse_args(arguments)
    for line in table(scenarios(given.presets, [int(seed) for seed in given.seeds.split(",")])):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
