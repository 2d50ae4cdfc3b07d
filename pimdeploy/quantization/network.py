"""The network under quantization, built from real-valued weights and a format map."""

import numpy as np
import torch

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import Weights
from pimdeploy.network_spec import NetworkSpec
from pimdeploy.networks.build import build_network, weight_shapes
from pimdeploy.networks.canceller import Canceller
from pimdeploy.quantization.factory import QuantizedFactory
from pimdeploy.training.device import CPU


def tensors(spec: NetworkSpec, weights: Weights) -> dict[str, torch.Tensor]:
    """Return the weights as float64 tensors of their own, by name in the order of the family.

    Raises `ValueError` where one is missing.
    """
    names = weight_shapes(spec)
    for name in names:
        if name not in weights:
            raise ValueError(f"weight {name} is missing; have {', '.join(weights) or 'none'}")
    return {name: torch.from_numpy(np.array(weights[name], dtype=np.float64)) for name in names}


def quantized_network(spec: NetworkSpec, weights: Weights, formats: FormatMap, device: torch.device = CPU) -> Canceller:
    """Return the network of `spec` with Brevitas quantizers, in eval mode and float64: on the CPU, bit for bit the datapath.

    On a CUDA `device` a convolution may be computed by transforms, which round: good for gradients, no proof.
    """
    network = build_network(spec, QuantizedFactory(formats), tensors(spec, weights), 2.0**formats.knot_log2)
    return network.to(device).eval()
