"""Shares of devices: derived by hand for the reference sizes, and what must hold for any graph and device."""

import math

import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, signed

from pimdeploy.cost.demand import NodeDemand, Product, Storage, demands
from pimdeploy.cost.estimate import Estimate, estimate
from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.loads_logic import lut_clocks, slices_of
from pimdeploy.cost.loads_processor import add_instructions, multiplier
from pimdeploy.cost.targets.device import LogicDeviceFacts, ProcessorFacts, load_target, target_names
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Convolution,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Output,
    Piecewise,
    Requantize,
    Symmetry,
)
from pimdeploy.errors import InputError

FS_HZ = 491.52e6
C66X = load_target("c66x")
ZU28DR = load_target("zu28dr")


def cycles(found: Estimate) -> dict[str, float]:
    """Cycles of one core a sample, by resource."""
    assert isinstance(found.facts, ProcessorFacts)
    return {bound.name: bound.share * found.facts.cores * found.clock_hz / found.fs_hz for bound in found.bounds}


def test_the_reference_sizes_on_a_dsp_by_hand() -> None:
    # M_K = 7, M_N = 1, M_a = 8, N = 16, M_G = 9, all words 16 bits, all accumulators within 32.
    found = estimate(ledger(demo_model()), "c66x", FS_HZ)
    # 64 products of complex taps, 16 by each of 2 instructions a cycle, and 40 others, 8 by each.
    # Adds: K 26 - 3/4 * 28, Phi 8 - 12 < 0, Psi 14 - 12, G 34 - 27; f 32 - 6 + 24 compares + 24 shifts; 22 words
    # requantized by an add, two compares and a shift each: 5 + 2 + 7 + 74 + 88 = 176, 8 a cycle.
    # Reads: windows of 2 * 7, 2, 8 (f), 8, 2 * 9 words of 2 bytes, 16 bytes a cycle; 8 entries of two words, 2 a cycle.
    # Instructions: 64 / 16 + 40 / 8 + 176 / 2 + 100 / 8 + 16, 8 a cycle.
    assert cycles(found) == pytest.approx(
        {
            "multiplies": 64 / 32 + 40 / 16,
            "adds": 176 / 8,
            "memory reads": 100 / 16 + 16 / 2,
            "instructions": (9 + 88 + 12.5 + 16) / 8,
        }
    )
    assert found.binding.name == "adds"
    assert found.share == pytest.approx(22 * FS_HZ / (8 * 1.25e9))
    assert found.highest_fs_hz == pytest.approx(8 * 1.25e9 / 22)
    assert found.binding.largest(1)[0][0] == "f"
    # Weights 64 words of 2 bytes; slopes 16 of 2 and bases 16 of 4; 28 samples of 2.
    assert (found.memory.weights, found.memory.tables, found.memory.state) == (128, 96, 56)
    assert found.memory.fits == "L1D of a core"
    assert found.notes == ()


def test_the_reference_sizes_in_logic_by_hand() -> None:
    # At a sample a clock every product has its slice.
    found = estimate(ledger(demo_model()), "zu28dr", FS_HZ)
    shares = {bound.name: bound.share for bound in found.bounds}
    assert shares["multiplies"] == pytest.approx(104 / 4272)
    assert found.units(found.bounds[0]) == "104 of 4272 DSP slices"
    # Each entry, 16 and 18 bits, is one read of 36; two ports of 1,080 blocks.
    assert shares["memory reads"] == pytest.approx(8 / 2160)
    # Slices add what they multiply; what is left takes a table a bit: f 24 adds and 24 compares of 29 bits; an add and
    # two compares for each word that is requantized, of K, Phi, f, Psi and G with 31, 31, 29, 28 and 27 bits.
    luts = 48 * 29 + 3 * (2 * 31 + 8 * 31 + 8 * 29 + 2 * 28 + 2 * 27)
    assert shares["adds"] == pytest.approx(luts / 425_280)
    assert found.highest_fs_hz == pytest.approx(FS_HZ * 4272 / 104)
    # Weights 64 words of 16 bits; slopes 16 of 16, bases 16 of 18; 28 samples of 16.
    assert (found.memory.weights, found.memory.tables, found.memory.state) == (1024, 16 * 34, 448)
    half_rate = estimate(ledger(demo_model()), "zu28dr", FS_HZ / 2)
    assert half_rate.units(half_rate.bounds[0]) == "52 of 4272 DSP slices"
    twice_the_clock = estimate(ledger(demo_model()), "zu28dr", FS_HZ / 2, 2 * FS_HZ / 2)
    assert twice_the_clock.share == half_rate.share


def test_words_beyond_16_bits_take_the_32_bit_multiplies() -> None:
    narrow, wide = (estimate(ledger(demo_model(1, bits, 16)), "c66x", FS_HZ) for bits in (16, 18))
    assert cycles(narrow)["multiplies"] == pytest.approx(64 / 32 + 40 / 16)
    assert cycles(wide)["multiplies"] == pytest.approx(104 / 8)
    assert "take the slower 32-bit multiplies: K (18x16 bits), Phi (18x16 bits), " in wide.notes[-1]
    logic = estimate(ledger(demo_model(1, 18, 16)), "zu28dr", FS_HZ)
    assert logic.binding.share == pytest.approx(104 / 4272)


