"""Training on a real CUDA device, where there is one: it adds in another order, and cancels as much."""

import json
import os
import subprocess
import sys
from pathlib import Path

import compared_on_cuda
import pytest
import torch
from simulated_device import simulated_device

PROGRAM = Path(__file__).with_name("compared_on_cuda.py")
MOST_DB = 0.05
"""Difference of the cancellation after equally many steps: rounding, which the steps amplify."""
MOST_OF_GRAM = 1e-10
"""Difference of J^T J at equal weights, over its largest entry: sums of 10^4 products in another order, in float64."""


def test_a_cuda_device_cancels_as_much_as_the_cpu():
    """In a process of its own: to all other tests the device is hidden (tests/conftest.py)."""
    if torch.version.cuda is None:
        pytest.skip("PyTorch is built without CUDA")
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": os.environ["PIMDEPLOY_TEST_CUDA"]}
    ran = subprocess.run([sys.executable, PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    if found is None:
        pytest.skip("PyTorch sees no CUDA device")
    for network, figures in found.items():
        check(network, figures)


def test_the_comparison_holds_on_a_simulated_device():
    """In the device's larger pieces, so that sums differ."""
    with simulated_device():
        check("whlut", compared_on_cuda.compared(compared_on_cuda.NETWORKS["whlut"]))


def check(network, figures):
    assert figures["cpu_db"] > 5, network
    assert figures["cuda_db"] == pytest.approx(figures["cpu_db"], abs=MOST_DB), network
    assert figures["cuda_quantized_db"] == pytest.approx(figures["cpu_quantized_db"], abs=MOST_DB), network
    assert figures["gram"] < MOST_OF_GRAM, network
