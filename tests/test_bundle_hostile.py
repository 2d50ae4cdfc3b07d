"""A bundle from somebody else: facts, documents and files that would end in a traceback, a hang or a path outside."""

import json
import re

import numpy as np
import pytest

from pimdeploy import api
from pimdeploy.bundle import MANIFEST, Bundle, digest_of, sha256
from pimdeploy.errors import BundleError, PimdeployError
from pimdeploy.verify.backends.onnx_runtime import unproven


def rewrite(path, change):
    """Change the manifest and make its digest agree, as whoever means harm would."""
    manifest = json.loads((path / MANIFEST).read_text())
    change(manifest)
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (path / MANIFEST).write_text(json.dumps(manifest))


def put(path, name, data):
    (path / name).write_bytes(data)
    rewrite(path, lambda manifest: manifest["files"].update({name: sha256(data)}))


def refusal(action):
    with pytest.raises(BundleError) as caught:
        action()
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("fact", "value", "expected"),
    [
        ("name", "../../outside", "a C identifier"),
        ("name", "größe", "a C identifier"),
        ("name", 7, "a C identifier"),
        ("fs_hz", -1.0, "a positive number of Hz"),
        ("fs_hz", "fast", "a positive number of Hz"),
        ("fs_hz", True, "a positive number of Hz"),
        ("delay_samples", 1.5, "a number of samples, 0 or more"),
        ("delay_samples", -1, "a number of samples, 0 or more"),
        ("receive_filter", [[1.0, 0.0], [1.0]], r"taps as \[re, im\]"),
        ("receive_filter", {"taps": 3}, r"taps as \[re, im\]"),
        ("receive_filter", [["1", "0"]], r"taps as \[re, im\]"),
        ("preprocessing", [], "an object"),
    ],
)
def test_a_fact_that_cannot_be_computed_with_is_named(bundle_path, fact, value, expected):
    rewrite(bundle_path, lambda manifest: manifest["facts"].update({fact: value}))
    message = rf".*/manifest\.json: facts\.{fact}: expected {expected}; export the bundle again"
    assert re.fullmatch(message, refusal(lambda: Bundle.open(bundle_path)))


@pytest.mark.parametrize("text", ["[" * 20_000, '{"a": NaN}', '{"a": 1e999}', f'{{"a": {10**30}}}'])
def test_documents_that_exhaust_or_are_no_json(bundle_path, text):
    for name in ("formats.json", "datapath.json"):
        put(bundle_path, name, text.encode())
    bundle = Bundle.open(bundle_path)
    assert "formats.json: not a format map: " in refusal(lambda: bundle.formats)
    assert "datapath.json: not a datapath graph: " in refusal(lambda: bundle.graph)
    (bundle_path / "certificate.json").write_text(text)
    assert ": certificate.json cannot be read: " in refusal(lambda: unproven(bundle_path, "model_qdq.onnx"))
    (bundle_path / MANIFEST).write_text(text)
    assert "/manifest.json: cannot be read: " in refusal(lambda: Bundle.open(bundle_path))


@pytest.mark.parametrize(
    ("node", "key", "value"),
    [
        (0, "channels", 1e300),
        (0, "channels", 2**31),
        (0, "channels", "2"),
        (0, "name", 7),
        (1, "source", ["x"]),
        (1, "complex", 1),
        (1, "dilation", 2**40),
        (1, "taps", []),
        (-1, "source", {}),
    ],
)
def test_a_node_of_other_types_or_of_absurd_sizes(bundle_path, node, key, value):
    graph = json.loads((bundle_path / "datapath.json").read_text())
    graph["nodes"][node][key] = value
    put(bundle_path, "datapath.json", json.dumps(graph).encode())
    with pytest.raises(PimdeployError) as caught:
        api.inspect(bundle_path)
    assert caught.value.exit_status == 2
    assert str(caught.value).isprintable()


def test_a_format_of_other_types(bundle_path):
    formats = json.loads((bundle_path / "formats.json").read_text())
    formats["weights"]["K"]["bits"] = 16.0
    put(bundle_path, "formats.json", json.dumps(formats).encode())
    assert "is no format; expected signed, bits and frac" in refusal(lambda: Bundle.open(bundle_path).formats)


def test_a_link_to_a_device_is_not_read(bundle_path):
    bundle = Bundle.open(bundle_path)
    for name in ("weights.safetensors", "datapath.json", "certificate.json", MANIFEST):
        (bundle_path / name).unlink()
        (bundle_path / name).symlink_to("/dev/zero")
    told = "cannot be read: it is a device or a pipe, a regular file was expected; export the bundle again"
    assert refusal(lambda: bundle.weights).endswith(f": weights.safetensors {told}")
    assert refusal(lambda: bundle.graph).endswith(f": datapath.json {told}")
    assert "certificate.json cannot be read: " in refusal(lambda: unproven(bundle_path, "model_qdq.onnx"))
    assert "no bundle: expected a folder with manifest.json" in refusal(lambda: Bundle.open(bundle_path))


def test_an_array_that_claims_more_than_it_has(bundle_path):
    data = (bundle_path / "golden" / "stimulus.npy").read_bytes()
    shape = np.load(bundle_path / "golden" / "stimulus.npy").shape
    claimed = str(shape).encode()
    put(bundle_path, "golden/stimulus.npy", data.replace(claimed, b"(2,9" + b"9" * (len(claimed) - 5) + b")", 1))
    message = refusal(lambda: Bundle.open(bundle_path).load_array("golden/stimulus.npy"))
    assert re.fullmatch(
        r".*: golden/stimulus\.npy is no array: it claims \d+ bytes and has \d+; it is corrupt, .*", message
    )
