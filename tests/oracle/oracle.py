"""An oracle of the datapath: docs/spec/fixed_point.md and datapath.md said again in Python integers, and nothing else.

It shares no line of arithmetic with the package: it imports nothing of it, and NumPy only to read `tables.npz`.
Slow, and meant to be read beside the two pages; every function names the section that it follows.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Channels = list[list[int]]
"""A signal: `[channel][sample]`, raw integers."""
MakeInteger = Callable[[int, int], int]
"""`(value, bits) -> integer`: makes the integers that the oracle computes with; `bits` is the word length."""
MakeTable = Callable[[Any], Sequence[Any]]
"""Makes the sequence that a signal-dependent index looks into."""


def plain_integer(value: int, bits: int) -> int:
    """Return the value itself: Python's integers have no word length."""
    return value


class Oracle:
    """A datapath graph, evaluated node by node.

    `graph` is what `datapath.json` holds, `tables` maps the names of `tables.npz` to nested lists of integers, `form`
    is "table" or "basis" (fixed_point.md section 7), or "clipped", the basis form with the operations that
    operation_counts.md section 3 counts. With another `integer` and `table` the same code runs on
    integers that count their operations (tests/oracle/counting.py).
    """

    def __init__(
        self,
        graph: dict[str, Any],
        tables: dict[str, Any],
        form: str = "table",
        integer: MakeInteger = plain_integer,
        table: MakeTable = list,
    ) -> None:
        if form not in ("table", "basis", "clipped"):
            raise ValueError(f"form {form!r}: expected 'table', 'basis' or 'clipped'")
        self.nodes: list[dict[str, Any]] = graph["nodes"]
        self.tables = tables
        self.form = form
        self.integer = integer
        self.table = table
        self.frac = self._fracs()
        self.bits = self._bits()

    @classmethod
    def load(cls, folder: Path, form: str = "table") -> "Oracle":
        """Read `datapath.json` and `tables.npz` of a bundle's `folder` (datapath.md section 3)."""
        graph = json.loads((folder / "datapath.json").read_text(encoding="utf-8"))
        with np.load(folder / "tables.npz", allow_pickle=False) as arrays:
            tables = {name: arrays[name].tolist() for name in arrays.files}
        return cls(graph, tables, form)

    def run(self, x: Channels) -> tuple[Channels, dict[str, Channels]]:
        """Return the output for the samples `x`, `[channel][sample]`, and every node's result by name."""
        results: dict[str, Channels] = {}
        for node in self.nodes:
            results[node["name"]] = self.evaluate(node, x if node["kind"] == "input" else results[node["source"]])
        return results[self.nodes[-1]["name"]], results

    def evaluate(self, node: dict[str, Any], x: Channels) -> Channels:
        """Return one node's result for the samples `x` of its source (datapath.md section 2)."""
        if node["kind"] == "input":
            return [[self.integer(q, node["format"]["bits"]) for q in channel] for channel in x]
        if node["kind"] == "convolution":
            return self._complex_convolution(node, x) if node["complex"] else self._real_convolution(node, x)
        if node["kind"] == "piecewise":
            return self._piecewise(node, x)
        if node["kind"] == "requantize":
            return [[self._requantize(node, q) for q in channel] for channel in x]
        if node["kind"] == "output":
            return x
        raise ValueError(f"node {node['name']}: kind {node['kind']!r} is not in docs/spec/datapath.md")

    # Formats (datapath.md section 2): the frac of every node, and the word length of what is multiplied.

    def _fracs(self) -> dict[str, int]:
        frac: dict[str, int] = {}
        for node in self.nodes:
            kind, name = node["kind"], node["name"]
            if kind in ("input", "requantize"):
                frac[name] = node["format"]["frac"]
            elif kind == "convolution":
                frac[name] = frac[node["source"]] + node["taps_format"]["frac"]
            elif kind == "piecewise":
                frac[name] = frac[node["source"]] + node["slopes_format"]["frac"]
            else:
                frac[name] = frac[node["source"]]
        return frac

    def _bits(self) -> dict[str, int]:
        """Word lengths of stored signals, 0 for the others: integers that count need them, the arithmetic does not."""
        return {node["name"]: node.get("format", {"bits": 0})["bits"] for node in self.nodes}

    # Convolution (fixed_point.md section 6).

    def _real_convolution(self, node: dict[str, Any], x: Channels) -> Channels:
        """y[o][n] = bias[o] + sum over i, k of taps[o][i][k] * x[i][n - d k], i within the group of o."""
        taps = self._coefficients(node["taps"], node["taps_format"])
        bias = self._bias(node, len(taps))
        outputs_per_group, inputs_per_group = len(taps) // node["groups"], len(taps[0])
        y: Channels = []
        for o, rows in enumerate(taps):
            first = (o // outputs_per_group) * inputs_per_group
            inputs = x[first : first + inputs_per_group]
            y.append([_total(self._products(node, rows, inputs, n) + bias[o]) for n in range(len(x[0]))])
        return y

    def _complex_convolution(self, node: dict[str, Any], x: Channels) -> Channels:
        """As above on pairs (I, Q): y_I += re x_I - im x_Q, y_Q += re x_Q + im x_I."""
        taps = self._coefficients(node["taps"], node["taps_format"])
        bias = self._bias(node, 2 * len(taps))
        outputs_per_group, inputs_per_group = len(taps) // node["groups"], len(taps[0])
        y: Channels = []
        for o, rows in enumerate(taps):
            first = (o // outputs_per_group) * inputs_per_group
            pairs = range(first, first + inputs_per_group)
            x_i, x_q = [x[2 * pair] for pair in pairs], [x[2 * pair + 1] for pair in pairs]
            re, im = [row[0] for row in rows], [row[1] for row in rows]
            y_i, y_q = [], []
            for n in range(len(x[0])):
                plus, minus = self._products(node, re, x_i, n), self._products(node, im, x_q, n)
                y_i.append(_total(plus + bias[2 * o], minus))
                plus = self._products(node, re, x_q, n) + self._products(node, im, x_i, n)
                y_q.append(_total(plus + bias[2 * o + 1]))
            y += [y_i, y_q]
        return y

    def _products(self, node: dict[str, Any], rows: list[list[int]], inputs: Channels, n: int) -> list[int]:
        """All products taps[i][k] * x[i][n - d k] of one output sample. Samples before the first are 0."""
        zero = self.integer(0, self.bits[node["source"]])
        products = []
        for row, x in zip(rows, inputs, strict=True):
            for k, tap in enumerate(row):
                past = n - node["dilation"] * k
                products.append(tap * (x[past] if past >= 0 else zero))
        return products

    def _coefficients(self, name: str, number_format: dict[str, Any]) -> Any:
        return _each(self.tables[name], lambda q: self.integer(q, number_format["bits"]))

    def _bias(self, node: dict[str, Any], outputs: int) -> list[list[int]]:
        """The bias of each output as a list of one more term of its sum, empty where there is none."""
        if node["bias"] is None:
            return [[] for _ in range(outputs)]
        return [[self.integer(q, q.bit_length() + 1)] for q in self.tables[node["bias"]]]

    # Piecewise-linear functions with odd symmetry (fixed_point.md section 7).

    def _piecewise(self, node: dict[str, Any], x: Channels) -> Channels:
        if node["symmetry"] != "odd":
            raise ValueError(f"node {node['name']}: symmetry {node['symmetry']!r} is not in docs/spec/datapath.md")
        make = {"table": self._table_form, "basis": self._basis_form, "clipped": self._clipped_form}[self.form]
        functions = [make(node, row) for row in range(len(self.tables[node["weights"]]))]
        if len(functions) == 1:
            functions *= len(x)
        return [[function(a) for a in channel] for function, channel in zip(functions, x, strict=True)]

    def _basis_form(self, node: dict[str, Any], row: int) -> Callable[[int], int]:
        """y = sum over k of w[k] * (max(a - x_k, 0) - max(-a - x_k, 0)), x_k = k 2^m."""
        weights = self._coefficients(node["weights"], node["slopes_format"])[row]
        knots = [k << node["segment_log2"] for k in range(len(weights))]
        zero = self.integer(0, self.bits[node["source"]])

        def function(a: int) -> int:
            minus_a = -a
            pairs = zip(weights, knots, strict=True)
            return _total([w * (max(a - knot, zero) - max(minus_a - knot, zero)) for w, knot in pairs])

        return function

    def _clipped_form(self, node: dict[str, Any], row: int) -> Callable[[int], int]:
        """The basis form with max(a - x_k, 0) - max(-a - x_k, 0) written as a - min(max(a, -x_k), x_k)."""
        weights = self._coefficients(node["weights"], node["slopes_format"])[row]
        bits = self.bits[node["source"]]
        knots = [k << node["segment_log2"] for k in range(len(weights))]
        ends = [(self.integer(-knot, bits), self.integer(knot, bits)) for knot in knots]

        def function(a: int) -> int:
            return _total([w * (a - min(max(a, lo), hi)) for w, (lo, hi) in zip(weights, ends, strict=True)])

        return function

    def _table_form(self, node: dict[str, Any], row: int) -> Callable[[int], int]:
        """t = |a|; s = min(t >> m, S - 1); r = t - (s << m); y = (base[s] << m) + slope[s] * r; y = -y if a < 0."""
        m = node["segment_log2"]
        bases = [self.integer(q, q.bit_length() + 1) for q in self.tables[node["bases"]][row]]
        slopes = self._coefficients(node["slopes"], node["slopes_format"])[row]
        segments = self.table(zip(bases, slopes, strict=True))
        last = self.integer(len(segments) - 1, self.bits[node["source"]])

        def function(a: int) -> int:
            t = abs(a)
            s = min(t >> m, last)
            r = t - (s << m)
            base, slope = segments[s]
            y: int = (base << m) + slope * r
            minus_y = -y
            return minus_y if a < 0 else y

        return function

    # Requantize (fixed_point.md sections 3 to 5).

    def _requantize(self, node: dict[str, Any], q: int) -> int:
        s = self.frac[node["source"]] - node["format"]["frac"]
        if abs(s) >= 63:
            raise ValueError(f"node {node['name']}: a shift by {s} bits is refused")
        rounded = _round(q, s, node["rounding"]) if s > 0 else q << -s
        signed: bool = node["format"]["signed"]
        bits: int = node["format"]["bits"]
        if node["overflow"] == "wrap":
            return self.integer(_wrap(rounded, signed, bits), bits)
        if node["overflow"] != "saturate":
            raise ValueError(f"node {node['name']}: overflow {node['overflow']!r} is not in docs/spec/fixed_point.md")
        least, greatest = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        return self.integer(min(max(rounded, self.integer(least, bits)), self.integer(greatest, bits)), bits)


def _round(q: int, s: int, rounding: str) -> int:
    """Return q / 2^s as an integer, s > 0, rounded as the table of fixed_point.md section 3 says."""
    half = 1 << (s - 1)
    if rounding == "floor":
        return q >> s
    if rounding == "half_up":
        return (q + half) >> s
    if rounding == "half_even":
        # Just under a half goes up where floor(x) is even, a whole half where it is odd: a tie ends even.
        odd = (q >> s) & 1
        return (q + (half - 1) + odd) >> s
    if rounding == "half_away":
        # For a negative x the ceiling of x - 1/2 is wanted: a floor, with a constant one smaller.
        constant = half - 1 if q < 0 else half
        return (q + constant) >> s
    raise ValueError(f"rounding {rounding!r} is not in docs/spec/fixed_point.md")


def _wrap(q: int, signed: bool, bits: int) -> int:
    """Return q modulo 2^bits, in the format's range: its low bits, with the top one as the sign where there is one."""
    low = q & ((1 << bits) - 1)
    return low | -(1 << bits) if signed and low & (1 << (bits - 1)) else low


def _total(terms: list[int], minus: Sequence[int] = ()) -> int:
    """Return the sum of the terms less those of `minus`: one add fewer than there are terms."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    for term in minus:
        total = total - term
    return total


def _each(nested: Any, function: Callable[[int], int]) -> Any:
    """Return the nested lists with `function` applied to every integer."""
    return [_each(item, function) for item in nested] if isinstance(nested, list) else function(nested)