def test_words_beyond_a_slice_take_two() -> None:
    # 24-bit weights fit 27 bits and meet words of 16 bits in K, of 24 behind it, which 18 bits do not hold.
    found = estimate(ledger(demo_model(1, 24, 24)), "zu28dr", FS_HZ)
    assert found.binding.by_node["K"] == pytest.approx(28 / 4272)
    assert found.binding.by_node["G"] == pytest.approx(2 * 36 / 4272)
    assert any(
        note.startswith("products of signed operands that take more than one slice: Phi (24x24 bits), f (24x")
        for note in found.notes
    )


def one_convolution(bits: int, taps: int = 4) -> Graph:
    node = Convolution("h", "x", IntTable([[[(1 << (bits - 1)) - 1] * taps] * 2] * 2), signed(bits, 0))
    return Graph("g", (Input("x", 2, signed(16, 15)), node, Output("y", "h")), 0)


def test_an_accumulator_beyond_32_bits_takes_adds_of_its_own() -> None:
    fits, wider = (estimate(ledger(one_convolution(bits)), "c66x", FS_HZ) for bits in (14, 16))
    # 16 products, 14 adds; within 32 bits 12 of them come with the products, beyond none does, and two fit a cycle.
    assert cycles(fits)["adds"] == pytest.approx(2 / 8)
    assert cycles(wider)["adds"] == pytest.approx(14 / 2)
    assert wider.notes == ("accumulators wider than the multipliers add take adds of their own: h (34 bits)",)
    # The Cortex-M7 accumulates 64 bits.
    assert cycles(estimate(ledger(one_convolution(16)), "cortex_m7", FS_HZ))["adds"] == 0


def test_eight_bit_words_where_the_device_has_them() -> None:
    graph = Graph(
        "g",
        (
            Input("x", 2, signed(8, 7)),
            Convolution("h", "x", IntTable([[[100] * 4] * 2]), signed(8, 0)),
            Output("y", "h"),
        ),
        0,
    )
    assert cycles(estimate(ledger(graph), "cortex_m55", FS_HZ))["multiplies"] == pytest.approx(8 / 8)
    assert cycles(estimate(ledger(graph), "cortex_m7", FS_HZ))["multiplies"] == pytest.approx(8 / 2)


@pytest.mark.parametrize(
    ("a_bits", "b_bits", "slices"),
    [
        (16, 16, 1), (27, 18, 1), (18, 27, 1), (16, 25, 1), (28, 18, 2), (19, 19, 2), (19, 27, 2), (35, 27, 2),
        (27, 35, 2), (35, 44, 4), (53, 18, 2), (54, 19, 4), (1, 1, 1),
    ],
)  # fmt: skip
def test_slices_of_a_product(a_bits: int, b_bits: int, slices: int) -> None:
    assert isinstance(ZU28DR, LogicDeviceFacts)
    assert slices_of(ZU28DR.dsp, Product(a_bits, b_bits, 1)) == slices


@pytest.mark.parametrize(("a_bits", "b_bits", "pieces"), [(32, 32, 1), (33, 32, 2), (33, 33, 4), (64, 16, 3)])
def test_words_beyond_32_bits_go_in_pieces(a_bits: int, b_bits: int, pieces: int) -> None:
    assert isinstance(C66X, ProcessorFacts)
    assert multiplier(C66X, Product(a_bits, b_bits, 1)) == (C66X.multiply["32"], pieces)


def test_a_square_root_is_four_operations_a_bit() -> None:
    graph = GRAPHS["gain_sqrt"]()
    node = demands(graph, "table")["m"]
    # Two 14-bit words: I^2 + Q^2 reaches 2^27, a root of 14 bits.
    assert (node.square_roots, node.root_bits, node.acc_bits) == (1, 14, 29)
    assert isinstance(C66X, ProcessorFacts)
    assert isinstance(ZU28DR, LogicDeviceFacts)
    # I^2 and Q^2 bring 3/4 of an add each, so that none is left.
    assert add_instructions(C66X, node) == (4 * 14 / 2, 4 * 14 / 8)
    assert lut_clocks(ZU28DR, node) == 2 * 14 * 29


def test_operands_are_counted_as_signed() -> None:
    # An unsigned 12-bit index in segments of 2^9: r has 9 bits, 10 as a signed operand; as a basis up to 12, 13 signed.
    lut = GRAPHS["gain_sqrt"]()
    assert demands(lut, "table")["lut"].products == (Product(10, 10, 2),)
    assert demands(lut, "basis")["lut"].products == (Product(10, 13, 2 * 8),)
    # |a| of a 12-bit word, segments of 2^8; the fifth and last begins at 1,024 and goes on to 2,048.
    even = GRAPHS["even"]()
    assert demands(even, "table")["f"].products == (Product(10, 12, 6),)
    # alpha 61 and beta 25 are unsigned.
    gain = GRAPHS[f"gain_{MagnitudeKind.ALPHA_BETA}"]()
    assert {(p.a_bits, p.b_bits) for p in demands(gain, "table")["m"].products} == {(6, 14), (7, 14)}


