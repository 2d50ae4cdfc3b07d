"""Random chains of nodes with random formats, against the oracle: the choice of int32 or int64 never shows."""

import numpy as np
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from oracle.oracle import Oracle

from firmware_ref import FirmwareReferenceError, Reference


def random_weights(rng, shape):
    bits = int(rng.integers(3, 20))
    most = (1 << (bits - 1)) - 1
    return rng.integers(-most, most + 1, size=shape), {"signed": True, "bits": bits, "frac": int(rng.integers(-2, 20))}


def random_requantize(rng):
    target = {"signed": bool(rng.random() < 0.8), "bits": int(rng.integers(2, 34)), "frac": int(rng.integers(-5, 40))}
    rounding = str(rng.choice(["floor", "half_up", "half_even", "half_away"]))
    return {
        "kind": "requantize",
        "format": target,
        "rounding": rounding,
        "overflow": str(rng.choice(["saturate", "wrap"])),
    }, {}


def random_piecewise(rng):
    slopes, slopes_format = random_weights(rng, (int(rng.integers(1, 3)), int(rng.integers(1, 9))))
    bases, weights = np.cumsum(slopes, axis=1) - slopes, np.diff(slopes, axis=1, prepend=0)
    facts = {"symmetry": "odd", "slopes_format": slopes_format, "segment_log2": int(rng.integers(0, 24))}
    return {"kind": "piecewise", **facts}, {"slopes": slopes, "bases": bases, "weights": weights}


def random_convolution(rng):
    length, is_complex, groups = int(rng.integers(1, 4)), bool(rng.random() < 0.5), 1
    if not is_complex:
        groups = int(rng.integers(1, 3))
    taps, taps_format = random_weights(rng, (1, 1, 2, length) if is_complex else (2, 2 // groups, length))
    facts = {"taps_format": taps_format, "groups": groups, "dilation": int(rng.integers(1, 4)), "complex": is_complex}
    if rng.random() < 0.5:
        return {"kind": "convolution", "bias": None, **facts}, {"taps": taps}
    return {"kind": "convolution", **facts}, {"taps": taps, "bias": rng.integers(-1 << 30, 1 << 30, size=2)}


def random_chain(rng):
    bits = int(rng.integers(4, 25))
    form = {"signed": True, "bits": bits, "frac": int(rng.integers(-3, 20))}
    nodes, arrays = [{"kind": "input", "name": "x", "channels": 2, "format": form}], {}
    makers = [random_requantize, random_requantize, random_piecewise, random_convolution, random_convolution]
    for n in range(int(rng.integers(1, 6))):
        node, found = makers[rng.integers(len(makers))](rng)
        node |= {table: f"n{n}.{table}" for table in found}
        nodes.append(node | {"name": f"n{n}", "source": nodes[-1]["name"]})
        arrays |= {f"n{n}.{table}": values for table, values in found.items()}
    nodes.append({"kind": "output", "name": "y", "source": nodes[-1]["name"]})
    return {"schema_version": 1, "name": "chain", "delay_samples": 0, "nodes": nodes}, arrays, bits


@given(st.integers(0, 2**32), st.sampled_from(["table", "basis"]))
@settings(max_examples=150, deadline=None)
def test_random_chains_equal_the_oracle(seed, form):
    rng = np.random.default_rng(seed)
    graph, arrays, bits = random_chain(rng)
    least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    corners = rng.choice([least, most, 0, 1, -1], size=(2, 24))
    x_q = np.concatenate([corners, rng.integers(least, most + 1, size=(2, 24))], axis=1)
    try:
        got = Reference(graph, arrays, form).trace(x_q)
    except FirmwareReferenceError:
        reject()  # no 64-bit integer carries it
    _, expected = Oracle(graph, {name: table.tolist() for name, table in arrays.items()}, form).run(x_q.tolist())
    for name, values in expected.items():
        assert got[name].tolist() == values, name
