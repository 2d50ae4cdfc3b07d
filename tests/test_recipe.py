"""The recipe: what it accepts, and one line for everything that it does not."""

import keyword
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import C_KEYWORDS, Recipe, dump_recipe, load_recipe, parse_recipe

SMALLEST = 'name = "a"\n[receive]\nband_hz = [-1.0, 1.0]\n[scenario]\n'


def with_key(section, key, value):
    """The smallest recipe with one key more, or another one."""
    data = f"{key} = {value}\n"
    if section == "":
        return data + "\n".join(line for line in SMALLEST.splitlines() if not line.startswith(f"{key} =")) + "\n"
    if f"[{section}]\n" in SMALLEST:
        lines = [line for line in SMALLEST.splitlines() if not line.startswith(f"{key} =")]
        lines.insert(lines.index(f"[{section}]") + 1, data.strip())
        return "\n".join(lines) + "\n"
    return f"{SMALLEST}[{section}]\n{data}"


def expect_refusal(text, pattern):
    with pytest.raises(RecipeError, match=f"^r: {pattern}$") as caught:
        parse_recipe(text, "r")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_status == 2


def test_the_smallest_recipe_has_every_default():
    recipe = parse_recipe(SMALLEST, "r")
    assert (recipe.network.M_K, recipe.network.N, recipe.seed) == (7, 16, 1)
    assert (recipe.quantization.weight_bits, recipe.quantization.activation_bits) == (16, 16)
    assert recipe.capture is None


def test_a_dumped_recipe_reads_back_as_itself():
    recipe = parse_recipe(with_key("quantization", "sweep", '["W8A8"]'), "r")
    text = dump_recipe(recipe)
    assert parse_recipe(text, "r") == recipe
    assert dump_recipe(parse_recipe(text, "r")) == text
    assert tomllib.loads(text)["quantization"]["sweep"] == ["W8A8"]


def test_the_form_of_products_is_dumped_where_it_is_not_the_default():
    assert "products" not in dump_recipe(parse_recipe(SMALLEST, "r"))
    text = dump_recipe(parse_recipe(with_key("datapath", "products", '"three"'), "r"))
    assert parse_recipe(text, "r").datapath.products == "three"
    assert dump_recipe(parse_recipe(text, "r")) == text


def test_a_network_without_complex_products_takes_no_form_of_them():
    text = with_key("datapath", "products", '"three"') + '[network]\nfamily = "cnn"\n'
    expect_refusal(text, r'recipe: datapath\.products = "three": a cnn has no complex products; drop it')
    assert parse_recipe(text.replace("three", "four"), "r").datapath.products == "four"


def test_the_path_of_a_capture_belongs_to_a_machine_and_is_not_dumped():
    text = SMALLEST.replace("[scenario]", '[capture]\npath = "/home/me/c"\nfs_hz = 1e6')
    dumped = dump_recipe(parse_recipe(text, "r"))
    assert "/home" not in dumped
    assert parse_recipe(dumped, "r").capture.fs_hz == 1e6


SECTIONS = {
    "": Recipe,
    **{
        name: next(t for t in (f.annotation, *getattr(f.annotation, "__args__", ())) if hasattr(t, "model_fields"))
        for name, f in Recipe.model_fields.items()
        if name not in ("name", "seed")
    },
}


@pytest.mark.parametrize("section", [s for s in SECTIONS if s != "capture"])
def test_an_unknown_key_of_any_section_names_the_nearest_and_the_known(section):
    known = [key for key in SECTIONS[section].model_fields if len(key) > 2]
    near, path = known[-1], f"{section}." * bool(section)
    expect_refusal(
        with_key(section, f"{near}s", 1),
        rf"unknown key '{re.escape(path)}{near}s'; did you mean '{near}'\? known: .*\b{near}\b.*",
    )


def test_an_unknown_key_of_a_capture_names_the_nearest():
    expect_refusal(
        SMALLEST.replace("[scenario]", "[capture]\nfshz = 1"), r"unknown key 'capture\.fshz'; did you mean 'fs_hz'\? .*"
    )


def test_an_unknown_section_names_the_nearest():
    expect_refusal(
        SMALLEST + "[quantisation]\n",
        r"unknown key 'quantisation'; did you mean 'quantization'\? known: name, seed, .*",
    )


@pytest.mark.parametrize("name", ["1st", "has space", "a-b", "", "ä", "int", "main", "while", "class", "_x", "a" * 64])
def test_a_name_that_is_no_c_identifier_is_refused(name):
    expect_refusal(
        with_key("", "name", f'"{name}"'),
        rf"name: {re.escape(repr(name))} is no C identifier: letters, digits and _, a letter first, no keyword",
    )


@pytest.mark.parametrize("name", ["a", "odd_bfan_siso", "A1", "x" * 63])
def test_a_c_identifier_is_a_name(name):
    assert parse_recipe(with_key("", "name", f'"{name}"'), "r").name == name


