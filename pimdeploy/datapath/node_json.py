"""A node as JSON, back, and as a line of text (docs/spec/datapath.md, section 3)."""

from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)


def node_to_json(node: Node) -> dict[str, Any]:
    """Return `node` as it stands in datapath.json; its tables are there by name only."""
    match node:
        case Input():
            return {"kind": "input", "name": node.name, "channels": node.channels, "format": node.format.to_json()}
        case Convolution():
            return {
                "kind": "convolution",
                "name": node.name,
                "source": node.source,
                "taps": f"{node.name}.taps",
                "taps_format": node.taps_format.to_json(),
                "bias": f"{node.name}.bias" if node.bias is not None else None,
                "groups": node.groups,
                "dilation": node.dilation,
                "complex": node.is_complex,
                **_products(node),
            }
        case Piecewise():
            return {
                "kind": "piecewise",
                "name": node.name,
                "source": node.source,
                "symmetry": node.symmetry.value,
                "outputs": node.outputs,
                "slopes": f"{node.name}.slopes",
                "bases": f"{node.name}.bases",
                "weights": f"{node.name}.weights",
                "slopes_format": node.slopes_format.to_json(),
                "segment_log2": node.segment_log2,
            }
        case Requantize():
            return {
                "kind": "requantize",
                "name": node.name,
                "source": node.source,
                "format": node.format.to_json(),
                "rounding": node.rounding.value,
                "overflow": node.overflow.value,
            }
        case Delay():
            return _head("delay", node) | {"samples": node.samples, "lag": node.lag}
        case Magnitude():
            return _head("magnitude", node) | {
                "magnitude": node.magnitude.value,
                "alpha": node.alpha,
                "beta": node.beta,
                "coefficients_frac": node.coefficients_frac,
            }
        case Multiply():
            return _head("multiply", node) | {"other": node.other, "complex": node.is_complex} | _products(node)
        case Rectify():
            return _head("rectify", node) | {"slope_log2": node.slope_log2}
        case Select():
            return _head("select", node) | {"channels": list(node.channels)}
        case Add():
            return {"kind": "add", "name": node.name, "sources": list(node.sources)}
        case Concatenate():
            return {"kind": "concatenate", "name": node.name, "sources": list(node.sources)}
        case Output():
            return _head("output", node)
        case _:
            assert_never(node)


def _head(kind: str, node: Delay | Magnitude | Multiply | Rectify | Select | Output) -> dict[str, Any]:
    return {"kind": kind, "name": node.name, "source": node.source}


def _products(node: Convolution | Multiply) -> dict[str, str]:
    """Return the field that says how complex products are formed; where it is not there, they are four."""
    return {} if node.products is Products.FOUR else {"products": node.products.value}


def node_from_json(item: dict[str, Any], arrays: dict[str, NDArray[np.int64]]) -> Node:
    """Return the node that `node_to_json` wrote. Raises ValueError, KeyError or TypeError for what is none."""
    match item["kind"]:
        case "input":
            return Input(text_of(item, "name"), integer_of(item, "channels"), QFormat.from_json(item["format"]))
        case "convolution":
            return Convolution(
                name=text_of(item, "name"),
                source=text_of(item, "source"),
                taps=IntTable(arrays[item["taps"]]),
                taps_format=QFormat.from_json(item["taps_format"]),
                bias=IntTable(arrays[item["bias"]]) if item["bias"] is not None else None,
                groups=integer_of(item, "groups"),
                dilation=integer_of(item, "dilation"),
                is_complex=_flag(item, "complex"),
                products=Products(item.get("products", "four")),
            )
        case "piecewise":
            return Piecewise(
                name=text_of(item, "name"),
                source=text_of(item, "source"),
                slopes=IntTable(arrays[item["slopes"]]),
                slopes_format=QFormat.from_json(item["slopes_format"]),
                segment_log2=integer_of(item, "segment_log2"),
                symmetry=Symmetry(item["symmetry"]),
                first_bases=IntTable(arrays[item["bases"]][:, 0]),
                outputs=integer_of(item, "outputs"),
            )
        case "requantize":
            return Requantize(
                name=text_of(item, "name"),
                source=text_of(item, "source"),
                format=QFormat.from_json(item["format"]),
                rounding=Rounding(item["rounding"]),
                overflow=Overflow(item["overflow"]),
            )
        case "delay":
            return Delay(
                text_of(item, "name"), text_of(item, "source"), integer_of(item, "samples"), _flag(item, "lag")
            )
        case "magnitude":
            coefficients = (integer_of(item, key) for key in ("alpha", "beta", "coefficients_frac"))
            return Magnitude(
                text_of(item, "name"), text_of(item, "source"), MagnitudeKind(item["magnitude"]), *coefficients
            )
        case "multiply":
            return Multiply(
                text_of(item, "name"),
                text_of(item, "source"),
                text_of(item, "other"),
                _flag(item, "complex"),
                Products(item.get("products", "four")),
            )
        case "add":
            return Add(text_of(item, "name"), _texts(item, "sources"))
        case "rectify":
            slope_log2 = item["slope_log2"]
            return Rectify(
                text_of(item, "name"),
                text_of(item, "source"),
                None if slope_log2 is None else integer_of(item, "slope_log2"),
            )
        case "concatenate":
            return Concatenate(text_of(item, "name"), _texts(item, "sources"))
        case "select":
            return Select(text_of(item, "name"), text_of(item, "source"), _integers(item, "channels"))
        case "output":
            return Output(text_of(item, "name"), text_of(item, "source"))
        case other:
            raise ValueError(f"unknown node kind {other!r}")


