"""What quantization ends in: weights, formats, and the scores of the integer datapath."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.training.train import SplitScore

Weights = dict[str, NDArray[np.float64]]
Scores = dict[str, SplitScore]


@dataclass(frozen=True)
class SweepPoint:
    """Cancellation on the test split at one word length, dB."""

    word_length: str
    calibrated_db: float
    finetuned_db: float


@dataclass
class Quantized:
    """A network on its number formats: weights before rounding, formats, scores of the integer datapath by split."""

    weights: Weights
    formats: FormatMap
    scores: Scores
    calibrated: Scores
    sweep: list[SweepPoint] = field(default_factory=list)
