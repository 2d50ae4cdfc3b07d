"""An oracle of the datapath: docs/spec/fixed_point.md and datapath.md said again in Python integers, and nothing else.

It shares no line of arithmetic with the package: it imports nothing of it, and NumPy only to read `tables.npz`.
Slow, and meant to be read beside the two pages; every function names the section that it follows.
"""

import json
from collections.abc import Callable, Sequence
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

Channels = list[list[int]]
"""A signal: `[channel][sample]`, raw integers."""
MakeInteger = Callable[[int, int], int]
"""`(value, bits) -> integer`: makes the integers that the oracle computes with; `bits` is the word length."""
MakeTable = Callable[[Any], Sequence[Any]]
"""Makes the sequence that a signal-dependent index looks into."""
Function = Callable[[int], list[int]]
"""A piecewise-linear function: from an argument to its results, one an output."""


def plain_integer(value: int, bits: int) -> int:
    """Return the value itself: Python's integers have no word length."""
    return value


class Oracle:
    """A datapath graph, evaluated node by node.

    `graph` is what `datapath.json` holds, `tables` maps the names of `tables.npz` to nested lists of integers, `form`
    is "table" or "basis" (fixed_point.md section 7), or "clipped", the basis form with the operations that
    operation_counts.md section 3 counts. With another `integer`, `table` and `root` (the integer square root) the same
    code runs on integers that count their operations (tests/oracle/counting.py).
    """

    def __init__(
        self,
        graph: dict[str, Any],
        tables: dict[str, Any],
        form: str = "table",
        integer: MakeInteger = plain_integer,
        table: MakeTable = list,
        root: Callable[[int], int] = isqrt,
    ) -> None:
        if form not in ("table", "basis", "clipped"):
            raise ValueError(f"form {form!r}: expected 'table', 'basis' or 'clipped'")
        self.nodes: list[dict[str, Any]] = graph["nodes"]
        self.tables = tables
        self.form = form
        self.integer = integer
        self.table = table
        self.root = root
        self.frac: dict[str, int] = {}
        self.bits: dict[str, int] = {}
        for node in self.nodes:
            self.frac[node["name"]] = self._frac(node)
            self.bits[node["name"]] = self._bits(node)

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
            operands = [x] if node["kind"] == "input" else [results[name] for name in sources(node)]
            results[node["name"]] = self.evaluate(node, operands)
        return results[self.nodes[-1]["name"]], results

    def evaluate(self, node: dict[str, Any], operands: Sequence[Channels]) -> Channels:
        """Return one node's result for the samples of its sources, in order (datapath.md section 2)."""
        evaluate: dict[str, Callable[..., Channels]] = {
            "input": self._input,
            "convolution": self._complex_convolution if node.get("complex") else self._real_convolution,
            "piecewise": self._piecewise,
            "delay": self._delay,
            "magnitude": self._magnitude,
            "multiply": self._multiply,
            "add": self._add,
            "rectify": self._rectify,
            "concatenate": self._concatenate,
            "select": self._select,
            "requantize": lambda node, x: _each(x, lambda q: self._requantize(node, q)),
            "output": lambda _, x: x,
        }
        if node["kind"] not in evaluate:
            raise ValueError(f"node {node['name']}: kind {node['kind']!r} is not in docs/spec/datapath.md")
        return evaluate[node["kind"]](node, *operands)

    # Formats (datapath.md section 2): the frac of every node, and the word length of every stored signal.

    def _frac(self, node: dict[str, Any]) -> int:
        if node["kind"] in ("input", "requantize"):
            return int(node["format"]["frac"])
        fracs = [self.frac[name] for name in sources(node)]
        match node["kind"]:
            case "convolution":
                return fracs[0] + int(node["taps_format"]["frac"])
            case "piecewise":
                return fracs[0] + int(node["slopes_format"]["frac"])
            case "rectify":
                return fracs[0] + int(node["slope_log2"] or 0)
            case "magnitude":
                return 2 * fracs[0] if node["magnitude"] == "square" else fracs[0] + int(node["coefficients_frac"])
            case "multiply":
                return sum(fracs)
            case _:
                return max(fracs)

    def _bits(self, node: dict[str, Any]) -> int:
        """The word length of a stored signal, also late or of chosen channels; 0 for others, which the spec leaves open."""
        if node["kind"] in ("delay", "select", "output"):
            return self.bits[node["source"]]
        return int(node.get("format", {"bits": 0})["bits"])

    def _input(self, node: dict[str, Any], x: Channels) -> Channels:
        return [[self.integer(q, node["format"]["bits"]) for q in channel] for channel in x]

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
        if _in_three(node):
            return self._three_convolution(node, x)
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

    def _three_convolution(self, node: dict[str, Any], x: Channels) -> Channels:
        """y_I = S1 - S3 + bias, y_Q = S1 + S2 + bias; x_I + x_Q is made once a pair and sample."""
        taps = self.tables[node["taps"]]
        re, im = ([[kernel[part] for kernel in row] for row in taps] for part in (0, 1))
        bias = self._bias(node, 2 * len(re))
        pairs = [(x[c], x[c + 1]) for c in range(0, len(x), 2)]
        both = [[i + q for i, q in zip(*pair, strict=True)] for pair in pairs]
        outputs_per_group, inputs_per_group = len(re) // node["groups"], len(re[0])
        y: Channels = []
        for o, (of_re, of_im) in enumerate(zip(re, im, strict=True)):
            first = (o // outputs_per_group) * inputs_per_group
            chosen = range(first, first + inputs_per_group)
            operands = [[both[p] for p in chosen], [pairs[p][0] for p in chosen], [pairs[p][1] for p in chosen]]
            coefficients = self._three_coefficients(node, of_re, of_im)
            y_i, y_q = [], []
            for n in range(len(x[0])):
                s1, s2, s3 = (
                    _total(self._products(node, rows, inputs, n))
                    for rows, inputs in zip(coefficients, operands, strict=True)
                )
                y_i.append(_total([s1 - s3, *bias[2 * o]]))
                y_q.append(_total([s1 + s2, *bias[2 * o + 1]]))
            y += [y_i, y_q]
        return y

    def _three_coefficients(self, node: dict[str, Any], re: list[list[int]], im: list[list[int]]) -> list[Any]:
        """re, im - re and re + im of an output: constants, in words as long as those of the taps."""
        pairs = [list(zip(*rows, strict=True)) for rows in zip(re, im, strict=True)]
        bits = node["taps_format"]["bits"]
        parts: list[Callable[[int, int], int]] = [lambda r, _: r, lambda r, i: i - r, lambda r, i: r + i]
        return [[[self.integer(part(r, i), bits) for r, i in kernel] for kernel in pairs] for part in parts]

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

    # Piecewise-linear functions (fixed_point.md section 7).

    def _piecewise(self, node: dict[str, Any], x: Channels) -> Channels:
        """Channel c of C uses function c * tables // C and gives its `outputs` results one after another."""
        if node["symmetry"] not in ("odd", "even", "plain", "index"):
            raise ValueError(f"node {node['name']}: symmetry {node['symmetry']!r} is not in docs/spec/datapath.md")
        is_clipped = self.form == "clipped" and node["symmetry"] == "odd"
        make = self._table_form if self.form == "table" else self._clipped_form if is_clipped else self._basis_form
        n_outputs: int = node["outputs"]
        tables = len(self.tables[node["weights"]]) // n_outputs
        functions = [make(node, range(k * n_outputs, (k + 1) * n_outputs)) for k in range(tables)]
        y: Channels = []
        for c, channel in enumerate(x):
            results = [functions[c * tables // len(x)](a) for a in channel]
            y += [[result[j] for result in results] for j in range(n_outputs)]
        return y

    def _argument(self, node: dict[str, Any], a: int) -> int:
        """t, from the table of section 7."""
        if node["symmetry"] == "plain":
            bits = self.bits[node["source"]]
            if not bits:
                raise ValueError(f"node {node['name']}: the word length of {node['source']} is not stated")
            return a + (1 << (bits - 1))
        return a if node["symmetry"] == "index" else abs(a)

    def _signed(self, node: dict[str, Any], a: int, y: int) -> int:
        """For the odd symmetry y takes the sign of a; both signs are made, and one is chosen."""
        if node["symmetry"] != "odd":
            return y
        minus_y = -y
        return minus_y if a < 0 else y

    def _basis_form(self, node: dict[str, Any], rows: range) -> Function:
        """f = (base[0] << m) + sum over k of w[k] * max(t - (k << m), 0); base[0] = 0 and no term where f is odd."""
        m = node["segment_log2"]
        weights = [self._coefficients(node["weights"], node["slopes_format"])[row] for row in rows]
        bases = [] if node["symmetry"] == "odd" else [self._bases(node, row)[0] for row in rows]
        zero = self.integer(0, self.bits[node["source"]])

        def function(a: int) -> list[int]:
            t = self._argument(node, a)
            terms = [max(t - (k << m), zero) for k in range(len(weights[0]))]
            sums = [_total([w * term for w, term in zip(row, terms, strict=True)]) for row in weights]
            if bases:
                sums = [(base << m) + total for base, total in zip(bases, sums, strict=True)]
            return [self._signed(node, a, total) for total in sums]

        return function

    def _clipped_form(self, node: dict[str, Any], rows: range) -> Function:
        """The odd basis form with max(a - x_k, 0) - max(-a - x_k, 0) written as a - min(max(a, -x_k), x_k)."""
        weights = [self._coefficients(node["weights"], node["slopes_format"])[row] for row in rows]
        bits = self.bits[node["source"]]
        knots = [k << node["segment_log2"] for k in range(len(weights[0]))]
        ends = [(self.integer(-knot, bits), self.integer(knot, bits)) for knot in knots]

        def function(a: int) -> list[int]:
            terms = [a - min(max(a, lo), hi) for lo, hi in ends]
            return [_total([w * term for w, term in zip(row, terms, strict=True)]) for row in weights]

        return function

    def _table_form(self, node: dict[str, Any], rows: range) -> Function:
        """s = min(t >> m, S - 1); r = t - (s << m); f = (base[s] << m) + slope[s] * r."""
        m = node["segment_log2"]
        slopes = self._coefficients(node["slopes"], node["slopes_format"])
        tables = [self.table(zip(self._bases(node, row), slopes[row], strict=True)) for row in rows]
        last = self.integer(len(tables[0]) - 1, self.bits[node["source"]])

        def function(a: int) -> list[int]:
            t = self._argument(node, a)
            s = min(t >> m, last)
            r = t - (s << m)
            read = [table[s] for table in tables]
            return [self._signed(node, a, (base << m) + slope * r) for base, slope in read]

        return function

    def _bases(self, node: dict[str, Any], row: int) -> list[int]:
        return [self.integer(q, q.bit_length() + 1) for q in self.tables[node["bases"]][row]]

    # Magnitude (fixed_point.md section 9).

    def _magnitude(self, node: dict[str, Any], x: Channels) -> Channels:
        magnitude: dict[str, Callable[[dict[str, Any], int, int], int]] = {
            "sqrt": self._root,
            "alpha_beta": self._alpha_beta,
            "square": lambda _, i, q: i * i + q * q,
        }
        if node["magnitude"] not in magnitude:
            raise ValueError(f"node {node['name']}: magnitude {node['magnitude']!r} is not in docs/spec/datapath.md")
        of_pair = magnitude[node["magnitude"]]
        return [[of_pair(node, i, q) for i, q in zip(*x[c : c + 2], strict=True)] for c in range(0, len(x), 2)]

    def _root(self, _: dict[str, Any], i: int, q: int) -> int:
        """The integer r with r^2 <= I^2 + Q^2 < (r + 1)^2."""
        return self.root(i * i + q * q)

    def _alpha_beta(self, node: dict[str, Any], i: int, q: int) -> int:
        """alpha * max(abs(I), abs(Q)) + beta * min(abs(I), abs(Q))."""
        i, q = abs(i), abs(q)
        return self._times(node["alpha"], max(i, q)) + self._times(node["beta"], min(i, q))

    def _times(self, constant: int, q: int) -> int:
        """A product with a constant of the graph: of a power of two it is a shift."""
        if constant.bit_count() == 1:
            return q << (constant.bit_length() - 1)
        return self.integer(constant, constant.bit_length()) * q

    # Products, sums, delays, rectifiers, channels (fixed_point.md section 10).

    def _multiply(self, node: dict[str, Any], a: Channels, b: Channels) -> Channels:
        if not node["complex"]:
            return [[p * q for p, q in zip(one, other, strict=True)] for one, other in zip(a, b, strict=True)]
        y: Channels = []
        for c in range(0, len(a), 2):
            pairs = list(zip(a[c], a[c + 1], b[c], b[c + 1], strict=True))
            if _in_three(node):
                sums = [(a_i * (b_i + b_q), (a_q - a_i) * b_i, (a_i + a_q) * b_q) for a_i, a_q, b_i, b_q in pairs]
                y += [[s1 - s3 for s1, _, s3 in sums], [s1 + s2 for s1, s2, _ in sums]]
                continue
            y.append([a_i * b_i - a_q * b_q for a_i, a_q, b_i, b_q in pairs])
            y.append([a_i * b_q + a_q * b_i for a_i, a_q, b_i, b_q in pairs])
        return y

    def _aligned(self, node: dict[str, Any], operands: Sequence[Channels]) -> list[Channels]:
        """Each operand times the power of two that aligns it to the largest frac."""
        frac = [self.frac[name] for name in sources(node)]
        shifts = [max(frac) - f for f in frac]
        return [[[q << s for q in channel] for channel in x] for x, s in zip(operands, shifts, strict=True)]

    def _add(self, node: dict[str, Any], *operands: Channels) -> Channels:
        channels = zip(*self._aligned(node, operands), strict=True)
        return [[_total(list(terms)) for terms in zip(*channel, strict=True)] for channel in channels]

    def _concatenate(self, node: dict[str, Any], *operands: Channels) -> Channels:
        return [channel for operand in self._aligned(node, operands) for channel in operand]

    def _delay(self, node: dict[str, Any], x: Channels) -> Channels:
        """y[n] = x[n - samples]; samples before the first are 0."""
        zeros = [self.integer(0, self.bits[node["source"]])] * node["samples"]
        return [(zeros + channel)[: len(channel)] for channel in x]

    def _rectify(self, node: dict[str, Any], x: Channels) -> Channels:
        k = node["slope_log2"]
        if k is None:
            return _each(x, lambda q: max(q, self.integer(0, 1)))  # type: ignore[no-any-return]

        def leaky(q: int) -> int:
            times = q << k
            return q if q < 0 else times

        return _each(x, leaky)  # type: ignore[no-any-return]

    def _select(self, node: dict[str, Any], x: Channels) -> Channels:
        return [x[channel] for channel in node["channels"]]

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


def _in_three(node: dict[str, Any]) -> bool:
    """Whether a complex node forms three products; four where the field is not there (datapath.md section 3)."""
    products = node.get("products", "four")
    if products not in ("four", "three"):
        raise ValueError(f"node {node['name']}: products {products!r} is not in docs/spec/datapath.md")
    return bool(products == "three")


def sources(node: dict[str, Any]) -> list[str]:
    """Return the names of the nodes that `node` reads, in order (datapath.md section 3)."""
    if node["kind"] == "multiply":
        return [node["source"], node["other"]]
    if node["kind"] in ("add", "concatenate"):
        return list(node["sources"])
    return [] if node["kind"] == "input" else [node["source"]]


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
