"""One C function a stage: a loop over the samples of a block, with everything about the model known when compiling."""

from typing import assert_never

from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Magnitude,
    Multiply,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.emit.c import pointwise, three_products
from pimdeploy.emit.c.convolution import convolution
from pimdeploy.emit.c.piecewise import piecewise
from pimdeploy.emit.c.plan import Head, Plan, Stage


def stage_function(plan: Plan, stage: Stage) -> str:
    """Return the C function of `stage`: it reads the buffers of its sources and writes one."""
    return with_body(plan, stage, _body(plan, stage))


def with_body(plan: Plan, stage: Stage, body: list[str]) -> str:
    """Return the C function of `stage` with `body` between its braces."""
    result = plan.buffers[stage.result]
    names = stage.head.name + (f" -> {stage.tail.name}" if stage.tail is not None else "")
    what = _title(stage.head) + (", requantized" if stage.tail is not None else "")
    start = f"static PIM_NOINLINE void {stage_name(plan, stage)}("
    sources = [f"const {plan.buffers[name].work_type} *PIM_RESTRICT {name}_q" for name in stage.sources]
    bank = f"{plan.upper}_TAKES_BANK " if reads_weights(stage) else ""
    head = [
        f"/* {', '.join(stage.sources)} -> {names}: {what}. */",
        start + bank + ",\n    ".join(sources) + ",",
        f"    {result.work_type} *PIM_RESTRICT {result.node}_q, size_t n_samples)",
        "{",
    ]
    return "\n".join([*head, *body, "}"])


def reads_weights(stage: Stage) -> bool:
    """Return whether the function of `stage` reads tables that a bank holds."""
    return isinstance(stage.head, Convolution | Piecewise)


def stage_name(plan: Plan, stage: Stage) -> str:
    """Return the name of the C function of `stage`."""
    return f"{plan.graph.name}_stage_{stage.result}"


def _body(plan: Plan, stage: Stage) -> list[str]:
    node = stage.head
    match node:
        case Convolution(products=Products.THREE):
            return three_products.convolution(plan, stage, node)
        case Convolution():
            return convolution(plan, stage, node)
        case Piecewise():
            return piecewise(plan, stage, node)
        case Delay():
            return pointwise.delay(plan, stage, node)
        case Magnitude():
            return pointwise.magnitude(plan, stage, node)
        case Multiply(products=Products.THREE):
            return three_products.multiply(plan, stage, node)
        case Multiply():
            return pointwise.multiply(plan, stage, node)
        case Add():
            return pointwise.add(plan, stage, node)
        case Rectify():
            return pointwise.rectify(plan, stage, node)
        case Concatenate():
            return pointwise.concatenate(plan, stage, node)
        case Select():
            return pointwise.select(plan, stage, node)
        case Requantize():
            return pointwise.requantizer(plan, stage, node)
        case _:
            assert_never(node)


def _title(node: Head) -> str:
    match node:
        case Convolution():
            return ("complex convolution" if node.is_complex else "convolution") + _form(node)
        case Piecewise():
            return f"{node.symmetry} piecewise-linear function"
        case Delay():
            return f"delay by {node.samples} samples"
        case Magnitude():
            return f"magnitude, {node.magnitude}"
        case Multiply():
            return ("complex product" if node.is_complex else "product") + _form(node)
        case Add():
            return "sum"
        case Rectify():
            return "ReLU" if node.slope_log2 is None else f"LeakyReLU, slope 2^-{node.slope_log2}"
        case Concatenate():
            return "channels one after another"
        case Select():
            return "choice of channels"
        case Requantize():
            return "requantizer"
        case _:
            assert_never(node)


def _form(node: Convolution | Multiply) -> str:
    return " in three products" if node.products is Products.THREE else ""
