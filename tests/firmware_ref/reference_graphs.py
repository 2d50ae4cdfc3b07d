"""Graphs as datapath.json and tables.npz hold them, made of plain dicts and seeded random integers."""

import numpy as np

from firmware_ref import FirmwareReferenceError, Reference


def number_format(signed, bits, frac):
    return {"signed": signed, "bits": bits, "frac": frac}


S16 = number_format(True, 16, 15)
S8 = number_format(True, 8, 7)


class Sketch:
    """A graph that grows node by node; a node reads the one before it unless it is told otherwise."""

    def __init__(self, channels=2, form=S16, seed=1):
        self.nodes = [{"kind": "input", "name": "x", "channels": channels, "format": form}]
        self.tables = {}
        self.last = "x"
        self.rng = np.random.default_rng(seed)

    def add(self, kind, name=None, **fields):
        name = name or f"n{len(self.nodes)}"
        if kind not in ("add", "concatenate"):
            fields.setdefault("source", self.last)
        self.nodes.append({"kind": kind, "name": name, **fields})
        self.last = name
        return name

    def table(self, name, values):
        self.tables[name] = np.asarray(values, dtype=np.int64)
        return name

    def integers(self, shape, bits):
        most = (1 << (bits - 1)) - 1
        return self.rng.integers(-most, most + 1, size=shape)

    def convolution(
        self, taps, name=None, *, bits=16, frac=None, bias=None, groups=1, dilation=1, is_complex=False, **fields
    ):
        name = name or f"n{len(self.nodes)}"
        return self.add(
            "convolution",
            name,
            taps=self.table(f"{name}.taps", taps),
            taps_format=number_format(True, bits, bits - 1 if frac is None else frac),
            bias=None if bias is None else self.table(f"{name}.bias", bias),
            groups=groups,
            dilation=dilation,
            complex=is_complex,
            **fields,
        )

    def piecewise(
        self, slopes, m, symmetry="odd", name=None, *, first_bases=0, outputs=1, bits=16, frac=None, **fields
    ):
        name, slopes = name or f"n{len(self.nodes)}", np.asarray(slopes, dtype=np.int64)
        first = np.broadcast_to(first_bases, len(slopes))[:, None]
        return self.add(
            "piecewise",
            name,
            symmetry=symmetry,
            outputs=outputs,
            slopes=self.table(f"{name}.slopes", slopes),
            bases=self.table(f"{name}.bases", np.cumsum(slopes, axis=1) - slopes + first),
            weights=self.table(f"{name}.weights", np.diff(slopes, axis=1, prepend=0)),
            slopes_format=number_format(True, bits, bits - 1 if frac is None else frac),
            segment_log2=m,
            **fields,
        )

    def requantize(
        self, bits=16, frac=15, name=None, *, signed=True, rounding="half_up", overflow="saturate", **fields
    ):
        target = number_format(signed, bits, frac)
        return self.add("requantize", name, format=target, rounding=rounding, overflow=overflow, **fields)

    def magnitude(self, kind, name=None, alpha=0, beta=0, frac=0, **fields):
        return self.add("magnitude", name, magnitude=kind, alpha=alpha, beta=beta, coefficients_frac=frac, **fields)

    def graph(self):
        output = {"kind": "output", "name": "y", "source": self.last}
        return {"schema_version": 2, "name": "sketch", "delay_samples": 0, "nodes": [*self.nodes, output]}

    def reference(self, form="table"):
        return Reference(self.graph(), self.tables, form)


def canceller(weight_bits=16, activation_bits=16, rounding="half_up", overflow="saturate", seed=1):
    """The odd-symmetrized BFAN: sizes 7, 1, 8, 16, 9."""
    sketch = Sketch(seed=seed)
    how = {"rounding": rounding, "overflow": overflow}
    most = 1 << (weight_bits - 1)

    def taps(shape, scale):
        return np.rint(sketch.rng.normal(size=shape) * scale * most).clip(1 - most, most - 1)

    sketch.convolution(taps((1, 1, 2, 7), 0.2), "K", bits=weight_bits, is_complex=True)
    sketch.requantize(activation_bits, activation_bits - 1, "u", **how)
    sketch.convolution(taps((8, 2, 1), 0.4), "Phi", bits=weight_bits)
    sketch.requantize(activation_bits, activation_bits - 2, "a", **how)
    slopes = np.cumsum(np.abs(taps((1, 16), 0.05)), axis=1).clip(0, most - 1)
    sketch.piecewise(slopes, activation_bits - 5, name="f", bits=weight_bits)
    sketch.requantize(activation_bits, activation_bits - 1, "c", **how)
    sketch.convolution(taps((2, 8, 1), 0.1), "Psi", bits=weight_bits)
    sketch.requantize(activation_bits, activation_bits - 1, "v", **how)
    sketch.convolution(taps((1, 1, 2, 9), 0.1), "G", bits=weight_bits, is_complex=True)
    sketch.requantize(activation_bits, activation_bits - 1, "z", **how)
    return sketch


def every_kind(channels=2, form=S16):
    """A small graph with every kind of node, its branches delayed and lagged."""
    sketch = Sketch(channels, form)
    sketch.convolution(sketch.integers((1, 1, 2, 3), 10), "u", bits=10, is_complex=True, groups=1)
    u = sketch.requantize(12, 11, "u_q")
    sketch.magnitude("sqrt", "r")
    sketch.piecewise(sketch.integers((2, 9), 12), 8, "index", "gain", first_bases=[40, -60], outputs=2, bits=13)
    gain = sketch.requantize(12, 10, "gain_q")
    delayed = sketch.add("delay", "late", source=u, samples=2, lag=True)
    product = sketch.add("multiply", "product", source=gain, other=delayed, complex=True)
    energy = sketch.magnitude("square", "energy", source=u)
    sketch.requantize(9, 4, "energy_q", signed=False, source=energy)
    both = sketch.add("concatenate", "both", sources=["energy_q", product])
    sketch.add("select", "chosen", source=both, channels=[2, 0])
    sketch.magnitude("alpha_beta", "estimate", alpha=15, beta=6, frac=4, source=u)
    sketch.add("concatenate", "twice", sources=["estimate", "estimate"])
    sketch.add("add", "sum", sources=["chosen", "twice", product])
    sketch.requantize(14, 10, "sum_q", rounding="half_even")
    sketch.add("rectify", "leaky", slope_log2=3)
    sketch.requantize(10, 9, "leaky_q", rounding="half_away", overflow="wrap")
    sketch.piecewise(sketch.integers((1, 17), 10), 6, "plain", "sigmoid", first_bases=[77], bits=11)
    sketch.requantize(10, 12, "z")
    return sketch


def in_blocks(stream, x_q, block):
    """The output of `x_q` in blocks of `block` samples."""
    return np.concatenate([stream.process(x_q[:, n : n + block]) for n in range(0, x_q.shape[1], block)], axis=1)


def refusal(graph, tables, form="table"):
    """The message with which the reference refuses the graph, or None where it takes it."""
    try:
        Reference(graph, tables, form)
    except FirmwareReferenceError as error:
        return str(error)
    return None
