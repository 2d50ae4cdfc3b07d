"""Products of samples with samples in AVX-512 instructions: real and complex ones, squared magnitudes."""

from pimdeploy.datapath.nodes import Magnitude, Multiply
from pimdeploy.emit.c.avx512.parts import begun, finished, vector_loop
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import channel_loop, in_row, indented, out_row

PARTS = {"i": "2 * c", "q": "(2 * c + 1)"}


def multiply(plan: Plan, stage: Stage, node: Multiply) -> list[str]:
    """Return the body of the function of a stage whose head is `node`; complex, channels 2 c and 2 c + 1 are one product."""
    operands = {"a": node.source, "b": node.other}
    if not node.is_complex:
        head = [*(in_row(plan, source, "c", name) for name, source in operands.items()), out_row(plan, stage, "c")]
        return _channels(plan, stage, node, head, _sum(plan, stage, "acc", "", [("a", "b")], "c", "out"))
    head = [in_row(plan, source, at, name + part) for name, source in operands.items() for part, at in PARTS.items()]
    head += [out_row(plan, stage, at, f"out{part}") for part, at in PARTS.items()]
    lines = _sum(plan, stage, "acci", "subtract", [("ai", "bi"), ("aq", "bq")], PARTS["i"], "outi")
    lines += _sum(plan, stage, "accq", "add", [("ai", "bq"), ("aq", "bi")], PARTS["q"], "outq")
    return _channels(plan, stage, node, head, lines)


def square(plan: Plan, stage: Stage, node: Magnitude) -> list[str]:
    """Return the body of the function of a stage whose head is `node`, I^2 + Q^2 of each pair of channels."""
    head = [*(in_row(plan, node.source, at, part) for part, at in PARTS.items()), out_row(plan, stage, "c")]
    return _channels(plan, stage, node, head, _sum(plan, stage, "acc", "add", [("i", "i"), ("q", "q")], "c", "out"))


def _channels(plan: Plan, stage: Stage, node: Multiply | Magnitude, head: list[str], lines: list[str]) -> list[str]:
    count = plan.channels(node.name) // (2 if isinstance(node, Multiply) and node.is_complex else 1)
    return channel_loop(count, head, indented(vector_loop(lines), 2))


def _sum(
    plan: Plan, stage: Stage, name: str, operation: str, products: list[tuple[str, str]], channel: str, out: str
) -> list[str]:
    """Return the statements of one product, or of the sum or difference of two, and of what follows it."""
    terms = [f"pim_avx512_product({a} + n, {b} + n)" for a, b in products]
    value = terms[0] if len(terms) == 1 else f"pim_avx512_{operation}({', '.join(terms)})"
    if begun(plan, stage) != "0":
        value = f"pim_avx512_add({value}, pim_avx512_start({begun(plan, stage)}))"
    return [f"const pim_sums {name} = {value};", *finished(plan, stage, name, channel=channel, out=out)]
