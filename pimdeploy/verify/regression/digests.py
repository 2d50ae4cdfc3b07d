"""Digests of the zoo's models: what a golden bundle proves of the NumPy reference, in a few lines of JSON.

A stimulus that a seed decides goes through the reference; graph, tables, stimulus, output and every node's output are
kept as hashes, so that a change is named by its table or node. Needs NumPy alone.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from firmware_ref.reference import Reference
from pimdeploy.bundle import sha256
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import Input
from pimdeploy.verify.backend import IntArray
from pimdeploy.zoo import find_recipe, trained

SEED = 1
SAMPLES = 512
SHORT = 16
"""Hexadecimal digits kept of the hashes that only name what changed; those that prove are kept whole."""
QUIETER = (0, 1, 2, 4)
"""Each quarter of the stimulus is uniform over the input's range divided by two to this power."""


def digest_of_model(name: str) -> dict[str, Any]:
    """Return the digest of the zoo model `name`, lowered from its weights and formats with latency 0."""
    weights, formats = trained(name)
    recipe = find_recipe(name)
    graph, _ = lower(recipe.network, weights, formats, name, 0, recipe.datapath.products)
    return digest_of_graph(graph)


def digest_of_graph(graph: Graph, seed: int = SEED, n_samples: int = SAMPLES) -> dict[str, Any]:
    """Return the digest of what the NumPy reference makes of the stimulus of `seed`."""
    data, tables = json.loads(graphs.to_json(graph)), graphs.tables(graph)
    x_q = stimulus(graph.input, seed, n_samples)
    trace = Reference(data, tables).trace(x_q)
    return {
        "graph_sha256": sha256(graphs.to_json(graph).encode()),
        "stimulus": {"seed": seed, "n_samples": n_samples, "sha256": _hash(x_q)},
        "output_sha256": _hash(trace[graph.output.name]),
        "tables": {name: _hash(table)[:SHORT] for name, table in tables.items()},
        "nodes": {
            node["name"]: {
                "definition": sha256(json.dumps(node, sort_keys=True).encode())[:SHORT],
                "output": _hash(trace[node["name"]])[:SHORT],
            }
            for node in data["nodes"]
        },
    }


def stimulus(x: Input, seed: int, n_samples: int) -> IntArray:
    """Return integers [channels, n_samples] of the input's format, uniform, quieter from quarter to quarter.

    Made of the raw words of PCG64, which NumPy promises never to change, as it does not for its distributions.
    """
    words = np.random.PCG64(seed).random_raw(x.channels * n_samples) & np.uint64((1 << x.format.bits) - 1)
    full = words.astype(np.int64).reshape(n_samples, x.channels).T + x.format.min_q
    quarter = np.arange(n_samples) * len(QUIETER) // n_samples
    return np.ascontiguousarray(full >> np.array(QUIETER)[quarter])


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a line for what differs between two digests of a model: tables, nodes, stimulus, output; causes first."""
    lines = [f"table {name} {what}" for name, what in _unequal(before["tables"], now["tables"])]
    definitions = [{name: node["definition"] for name, node in d["nodes"].items()} for d in (before, now)]
    lines += [f"node {name} {what}" for name, what in _unequal(*definitions)]
    if not lines and before["graph_sha256"] != now["graph_sha256"]:
        lines.append("the graph changed: name, latency or order of its nodes")
    if before["stimulus"] != now["stimulus"]:
        return [*lines, "the stimulus changed"]
    if before["output_sha256"] != now["output_sha256"]:
        shared = [name for name in before["nodes"] if name in now["nodes"]]
        at = [name for name in shared if before["nodes"][name]["output"] != now["nodes"][name]["output"]]
        lines.append(f"the output changed, first in node {at[0]}" if at else "the output changed")
    return lines


def _unequal(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str]]:
    changed = [(name, "changed") for name in before if name in now and before[name] != now[name]]
    gone = [(name, "gone") for name in before if name not in now]
    return changed + gone + [(name, "new") for name in now if name not in before]


def _hash(array: IntArray) -> str:
    """Return the SHA-256 of an integer array: of its shape and its entries as little-endian words of 64 bits."""
    shape = f"{array.shape}:".encode()
    return sha256(shape + np.ascontiguousarray(array, dtype="<i8").tobytes())
