"""The hand-over to logic: hdl/ with tables, a SystemVerilog package, golden words of every node, a README (docs/fpga.md)."""

import json

from firmware_ref.reference import Reference
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.check import check
from pimdeploy.datapath.model import Model
from pimdeploy.emit.golden import IntArray, hex_words
from pimdeploy.emit.hdl.package import package_file
from pimdeploy.emit.hdl.readme import readme_file
from pimdeploy.emit.hdl.tables import coe_file, hdl_tables, mem_file


def emit_hdl(model: Model, stimulus_q: IntArray, nodes_samples: int) -> dict[str, bytes]:
    """Return hdl/: <name>_pkg.sv, <node>_<table>.mem and .coe, golden/<node>.hex, README.md; the same bytes every time.

    stimulus_q: [channels, n_samples] within the input's format; the golden words are those of its first `nodes_samples`.
    Raises `GraphError` where the graph breaks a rule or two constants of the package would have one name.
    """
    graph = model.graph
    bounds = check(graph)
    tables = hdl_tables(graph, bounds)
    samples = min(nodes_samples, stimulus_q.shape[1])
    nodes = Reference(json.loads(graphs.to_json(graph)), graphs.tables(graph)).trace(stimulus_q[:, :samples])
    package, text = package_file(model, bounds, tables, samples, stimulus_q.shape[1])
    files = {package: text}
    for table in tables:
        files |= {f"{table.stem}.mem": mem_file(table), f"{table.stem}.coe": coe_file(table)}
    files |= {f"golden/{name}.hex": hex_words(values, bounds[name].format) for name, values in nodes.items()}
    sha256 = graphs.graph_sha256(graph)
    files["README.md"] = readme_file(model, bounds, tables, samples, stimulus_q.shape[1], sha256)
    return {f"hdl/{path}": data for path, data in sorted(files.items())}
