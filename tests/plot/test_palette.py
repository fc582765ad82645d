"""The colour scale can be read with any colour vision, on light and dark pages, and is one everywhere."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from entarte.plot import palette
from entarte.plot.html import asset
from entarte.plot.palette import DARK, LIGHT, color, contrast, ink, luminance

SCALES = {"light": LIGHT, "dark": DARK}


@pytest.mark.parametrize("name", SCALES)
def test_lightness_goes_one_way(name: str) -> None:
    """So the order of weights survives any colour vision, and a print without colour."""
    steps = [luminance(color(i / 100, SCALES[name])) for i in range(101)]
    rising = [a < b for a, b in pairwise(steps)]
    assert all(rising) if name == "dark" else not any(rising)


@pytest.mark.parametrize("name", SCALES)
def test_a_number_can_be_read_on_every_weight(name: str) -> None:
    fills = [color(i / 200, SCALES[name]) for i in range(201)]
    assert min(contrast(ink(fill), fill) for fill in fills) >= 4.5


def test_the_ends_stand_far_apart() -> None:
    assert contrast(LIGHT[0], LIGHT[-1]) > 12
    assert contrast(DARK[0], DARK[-1]) > 12


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_weights_beyond_the_scale_take_its_ends() -> None:
    assert (color(-1), color(2), color(0.125)) == (LIGHT[0], LIGHT[-1], LIGHT[1])


def test_the_view_has_the_same_colours() -> None:
    css = asset("view.css")
    stops = {name: re.findall(r"#\w+", css.split(f"--scale-{name}:")[1].split(";")[0]) for name in SCALES}
    assert {name: tuple(found) for name, found in stops.items()} == SCALES
    assert f"--gold: light-dark({palette.GOLD}, {palette.GOLD_DARK})" in css
