"""Which samples of a long capture a dataset keeps: of each split the first ones, so that memory has a bound."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pimdeploy.signals.dataset import ComplexArray

MARGIN = 1024
"""Samples kept on each side of a split besides: memories, latencies and the receive filter reach into them."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Excerpt:
    """Half-open ranges of samples, in order and apart, that stand one after another in what is kept."""

    kept: tuple[Span, ...]

    def of(self, signal: ComplexArray) -> ComplexArray:
        """Return the kept samples of `signal`, [..., sample]: a view where they are one range."""
        if len(self.kept) == 1:
            ((start, stop),) = self.kept
            return signal[..., start:stop]
        return np.concatenate([signal[..., start:stop] for start, stop in self.kept], axis=-1)

    def placed(self, span: Span) -> Span | None:
        """Return where the range `span` stands in what is kept, or None where a part of it is left out."""
        before = 0
        for start, stop in self.kept:
            if start <= span[0] and span[1] <= stop:
                return before + span[0] - start, before + span[1] - start
            before += stop - start
        return None


def cut_splits(splits: Mapping[str, Span], most: Mapping[str, int], n_samples: int) -> tuple[Excerpt, dict[str, Span]]:
    """Return what to keep of `n_samples`, and the splits, none longer than `most`, as ranges of the kept samples.

    Where no split is longer all is kept, samples outside the splits included.
    """
    shorter = {name: (start, min(stop, start + most[name])) for name, (start, stop) in splits.items()}
    if shorter == dict(splits):
        return Excerpt(((0, n_samples),)), dict(splits)
    joined: list[Span] = []
    for start, stop in sorted(shorter.values()):
        begin, end = max(start - MARGIN, 0), min(stop + MARGIN, n_samples)
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    excerpt = Excerpt(tuple(joined))
    return excerpt, {name: placed for name, span in shorter.items() if (placed := excerpt.placed(span))}
