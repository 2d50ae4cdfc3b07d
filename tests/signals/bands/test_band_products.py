"""Products of carriers: every one, where it lies and how wide it is, against plain enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.products import MOST_PRODUCTS, count_products, products_of


def enumerated(carriers, order):
    """{(position, order): occupied band} by taking every factor one by one; intervals are added, not formulas used.

    A position is a vector of multiples up to its sign; the widest of the products of one order there counts.
    """
    found = {}
    factors = [(k, sign) for k in range(len(carriers)) for sign in (1, -1)]
    for n in range(2, order + 1):
        for chosen in itertools.combinations_with_replacement(factors, n):
            multiples = [0] * len(carriers)
            low = high = 0
            for k, sign in chosen:
                multiples[k] += sign
                ends = [sign * edge for edge in carriers[k]]
                low, high = low + min(ends), high + max(ends)
            if not any(multiples):
                continue
            if low + high < 0:
                multiples, low, high = [-m for m in multiples], -high, -low
            span = (max(low, 0), max(high, -low))
            key = (tuple(multiples), n)
            known = found.get(key, span)
            found[key] = (min(known[0], span[0]), max(known[1], span[1]))
    return found


def computed(carriers, order):
    products = products_of(carriers, order)
    multiples = [tuple(row) for row in products.multiples[products.position].tolist()]
    spans = zip(products.low_hz.tolist(), products.high_hz.tolist(), strict=True)
    keys = list(zip(multiples, products.order.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, spans, strict=True))


carriers_of_any_kind = st.lists(
    st.tuples(st.integers(1, 4000), st.integers(0, 60)).map(lambda c: (1000 * c[0], 1000 * (c[0] + c[1]))),
    min_size=1,
    max_size=3,
    unique_by=lambda c: c[0] + c[1],
)


@given(carriers_of_any_kind, st.integers(2, 5))
def test_products_are_those_of_plain_enumeration(carriers, order):
    expected, got = enumerated(carriers, order), computed(carriers, order)
    for key in [key for key in expected if key not in got]:  # a position at 0 Hz has no sign of its own
        mirrored = (tuple(-m for m in key[0]), key[1])
        assert sum(m * (low + high) for m, (low, high) in zip(key[0], carriers, strict=True)) == 0
        assert got[mirrored] == expected[key]
        del expected[key]
    assert got == expected


@pytest.mark.parametrize(("carriers", "order"), [(1, 9), (2, 9), (3, 6), (4, 5), (7, 3)])
def test_the_count_is_known_before(carriers, order):
    spans = [(10_000_019 * 3**k, 10_000_019 * 3**k + 100) for k in range(carriers)]
    assert count_products(carriers, order) == len(products_of(spans, order))
    if carriers < 4:
        assert count_products(carriers, order) == len(enumerated(spans, order))


def test_two_carriers_of_twenty_megahertz():
    """2 f1 - f2 of 20 MHz carriers is 60 MHz wide, 100 MHz by the fifth order, and the carrier itself spreads by 3."""
    got = computed([(1_805_000_000, 1_825_000_000), (1_850_000_000, 1_870_000_000)], 5)
    assert got[(2, -1), 3] == (1_740_000_000, 1_800_000_000)
    assert got[(2, -1), 5] == (1_720_000_000, 1_820_000_000)
    assert got[(3, -2), 5] == (1_675_000_000, 1_775_000_000)
    assert got[(1, 0), 3] == (1_785_000_000, 1_845_000_000)
    assert got[(-1, 1), 2] == (25_000_000, 65_000_000)
    assert got[(1, 1), 2] == (3_655_000_000, 3_695_000_000)
    assert ((1, 0), 1) not in got


def test_a_product_that_reaches_zero_is_folded():
    got = computed([(100, 140), (130, 150)], 2)
    assert got[(-1, 1), 2] == (0, 50)


def test_edges_are_exact_integers():
    products = products_of([(1_749_900_001, 1_784_899_999)] * 1, 15)
    assert products.low_hz.dtype == products.high_hz.dtype == np.int64
    row = np.flatnonzero((products.order == 15) & (products.multiples[products.position, 0] == 15))
    assert products.low_hz[row].tolist() == [15 * 1_749_900_001]


@pytest.mark.parametrize(
    ("n_carriers", "order", "message"),
    [
        (2, 1, "--order 1: expected 2 to 15"),
        (2, 16, "--order 16: expected 2 to 15"),
        (8, 11, r"8 carriers have 1,603,344 products up to order 11, expected at most 400,000; merge carriers that stand "
                r"side by side into one block, or ask for --order 9"),
        (32, 7, r"32 carriers have 501,740,192 products up to order 7, .* --order 4"),
        (1000, 2, r"1000 carriers have 1,000,000 products up to order 2, .* side by side into one block"),
    ],
)  # fmt: skip
def test_orders_and_counts_beyond_reason_are_refused(n_carriers, order, message):
    carriers = [(1_000_000 * k, 1_000_000 * k + 500_000) for k in range(1, n_carriers + 1)]
    with pytest.raises(InputError, match=f"^{message}$"):
        products_of(carriers, order)


def test_the_largest_plans_that_are_allowed_are_made():
    carriers = [(926_000_000 + 4_000_000 * k, 926_200_000 + 4_000_000 * k) for k in range(8)]
    assert count_products(8, 9) == len(products_of(carriers, 9)) == 360_432 < MOST_PRODUCTS
