"""Frequencies as text: MHz on the outside, whole Hz on the inside."""

MHZ = 1_000_000
Span = tuple[int, int]
"""Lower and upper edge, Hz."""


def mhz(hz: float) -> str:
    """Return a frequency in MHz without needless zeros: "1749.9"."""
    text = f"{hz / MHZ:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def span_text(span: tuple[float, float]) -> str:
    """Return a range of frequencies as text: "1710 to 1785 MHz"."""
    return f"{mhz(span[0])} to {mhz(span[1])} MHz"


def inside(a: Span, b: Span) -> bool:
    """Return whether `a` shares width with `b`, or is a tone that lies in `b`, edges included."""
    return overlap_hz(a, b) > 0 or (a[0] == a[1] and b[0] <= a[0] <= b[1])


def overlap_hz(a: Span, b: Span) -> int:
    """Return the width of what two ranges share, Hz; 0 where they only touch."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))