@given(st.text(max_size=8))
@settings(max_examples=200)
def test_a_name_is_accepted_exactly_where_c_takes_it(name):
    good = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is not None and name not in C_KEYWORDS
    data = {"name": name, "receive": {"band_hz": [0.0, 1.0]}, "scenario": {}}
    try:
        accepted = Recipe.model_validate(data).name == name
    except ValueError:
        accepted = False
    assert accepted <= good
    assert accepted or not good or keyword.iskeyword(name)  # Python's keywords are refused, too


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("quantization", "weight_bits", 2, "Input should be greater than or equal to 3, got 2"),
        ("quantization", "weight_bits", 25, "Input should be less than or equal to 24, got 25"),
        ("quantization", "activation_bits", 3, "Input should be greater than or equal to 4, got 3"),
        ("quantization", "activation_bits", 99, "Input should be less than or equal to 24, got 99"),
        ("quantization", "input_bits", 17, "Input should be less than or equal to 16, got 17"),
        ("quantization", "output_bits", 0, "Input should be greater than or equal to 4, got 0"),
        (
            "quantization",
            "weight_bits",
            8.5,
            "Input should be a valid integer, got a number with a fractional part, got 8.5",
        ),
        (
            "quantization",
            "rounding",
            '"round"',
            "Input should be 'half_up', 'floor', 'half_even' or 'half_away', got 'round'",
        ),
        ("quantization", "overflow", '"clip"', "Input should be 'saturate' or 'wrap', got 'clip'"),
        ("quantization", "sweep", '["W8"]', "sweep item 'W8': expected W<bits>A<bits>, such as W12A12"),
        ("quantization", "sweep", '["W2A8"]', "sweep item 'W2A8': weights take 3 to 24 bits, activations 4 to 24"),
        ("datapath", "acc_bits", 55, "Input should be less than or equal to 54, got 55"),
        ("network", "M_a", 0, "Input should be greater than or equal to 1, got 0"),
        ("network", "N", 1, "Input should be greater than or equal to 2, got 1"),
        ("network", "family", '"lstm"', "got 'lstm', expected one of bfan, whlut, memory_polynomial, cnn"),
        ("training", "knot_quantile", 1.0, "Input should be less than 1, got 1.0"),
        ("training", "learning_rate", "nan", "Input should be a finite number, got nan"),
        ("scenario", "n_samples", 100, "Input should be greater than or equal to 4096, got 100"),
        ("receive", "filter_taps", 8192, "Input should be less than or equal to 8191, got 8192"),
    ],
)
def test_a_value_out_of_range_is_named_with_what_was_expected(section, key, value, message):
    expect_refusal(with_key(section, key, value), re.escape(f"{section}.{key}: {message}"))


@pytest.mark.parametrize(
    ("band", "message"),
    [
        ("[1.0, -1.0]", r"receive: band_hz = \[1\.0, -1\.0\]: the lower edge must come first"),
        ("[1.0, 1.0]", r"receive: band_hz = \[1\.0, 1\.0\]: the lower edge must come first"),
        ("[nan, 1.0]", r"receive\.band_hz\.0: Input should be a finite number, got nan"),
        ("[0.0, inf]", r"receive\.band_hz\.1: Input should be a finite number, got inf"),
        ("[1.0]", r"receive\.band_hz: expected at least 2 values, got 1"),
        ('"wide"', r"receive\.band_hz: expected a list, \[\.\.\.\], got 'wide'"),
    ],
)
def test_a_band_that_is_none_is_refused(band, message):
    expect_refusal(with_key("receive", "band_hz", band), message)


def test_an_even_receive_filter_is_refused():
    expect_refusal(with_key("receive", "filter_taps", 256), r"receive: filter_taps = 256: must be odd")


def test_a_missing_key_is_named():
    expect_refusal(
        'name = "a"\n[scenario]\n', r"receive: this key is missing; docs/recipe\.md lists what a recipe needs"
    )
    expect_refusal("[receive]\nband_hz = [0, 1]\n[scenario]\n", r"name: this key is missing; .*")
    expect_refusal('name = "a"\n[receive]\n[scenario]\n', r"receive\.band_hz: this key is missing; .*")


@pytest.mark.parametrize("sources", ["", "[scenario]\n[capture]\n"])
def test_a_recipe_has_one_source(sources):
    expect_refusal(
        SMALLEST.replace("[scenario]\n", sources),
        r"recipe: a recipe has either a \[capture\] or a \[scenario\] section",
    )


@pytest.mark.parametrize("text", ["name = ", "[a", "x = 1\nx = 2", "\x00"])
def test_what_is_no_toml_is_refused(text):
    expect_refusal(text, r"not valid TOML: .*")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    for path, message in (
        (tmp_path / "none.toml", r"no such recipe; give a \.toml file or the name of a zoo model"),
        (tmp_path / "binary.toml", r"cannot be read as text: .*"),
        (tmp_path, r"cannot be read as text: .*"),
    ):
        with pytest.raises(RecipeError, match=rf"^{re.escape(str(path))}: {message}$"):
            load_recipe(path)


def test_a_recipe_does_not_change():
    recipe = parse_recipe(SMALLEST, "r")
    with pytest.raises(ValueError, match="frozen"):
        recipe.network.M_K = 3
