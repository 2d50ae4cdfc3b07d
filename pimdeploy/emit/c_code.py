"""The C99 part of a bundle: tables, streaming kernel, host harness and Makefile (templates/c_*.j2)."""

import importlib.resources
import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from pimdeploy.datapath.graph import graph_sha256
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c_piecewise import PIECEWISE_FORMS
from pimdeploy.emit.c_plan import Plan, Stage, plan
from pimdeploy.emit.c_sections import weights_sections
from pimdeploy.emit.c_stage import stage_function, stage_name
from pimdeploy.emit.c_tables import context_lines, literal, safe
from pimdeploy.errors import GraphError

ALWAYS_COPIED = ("pim_types.h", "pim_trace.h")


def emit_c(model: Model) -> dict[str, bytes]:
    """Return the files of c/ by relative path: the same bytes for the same model.

    c/<name>_weights.h, c/<name>.h, c/<name>.c, c/<name>_harness.c, c/Makefile and the kernels that the code uses.
    Raises `GraphError` where the graph breaks a rule, an integer fits no C type, or the name collides with a kernel's.
    """
    found = plan(model.graph)
    name = model.graph.name
    if model.piecewise not in PIECEWISE_FORMS:
        raise GraphError(f"model {name!r}: form {model.piecewise!r}; known: {', '.join(PIECEWISE_FORMS)}")
    values = _template_values(found, model)
    code = _render("c_model.c.j2", values)
    kernels = _kernels(_called(code))
    own = {
        f"{name}_weights.h": _render("c_weights.h.j2", values),
        f"{name}.h": _render("c_model.h.j2", values),
        f"{name}.c": code,
        f"{name}_harness.c": _render("c_harness.c.j2", values),
        "Makefile": _render("c_makefile.j2", values),
    }
    clash = sorted(set(own) & set(kernels))
    if clash:
        raise GraphError(f"graph {name!r}: {clash[0]} is the name of a kernel; rename the model")
    return {f"c/{path}": text.encode() for path, text in sorted((own | kernels).items())}


def _template_values(found: Plan, model: Model) -> dict[str, object]:
    functions = [stage_function(found, stage) for stage in found.stages]
    return {
        "name": model.graph.name,
        "NAME": found.upper,
        "plan": found,
        "stages": [(stage, stage_name(found, stage)) for stage in found.stages],
        "functions": functions,
        "kernels": _called("\n".join(functions)),
        "tap_channels": max((_tapped_channels(found, stage) for stage in found.stages), default=0),
        "sections": weights_sections(found),
        "context": context_lines(model),
        "graph_sha256": graph_sha256(model.graph),
        "default_form": f"PIM_{model.piecewise.upper()}",
        "input_format": found.bounds[model.graph.input.name].format,
        "input_min": literal(found.bounds[model.graph.input.name].format.min_q),
        "input_max": literal(found.bounds[model.graph.input.name].format.max_q),
        "output_format": found.bounds[model.graph.output.name].format,
        "delay": model.graph.delay_samples,
        "warmup": model.graph.memory,
        "comment": safe(model.graph.name),
    }


def _tapped_channels(found: Plan, stage: Stage) -> int:
    return found.channels(stage.head.name) if stage.tail is not None else 0


def _render(template: str, values: dict[str, object]) -> str:
    environment = Environment(
        loader=PackageLoader("pimdeploy.emit", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # this is C, not HTML
    )
    return environment.get_template(template).render(values)


def _called(code: str) -> list[str]:
    return sorted(set(re.findall(r"\b(pim_[a-z0-9_]+_(?:i32|i64|u32|u64|w16))\(", code)))


def _kernels(called: list[str]) -> dict[str, str]:
    """Return the headers of the kernels `called`, and those that they include, by file name."""
    folder = importlib.resources.files("firmware_ref") / "c"
    found: dict[str, str] = {}
    wanted = [*ALWAYS_COPIED, *(f"{kernel}.h" for kernel in called)]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = (folder / name).read_text(encoding="utf-8")
            wanted += re.findall(r'#include "(pim_\w+\.h)"', found[name])
    return found
