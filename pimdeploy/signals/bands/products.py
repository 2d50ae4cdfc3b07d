"""Every intermodulation product |m1 f1 + m2 f2 + ...| of carriers up to an order, with the band that it occupies.

A product of order n takes n factors, each a carrier or its conjugate. What is left after pairs cancel is the position:
multiples (m1, m2, ...) with sum |m_i| = n, n - 2, n - 4 ... So the fifth order has its own positions (3 f1 - 2 f2) and
also stands, wider, at those of the third (2 f1 - f2), papers/002 clause 6.1.1. A factor widens the product by its
carrier's bandwidth: sum |m_i| B_i, and twice the widest carrier for each pair. The positions of the carriers
themselves count from order 3: what spreads around a carrier.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.units import Span

LEAST_ORDER = 2
MOST_ORDER = 15
MOST_PRODUCTS = 400_000
"""Products beyond which a plan is refused: nobody reads them, and each order more multiplies them."""


@dataclass(frozen=True)
class Products:
    """Products in the order of position, then order. Frequencies are |f| in whole Hz; a product that reaches 0 is folded."""

    multiples: NDArray[np.int8]
    """(n_positions, n_carriers): the multiples of each position; their sum is a frequency of at least 0."""
    position: NDArray[np.intp]
    """(n_products,): the row of `multiples`."""
    order: NDArray[np.int64]
    """(n_products,): factors that the product takes."""
    low_hz: NDArray[np.int64]
    """(n_products,): lower edge of the occupied band."""
    high_hz: NDArray[np.int64]
    """(n_products,): upper edge."""

    def __len__(self) -> int:
        return len(self.order)

    @property
    def base_order(self) -> NDArray[np.int64]:
        """(n_products,): sum |m_i|, the lowest order at the product's position; 1 at a carrier's own."""
        norms: NDArray[np.int64] = np.abs(self.multiples).sum(axis=1, dtype=np.int64)
        return norms[self.position]


def count_products(n_carriers: int, order: int) -> int:
    """Return how many products `n_carriers` carriers have up to `order`."""
    return sum(
        _positions(n_carriers, base) * ((order - base) // 2 + (base > 1)) for base in range(1, order + 1)
    )  # each position has the orders base, base + 2 ...; a carrier itself, order 1, is no product


def _positions(n_carriers: int, base: int) -> int:
    """Return the number of integer vectors with sum |m_i| = base, a vector and its negative counted once."""
    sides = range(1, min(n_carriers, base) + 1)
    return sum((1 << k) * math.comb(n_carriers, k) * math.comb(base - 1, k - 1) for k in sides) // 2


def check_order(order: int, n_carriers: int) -> None:
    """Raise `InputError` for an order outside 2 to 15, and where the products would be too many to list."""
    if not LEAST_ORDER <= order <= MOST_ORDER:
        raise InputError(f"--order {order}: expected {LEAST_ORDER} to {MOST_ORDER}")
    count = count_products(n_carriers, order)
    if count <= MOST_PRODUCTS:
        return
    good = [lower for lower in range(LEAST_ORDER, order) if count_products(n_carriers, lower) <= MOST_PRODUCTS]
    fewer = "merge carriers that stand side by side into one block"
    advice = f"{fewer}, or ask for --order {good[-1]}" if good else fewer
    raise InputError(
        f"{n_carriers} carriers have {count:,} products up to order {order}, expected at most {MOST_PRODUCTS:,}; {advice}"
    )


def products_of(carriers: Sequence[Span], order: int) -> Products:
    """Return every product of carriers with these edges (Hz) up to `order`. Raises `InputError` as `check_order`."""
    check_order(order, len(carriers))
    edges = np.array(carriers, dtype=np.int64)
    multiples = _multiples(len(carriers), order)
    centre_doubled = multiples.astype(np.int64) @ edges.sum(axis=1)
    multiples = np.where(centre_doubled[:, None] < 0, -multiples, multiples)
    base = np.abs(multiples).sum(axis=1, dtype=np.int64)
    pairs = [np.flatnonzero((base + 2 * k <= order) & (base + 2 * k > 1)) for k in range((order + 1) // 2)]
    position = np.concatenate(pairs)
    n_pairs = np.repeat(np.arange(len(pairs)), [len(rows) for rows in pairs])
    low, high = _occupied(multiples.astype(np.int64), edges)
    widening = n_pairs * int((edges[:, 1] - edges[:, 0]).max())
    low, high = low[position] - widening, high[position] + widening
    low, high = np.maximum(low, 0), np.maximum(high, -low)
    sort = np.lexsort((n_pairs, position))
    orders = base[position] + 2 * n_pairs
    return Products(multiples, position[sort], orders[sort], low[sort], high[sort])


def _occupied(multiples: NDArray[np.int64], edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the edges of every position's narrowest product: sum m_i f_i over all f_i inside their carriers."""
    up: NDArray[np.int64] = np.maximum(multiples, 0)
    down: NDArray[np.int64] = np.minimum(multiples, 0)
    low: NDArray[np.int64] = up @ edges[:, 0] + down @ edges[:, 1]
    high: NDArray[np.int64] = up @ edges[:, 1] + down @ edges[:, 0]
    return low, high


def _multiples(n_carriers: int, order: int) -> NDArray[np.int8]:
    """Return all integer vectors with 1 <= sum |m_i| <= order whose first nonzero entry is positive, by rows."""
    rows = np.zeros((1, 0), dtype=np.int8)
    for _ in range(n_carriers):
        left = order - np.abs(rows).sum(axis=1, dtype=np.int64)
        blank = ~rows.any(axis=1)
        blocks = []
        for value in range(-order, order + 1):
            kept = rows[(left >= abs(value)) & ~(blank & (value < 0))]
            blocks.append(np.column_stack((kept, np.full(len(kept), value, dtype=np.int8))))
        rows = np.concatenate(blocks)
    return rows[rows.any(axis=1)]
