"""The one colour scale of every picture: from the page's own colour to a strong contrast with it.

Two versions of the same hues (mint, teal, blue, violet), for light and dark pages. Lightness changes in
one direction only, so the scale can be read with any colour vision and in print. `view.css` holds the
same stops; a test compares them.

>>> color(0.0), color(1.0)
('#f2f5f4', '#271d42')
>>> ink(color(0.0)), ink(color(1.0))
('#000000', '#ffffff')
"""

from __future__ import annotations

from collections.abc import Sequence

LIGHT = ("#f2f5f4", "#d2ece0", "#a5dcc8", "#70c6b7", "#47abaf", "#358ba4", "#366896", "#3a457a", "#271d42")
DARK = ("#1d2027", "#272b4c", "#2f416f", "#325e8b", "#367e9c", "#459ea9", "#68bdb2", "#a0dac4", "#e6faf0")
GOLD = "#d9480f"  # outlines of gold links, light page; with a halo of the page's colour
GOLD_DARK = "#ff9f43"
TEXT, QUIET = "#1c2024", "#5b646d"  # on a white page
BLACK, WHITE = "#000000", "#ffffff"

# Lines and bars of curves: Okabe and Ito (2008), told apart with any colour vision; used in this order.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")


def rgb(value: str) -> tuple[int, int, int]:
    """'#rrggbb' as three numbers 0 to 255."""
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def color(weight: float, scale: Sequence[str] = LIGHT) -> str:
    """The colour of a weight, straight lines in sRGB between the stops; beyond 0 to 1 the last stop."""
    place = min(max(weight, 0.0), 1.0) * (len(scale) - 1)
    low = min(int(place), len(scale) - 2)
    mixed = (round(a + (b - a) * (place - low)) for a, b in zip(rgb(scale[low]), rgb(scale[low + 1])))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def luminance(value: str) -> float:
    """Relative luminance, WCAG 2.2: 0 for black, 1 for white."""
    parts = [part / 255 for part in rgb(value)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2: 1 for equal colours, 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink(background: str) -> str:
    """Black or white, whichever can be read better on the background."""
    return max((BLACK, WHITE), key=lambda candidate: contrast(candidate, background))
