"""The network under quantization, built from real-valued weights and a format map."""

import numpy as np
import torch

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import Weights
from pimdeploy.networks.bfan import WEIGHTS, OddBfan
from pimdeploy.networks.build import build_network
from pimdeploy.quantization.factory import QuantizedFactory
from pimdeploy.recipe import NetworkSpec


def tensors(weights: Weights) -> dict[str, torch.Tensor]:
    """Return the weights as float64 tensors of their own, by name in the order of the network."""
    return {name: torch.from_numpy(np.array(weights[name], dtype=np.float64)) for name in WEIGHTS}


def quantized_network(spec: NetworkSpec, weights: Weights, formats: FormatMap) -> OddBfan:
    """Return the network of `spec` with Brevitas quantizers, in eval mode and float64: bit for bit the datapath."""
    network = build_network(spec, QuantizedFactory(formats), tensors(weights), knot_spacing=2.0**formats.knot_log2)
    return network.eval()