def integer_of(item: dict[str, Any], key: str) -> int:
    """Return the integer `item[key]`. Raises ValueError for anything else, a float or a truth value included."""
    return _integers({key: [item[key]]}, key)[0]


def _integers(item: dict[str, Any], key: str) -> tuple[int, ...]:
    values = item[key]
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise ValueError(f"{key} is {values!r}; expected integers")
    return tuple(values)


def _flag(item: dict[str, Any], key: str) -> bool:
    if not isinstance(item[key], bool):
        raise TypeError(f"{key} is {item[key]!r}; expected true or false")
    return bool(item[key])


def text_of(item: dict[str, Any], key: str) -> str:
    """Return the text `item[key]`. Raises ValueError for anything else."""
    return _texts({key: [item[key]]}, key)[0]


def _texts(item: dict[str, Any], key: str) -> tuple[str, ...]:
    values = item[key]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{key} is {values!r}; expected texts")
    return tuple(values)


def node_text(node: Node) -> str:
    """Return `node` as a line of text."""
    match node:
        case Input():
            return f"%{node.name} = input {node.channels} channels {node.format}"
        case Convolution():
            kind = _products_text(node)
            taps = "x".join(map(str, node.taps.shape))
            extra = f" groups {node.groups}" * (node.groups > 1) + f" dilation {node.dilation}" * (node.dilation > 1)
            return f"%{node.name} = convolution %{node.source} {kind} taps {taps} {node.taps_format}{extra}"
        case Piecewise():
            return (
                f"%{node.name} = piecewise %{node.source} {node.symmetry} segments {node.segments} of "
                f"2^{node.segment_log2} slopes {node.slopes_format}"
                + (" shared" if node.shared else f" tables {node.tables}")
                + f" outputs {node.outputs}" * (node.outputs > 1)
            )
        case Requantize():
            return f"%{node.name} = requantize %{node.source} {node.format} {node.rounding} {node.overflow}"
        case Delay():
            return f"%{node.name} = delay %{node.source} by {node.samples}{' (lag)' if node.lag else ''}"
        case Magnitude():
            by = f" {node.alpha}, {node.beta} of {node.coefficients_frac} fraction bits"
            extra = by if node.magnitude is MagnitudeKind.ALPHA_BETA else ""
            return f"%{node.name} = magnitude %{node.source} {node.magnitude}{extra}"
        case Multiply():
            kind = _products_text(node)
            return f"%{node.name} = multiply %{node.source} %{node.other} {kind}"
        case Add():
            return f"%{node.name} = add {' '.join('%' + source for source in node.sources)}"
        case Rectify():
            slope = "0" if node.slope_log2 is None else f"2^-{node.slope_log2}"
            return f"%{node.name} = rectify %{node.source} slope {slope}"
        case Concatenate():
            return f"%{node.name} = concatenate {' '.join('%' + source for source in node.sources)}"
        case Select():
            return f"%{node.name} = select %{node.source} channels {','.join(map(str, node.channels))}"
        case Output():
            return f"%{node.name} = output %{node.source}"
        case _:
            assert_never(node)


def _products_text(node: Convolution | Multiply) -> str:
    three = " in three products" if node.products is Products.THREE else ""
    return ("complex" if node.is_complex else "real") + three
