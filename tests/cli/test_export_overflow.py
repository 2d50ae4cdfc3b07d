"""What would overflow is refused at export, whatever brought it in: the node and the number of bits missing are named."""

import json
import re

import pytest
from safetensors.numpy import load_file, save_file


def narrowed(work, bits):
    """Allow accumulators `bits` bits in the recipe that the export goes by."""
    file = work / "recipe.toml"
    text = re.sub(r"(?m)^acc_bits = \d+$", f"acc_bits = {bits}", file.read_text())
    assert f"acc_bits = {bits}" in text
    file.write_text(text)


def widest(pimdeploy, work, out):
    assert pimdeploy("export", work, "--out", out).status == 0
    accumulators = json.loads((out / "certificate.json").read_text())["nodes"]
    return max(accumulators.items(), key=lambda item: item[1]["acc_bits"])


def refused(pimdeploy, work, out):
    ended = pimdeploy("export", work, "--out", out)
    assert (ended.status, out.exists()) == (2, False)
    return ended.error


def test_accumulators_of_fewer_bits_than_the_model_needs(pimdeploy, work, tmp_path):
    name, node = widest(pimdeploy, work, tmp_path / "sound")
    narrowed(work, node["acc_bits"])
    assert pimdeploy("export", work, "--out", tmp_path / "enough").status == 0
    narrowed(work, node["acc_bits"] - 1)
    line = (
        f"node '{name}': its accumulator needs {node['acc_bits']} bits, 1 more than the {node['acc_bits'] - 1} allowed"
    )
    assert line in refused(pimdeploy, work, tmp_path / "refused")


def test_coefficients_that_are_too_large(pimdeploy, work, tmp_path):
    """Weights saturate at their word length: as large as they can be, they need bits that those of before did not."""
    _, node = widest(pimdeploy, work, tmp_path / "sound")
    narrowed(work, node["acc_bits"])
    weights = load_file(work / "weights.safetensors")
    save_file({name: weights[name] * 0 + 100.0 for name in weights}, work / "weights.safetensors")
    assert re.search(
        r"node '\w+': its accumulator needs \d+ bits, \d+ more than the", refused(pimdeploy, work, tmp_path / "a")
    )


@pytest.mark.parametrize("bits", [28, 32])
def test_words_whose_products_are_too_wide(pimdeploy, work, tmp_path, bits):
    formats = json.loads((work / "formats.json").read_text())
    text = json.dumps(formats).replace('"bits": 16', f'"bits": {bits}')
    (work / "formats.json").write_text(text)
    assert re.search(r"node '\w+': its \w+ needs \d+ bits, \d+ more than the", refused(pimdeploy, work, tmp_path / "a"))
