"""docs/spec/fixed_point.md and datapath.md, sections 2 and 3, in Python integers, one sample at a time.

Written from the two pages for these tests; it knows nothing of types, blocks or bounds but the formats that they state.
"""

from fractions import Fraction
from math import floor, isqrt


class PlainInts:
    """Evaluates a graph of plain dicts; tables are lists. `bits` gives the width of a node whose format no field states."""

    def __init__(self, graph, tables, form="table", bits=None):
        self.nodes = graph["nodes"]
        self.tables = {name: table.tolist() for name, table in tables.items()}
        self.form = form
        self.bits = dict(bits or {})
        self.frac = {}

    def trace(self, x):
        """Integers of every node, [channel][sample], by name."""
        values = {}
        for node in self.nodes:
            sources = [values[name] for name in names_of(node)]
            values[node["name"]] = x if node["kind"] == "input" else getattr(self, node["kind"])(node, *sources)
            self.frac[node["name"]] = self.frac_of(node)
            if "format" in node:
                self.bits[node["name"]] = node["format"]["bits"]
        return values

    def frac_of(self, node):
        fracs = [self.frac[name] for name in names_of(node)]
        match node["kind"]:
            case "input" | "requantize":
                return node["format"]["frac"]
            case "convolution":
                return fracs[0] + node["taps_format"]["frac"]
            case "piecewise":
                return fracs[0] + node["slopes_format"]["frac"]
            case "multiply":
                return sum(fracs)
            case "magnitude":
                return fracs[0] * (2 if node["magnitude"] == "square" else 1) + node["coefficients_frac"]
            case "rectify":
                return fracs[0] + (node["slope_log2"] or 0)
            case _:
                return max(fracs)

    def convolution(self, node, x):
        taps, dilation = self.tables[node["taps"]], node["dilation"]
        length = len(taps[0][0][0]) if node["complex"] else len(taps[0][0])
        outputs = len(taps) // node["groups"]
        unit = 2 if node["complex"] else 1
        y = [[] for _ in range(unit * len(taps))]
        for o, rows in enumerate(taps):
            for n in range(len(x[0])):
                total = 0  # a Gaussian integer as a pair where the taps are complex
                total_q = 0
                for i, row in enumerate(rows):
                    channel = unit * (o // outputs * len(rows) + i)
                    for k in range(length):
                        past = n - dilation * k
                        if past < 0:
                            continue
                        if node["complex"]:
                            re, im = row[0][k], row[1][k]
                            i_part, q_part = x[channel][past], x[channel + 1][past]
                            total += re * i_part - im * q_part
                            total_q += re * q_part + im * i_part
                        else:
                            total += row[k] * x[channel][past]
                y[unit * o].append(total)
                if node["complex"]:
                    y[unit * o + 1].append(total_q)
        if node["bias"] is not None:
            y = [[v + b for v in channel] for channel, b in zip(y, self.tables[node["bias"]], strict=True)]
        return y

    def piecewise(self, node, x):
        m, outputs = node["segment_log2"], node["outputs"]
        bases, slopes, weights = (self.tables[node[key]] for key in ("bases", "slopes", "weights"))
        functions = len(bases) // outputs
        y = []
        for c, channel in enumerate(x):
            for j in range(outputs):
                row = c * functions // len(x) * outputs + j
                signs, places = zip(*(self.read(node, a) for a in channel), strict=True) if channel else ((), ())
                if self.form == "table":
                    values = [table_form(t, slopes[row], bases[row], m) for t in places]
                else:
                    values = [basis_form(t, weights[row], bases[row][0], m) for t in places]
                y.append([sign * value for sign, value in zip(signs, values, strict=True)])
        return y

    def read(self, node, a):
        match node["symmetry"]:
            case "odd":
                return (-1 if a < 0 else 1), abs(a)
            case "even":
                return 1, abs(a)
            case "plain":
                return 1, a + 2 ** (self.bits[node["source"]] - 1)
            case "index":
                return 1, a

    def delay(self, node, x):
        d = node["samples"]
        return [[channel[n - d] if n >= d else 0 for n in range(len(channel))] for channel in x]

    def magnitude(self, node, x):
        y = []
        for x_i, x_q in zip(x[0::2], x[1::2], strict=True):
            pairs = list(zip(x_i, x_q, strict=True))
            match node["magnitude"]:
                case "sqrt":
                    y.append([isqrt(i * i + q * q) for i, q in pairs])
                case "square":
                    y.append([i * i + q * q for i, q in pairs])
                case "alpha_beta":
                    alpha, beta = node["alpha"], node["beta"]
                    y.append([alpha * max(abs(i), abs(q)) + beta * min(abs(i), abs(q)) for i, q in pairs])
        return y

    def multiply(self, node, a, b):
        if not node["complex"]:
            return [[p * q for p, q in zip(one, other, strict=True)] for one, other in zip(a, b, strict=True)]
        y = []
        for pair in range(0, len(a), 2):
            quads = list(zip(a[pair], a[pair + 1], b[pair], b[pair + 1], strict=True))
            y.append([a_i * b_i - a_q * b_q for a_i, a_q, b_i, b_q in quads])
            y.append([a_i * b_q + a_q * b_i for a_i, a_q, b_i, b_q in quads])
        return y

    def aligned(self, node, operands):
        most = max(self.frac[name] for name in node["sources"])
        factors = [2 ** (most - self.frac[name]) for name in node["sources"]]
        return [[[v * factor for v in channel] for channel in x] for x, factor in zip(operands, factors, strict=True)]

    def add(self, node, *operands):
        return [
            [sum(terms) for terms in zip(*channels, strict=True)]
            for channels in zip(*self.aligned(node, operands), strict=True)
        ]

    def concatenate(self, node, *operands):
        return [channel for x in self.aligned(node, operands) for channel in x]

    def select(self, node, x):
        return [x[channel] for channel in node["channels"]]

    def rectify(self, node, x):
        k = node["slope_log2"]
        if k is None:
            return [[max(v, 0) for v in channel] for channel in x]
        return [[v * 2**k if v >= 0 else v for v in channel] for channel in x]

    def requantize(self, node, x):
        bits, signed = node["format"]["bits"], node["format"]["signed"]
        least = -(2 ** (bits - 1)) if signed else 0
        most = least + 2**bits - 1
        step = Fraction(2) ** (node["format"]["frac"] - self.frac[node["source"]])

        def requantized(v):
            q = rounded(v * step, node["rounding"])
            return max(least, min(q, most)) if node["overflow"] == "saturate" else (q - least) % 2**bits + least

        return [[requantized(v) for v in channel] for channel in x]

    def output(self, _, x):
        return x


def names_of(node):
    if node["kind"] == "input":
        return []
    if node["kind"] == "multiply":
        return [node["source"], node["other"]]
    return node["sources"] if node["kind"] in ("add", "concatenate") else [node["source"]]


def table_form(t, slopes, bases, m):
    s = min(t // 2**m, len(slopes) - 1)
    return bases[s] * 2**m + slopes[s] * (t - s * 2**m)


def basis_form(t, weights, first_base, m):
    return first_base * 2**m + sum(w * max(t - k * 2**m, 0) for k, w in enumerate(weights))


def rounded(x, rounding):
    match rounding:
        case "floor":
            return floor(x)
        case "half_up":
            return floor(x + Fraction(1, 2))
        case "half_even":
            return round(x)
        case "half_away":
            return (-1 if x < 0 else 1) * floor(abs(x) + Fraction(1, 2))