def test_what_is_read_and_kept() -> None:
    node = demands(GRAPHS["polynomial"](), "table")
    # cubic reads two pairs of 16-bit words; W keeps two past samples of four channels, whose aligned words take four bytes.
    assert node["cubic"].read_bytes == 2 * 2 + 2 * 2
    assert node["W"].state == Storage(4 * 2 * 4, 4 * 2 * node_bits("terms"))
    # A requantizer that alone reads its source works in registers; one behind the input reads.
    assert node["r"].read_bytes == 0
    first = Graph("g", (Input("x", 2, signed(16, 15)), Requantize("r", "x", signed(8, 7)), Output("y", "r")), 0)
    assert demands(first, "table")["r"].read_bytes == 4


def node_bits(name: str) -> int:
    from pimdeploy.datapath.bounds import propagate

    return propagate(GRAPHS["polynomial"]())[name].format.bits


@pytest.mark.parametrize("target", target_names())
@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("name", ["odd", *GRAPHS])
def test_what_holds_for_every_graph_and_device(name: str, form: str, target: str) -> None:
    counted = ledger(demo_model().graph if name == "odd" else GRAPHS[name](), form)
    found, twice = (estimate(counted, target, fs_hz) for fs_hz in (1e6, 2e6))
    for bound, faster in zip(found.bounds, twice.bounds, strict=True):
        assert bound.share == pytest.approx(math.fsum(bound.by_node.values()))
        assert faster.share == pytest.approx(2 * bound.share)
        assert found.binding.share >= bound.share >= 0
    assert twice.highest_fs_hz == pytest.approx(found.highest_fs_hz)
    assert estimate(counted, target, found.highest_fs_hz).share == pytest.approx(1)
    assert "not measured" in found.assumptions
    assert found.memory.total == found.memory.weights + found.memory.tables + found.memory.state > 0
    # The products that a device is asked for are the ledger's, and so are the bytes that it keeps.
    asked = demands(counted.graph, counted.form)
    assert sum(node.multiplies for node in asked.values()) == counted.totals().multiplies
    assert sum(node.weights.bytes + node.tables.bytes for node in asked.values()) == counted.totals().table_bytes


def test_narrower_words_never_take_more() -> None:
    for target in target_names():
        shares = [estimate(ledger(demo_model(1, bits, 16)), target, FS_HZ).share for bits in (24, 20, 16, 12, 8)]
        assert shares == sorted(shares, reverse=True), target


def test_a_base_beyond_32_bits_is_read_in_two_words() -> None:
    slopes = IntTable([[1 << 21] * 16])
    node = Piecewise("f", "x", slopes, signed(23, 0), 11, Symmetry.PLAIN, IntTable([1 << 40]))
    graph = Graph("g", (Input("x", 2, signed(16, 15)), node, Output("y", "f")), 0)
    assert demands(graph, "table")["f"].base_bits == 42
    # Four bytes of samples, 16 a cycle; two entries of one slope word and two base words, two a cycle.
    assert cycles(estimate(ledger(graph), "c66x", FS_HZ))["memory reads"] == pytest.approx(4 / 16 + 6 / 2)


def test_a_magnitude_of_unsigned_words_counts_one_bit_more() -> None:
    graph = Graph(
        "g",
        (
            Input("x", 2, signed(16, 15)),
            Magnitude("m", "x"),
            Requantize("r", "m", QFormat(False, 16, 15)),
            Piecewise("f", "r", IntTable([[3, 4]]), signed(8, 7), 15, Symmetry.INDEX),
            Output("y", "f"),
        ),
        0,
    )
    assert demands(graph, "basis")["f"].products == (Product(8, 17, 2),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("c66x", 0.0), r"^--fs-hz 0: expected a sample rate above 0, in Hz$"),
        (("c66x", math.inf), r"^--fs-hz inf: expected"),
        (("c66x", 1e6, 1.3e9), r"^--clock-hz 1\.3e\+09: c66x runs at up to 1\.25e\+09 Hz; "),
        (("zu28dr", 1e6, 776e6), r"^--clock-hz 7\.76e\+08: zu28dr runs at up to 7\.75e\+08 Hz; "),
        (("zu28dr", 1e6, -1.0), r"^--clock-hz -1: "),
        (("zu", 1e6), r"^target 'zu': no such device; did you mean 'zu"),
    ],
)
def test_what_cannot_be_estimated(arguments: tuple[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        estimate(ledger(demo_model()), *arguments)


def test_a_demand_without_work_takes_nothing() -> None:
    assert isinstance(C66X, ProcessorFacts)
    idle = NodeDemand((), 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, Storage(), Storage(), Storage())
    assert add_instructions(C66X, idle) == (0, 0)
