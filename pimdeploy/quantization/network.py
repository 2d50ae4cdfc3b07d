"""The network under quantization, built from real-valued weights and a format map."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.networks.bfan import OddBfan
from pimdeploy.networks.build import build_network
from pimdeploy.quantization.factory import QuantizedFactory
from pimdeploy.recipe import NetworkSpec


def quantized_network(spec: NetworkSpec, weights: Mapping[str, NDArray[np.float64]], formats: FormatMap) -> OddBfan:
    """Return the network of `spec` with Brevitas quantizers, in eval mode and float64: bit for bit the datapath."""
    initial = {name: torch.from_numpy(np.array(w, dtype=np.float64)) for name, w in weights.items()}
    network = build_network(spec, QuantizedFactory(formats), initial, knot_spacing=2.0**formats.knot_log2)
    return network.eval()
