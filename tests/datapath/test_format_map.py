"""formats.json back and forth, and what is none."""

import json

import pytest
from demo_models import demo_formats

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.errors import BundleError


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
def test_round_trip(rounding, overflow):
    formats = demo_formats(12, 10, rounding, overflow)
    again = FormatMap.from_json(formats.to_json())
    assert again == formats
    assert again.to_json() == formats.to_json()


def test_text_does_not_depend_on_the_order_of_names():
    formats = demo_formats()
    turned = FormatMap(
        dict(reversed(formats.weights.items())),
        dict(reversed(formats.activations.items())),
        formats.rounding,
        formats.overflow,
        formats.knot_log2,
    )
    assert turned.to_json() == formats.to_json()
    assert formats.to_json().endswith("}\n")


def edited(**changes: object) -> str:
    return json.dumps(json.loads(demo_formats().to_json()) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        edited(rounding="round"),
        edited(overflow=None),
        edited(knot_log2="fine"),
        edited(weights=["K"]),
        edited(weights={"K": {"signed": True, "bits": 16}}),
    ],
)
def test_what_is_no_format_map_is_refused_in_one_line(text):
    with pytest.raises(BundleError, match=r"^here/formats\.json: not a format map: [^\n]*; export the bundle again$"):
        FormatMap.from_json(text, "here/formats.json")
