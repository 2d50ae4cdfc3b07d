"""The C99 part of a bundle: tables, streaming kernel, host harness and Makefile (templates/c_*.j2)."""

import hashlib
import importlib.resources
import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from pimdeploy.datapath.graph import Graph, graph_sha256, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c.avx512.memory import more_stack
from pimdeploy.emit.c.avx512.parts import STEP_SAMPLES
from pimdeploy.emit.c.avx512.stages import avx512_stage
from pimdeploy.emit.c.banks import Banks, weight_vector
from pimdeploy.emit.c.context import context_lines, context_macros, receive_filter
from pimdeploy.emit.c.envelope import envelopes
from pimdeploy.emit.c.memory import banked_state_bytes, stack_arrays, state_bytes
from pimdeploy.emit.c.piecewise import PIECEWISE_FORMS
from pimdeploy.emit.c.placement import Placement, placement_macro
from pimdeploy.emit.c.plan import Plan, Stage, plan
from pimdeploy.emit.c.rules import rules
from pimdeploy.emit.c.sections import weights_sections
from pimdeploy.emit.c.stage import reads_weights, stage_function, stage_name, with_body
from pimdeploy.emit.c.tables import literal, safe
from pimdeploy.errors import GraphError

ALWAYS_COPIED = ("pim_types.h", "pim_trace.h")
NOWHERE = Placement()


def emit_c(model: Model, place: Placement = NOWHERE) -> dict[str, bytes]:
    """Return the files of c/ by relative path: the same bytes for the same model.

    c/<name>_weights.h, c/<name>_weights.bin, c/<name>.h, c/<name>.c, c/<name>_avx512.h, c/<name>_harness.c, c/Makefile and
    the kernels that the code uses. place: section and alignment of the tables. Raises `GraphError` where the graph breaks a
    rule, an integer fits no C type, or a name is taken: that of a kernel by the model, that of a macro by two nodes.
    """
    found = plan(model.graph)
    name = model.graph.name
    if model.piecewise not in PIECEWISE_FORMS:
        raise GraphError(f"model {name!r}: form {model.piecewise!r}; known: {', '.join(PIECEWISE_FORMS)}")
    values = _template_values(found, model, place)
    code = _render("c_model.c.j2", values)
    vectors = _render("c_avx512.h.j2", values)
    kernels = _kernels(_called(code), vectors)
    own = {
        f"{name}_weights.h": _render("c_weights.h.j2", values),
        f"{name}.h": _render("c_model.h.j2", values),
        f"{name}.c": code,
        f"{name}_avx512.h": vectors,
        f"{name}_harness.c": _render("c_harness.c.j2", values),
        "Makefile": _render("c_makefile.j2", values),
    }
    _check_names(name, own[f"{name}_weights.h"] + own[f"{name}.h"])
    clash = sorted(set(own) & set(kernels))
    if clash:
        raise GraphError(f"graph {name!r}: {clash[0]} is the name of a kernel; rename the model")
    files = {f"c/{path}": text.encode() for path, text in sorted((own | kernels).items())}
    return files | {f"c/{name}_weights.bin": _vector_bytes(found, model.graph)}


def _vector_bytes(found: Plan, graph: Graph) -> bytes:
    """Return the weights as <name>_swap takes them, little-endian."""
    bits = Banks(found, {}).value_bits
    return weight_vector(graph).astype(f"<i{bits // 8}").tobytes()


def _check_names(name: str, headers: str) -> None:
    """Raise `GraphError` where two things in the headers have one name: node names may meet behind their prefix."""
    macros = re.findall(r"^#define (\w+)(.*)$", headers, re.MULTILINE)
    tables = re.findall(r"^static const \w+ (\w+)", headers, re.MULTILINE)
    seen: dict[str, str] = {}
    for macro, body in [*macros, *((table, " table") for table in tables)]:
        if macro.startswith(name.upper()) and not macro.endswith("_PLACED") and seen.setdefault(macro, body) != body:
            raise GraphError(f"graph {name!r}: two things would be called {macro}; rename a node")


def _template_values(found: Plan, model: Model, place: Placement) -> dict[str, object]:
    functions = [stage_function(found, stage) for stage in found.stages]
    vectors = [avx512_stage(found, stage) for stage in found.stages]
    made = [(stage, own) for stage, own in zip(found.stages, vectors, strict=True) if own is not None]
    envelope = envelopes(found)
    banks = Banks(found, envelope)
    return {
        **_names(found, model),
        "stages": [(stage, stage_name(found, stage)) for stage in found.stages],
        "banked_stages": [stage for stage in found.stages if reads_weights(stage)],
        "functions": list(zip(functions, vectors, strict=True)),
        "vector_functions": [(with_body(found, stage, own.body), own.is_for_known_taps) for stage, own in made],
        "step": STEP_SAMPLES,
        "kernels": _called("\n".join([*functions, *banks.functions()])),
        "tap_channels": max((_tapped_channels(found, stage) for stage in found.stages), default=0),
        "sections": weights_sections(found, envelope, place),
        "banks": banks,
        "takes_bank": f"{found.upper}_TAKES_BANK " if banks.count else "",
        "gives_bank": f"{found.upper}_GIVES_BANK " if banks.count else "",
        "rules": rules(model.graph),
        "alignment": _alignment(place),
        "placement_macro": placement_macro(place, found.upper),
        "context": context_lines(model),
        "context_macros": context_macros(model, found.upper),
        "receive_filter": receive_filter(model, found.upper, place),
        "graph_sha256": graph_sha256(model.graph),
        "structure_sha256": hashlib.sha256(to_json(model.graph).encode()).hexdigest(),
        "state_bytes": state_bytes(found),
        "banked_state_bytes": banked_state_bytes(found, banks),
        "stack": stack_arrays(found),
        "more_stack": more_stack(found, [stage for stage, _ in made]),
    }


def _names(found: Plan, model: Model) -> dict[str, object]:
    """Return what templates need of names, formats and delays."""
    input_format = found.bounds[model.graph.input.name].format
    return {
        "name": model.graph.name,
        "NAME": found.upper,
        "comment": safe(model.graph.name),
        "plan": found,
        "default_form": f"PIM_{model.piecewise.upper()}",
        "input_format": input_format,
        "input_min": literal(input_format.min_q),
        "input_max": literal(input_format.max_q),
        "output_format": found.bounds[model.graph.output.name].format,
        "delay": model.graph.delay_samples,
        "warmup": model.graph.memory,
    }


def _alignment(place: Placement) -> str:
    if place.is_asked and place.alignment is not None:
        return f"Each begins at a multiple of {place.alignment} bytes."
    return "Each is aligned to the size of its elements."


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


def _kernels(called: list[str], code: str) -> dict[str, str]:
    """Return the headers of the kernels `called`, those that `code` includes, and those that they include, by file name."""
    folder = importlib.resources.files("firmware_ref") / "c"
    found: dict[str, str] = {}
    wanted = [*ALWAYS_COPIED, *(f"{kernel}.h" for kernel in called), *_included(code)]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = (folder / name).read_text(encoding="utf-8")
            wanted += _included(found[name])
    return found


def _included(code: str) -> list[str]:
    return re.findall(r'#include "(pim_\w+\.h)"', code)
