"""Figures for papers: what is in them, not their pixels."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="figures need matplotlib")

from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from entarte.plot.figure import draw, figure, style
from entarte.plot.palette import GOLD


def texts(one: Figure) -> list[str]:
    return [text.get_text() for text in one.axes[0].texts]


def mesh(one: Figure) -> Any:
    return next(part for part in one.axes[0].get_children() if isinstance(part, QuadMesh)).get_array()


def gold(one: Figure) -> list[tuple[float, float, float, float]]:
    from matplotlib.colors import to_rgba

    edges = [patch for patch in one.axes[0].patches if patch.get_edgecolor() == to_rgba(GOLD)]
    return [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in edges]  # type: ignore[attr-defined]


def test_cells_labels_and_numbers(samples: SimpleNamespace) -> None:
    one = samples.flagship().words()
    made = figure(one)
    np.testing.assert_array_equal(mesh(made), one.weights)
    assert {"he", "hit", "pie", "⟨end⟩", "il", "m'a", "entarté", ".90"} <= set(texts(made))


def test_gold_is_outlined_over_all_pieces_of_its_words(samples: SimpleNamespace) -> None:
    found = gold(figure(samples.flagship()))
    assert (1, 3, 1, 2) in found  # hit: ent|arté
    assert (5, 3, 1, 2) in found  # pie: ent|arté
    assert (2, 1, 1, 2) in found  # me: m'|a
    assert len(found) == 4 + 2


def test_the_first_word_stands_right_where_the_source_reads_so(samples: SimpleNamespace) -> None:
    made = figure(samples.arabic)
    np.testing.assert_array_equal(mesh(made), samples.arabic.weights[:, ::-1])
    places = {text.get_text(): text.get_position()[0] for text in made.axes[0].texts}
    assert places["رأى"] == 4.5


def test_the_size_follows_the_tokens(samples: SimpleNamespace) -> None:
    few, many = (figure(samples.over_words("a " * n, "b " * n)).get_size_inches() for n in (4, 12))
    assert many[0] > 2 * few[0]
    assert many[1] > 2 * few[1]


def test_long_labels_are_cut(samples: SimpleNamespace) -> None:
    made = figure(samples.over_words("x" * 100 + " b", "c"))
    assert "x" * 27 + "…" in texts(made)
    assert made.get_size_inches()[1] < 5


def test_what_is_too_long_for_labels_is_an_overview(samples: SimpleNamespace) -> None:
    made = figure(samples.long())
    assert max(made.get_size_inches()) < 12
    (image,) = made.axes[0].images
    shown = image.get_array()
    assert shown.shape[1] <= 1200
    assert shown.max() == pytest.approx(samples.long().weights.max())  # peaks are not lost
    assert made.axes[0].get_xlabel() == "source token"


def test_text_of_svg_is_text_and_nothing_of_it_is_markup(samples: SimpleNamespace) -> None:
    root = ET.fromstring(draw(samples.nasty, "svg"))
    found = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "<b>bold</b>" in found
    assert "$x$" in found  # a dollar is a dollar, not mathematics
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_alignment_gives_the_same_bytes(ending: str, samples: SimpleNamespace) -> None:
    one = samples.over_words("a pie", "une tarte")
    assert draw(one, ending) == draw(one, ending)


def test_drawing_leaves_matplotlib_as_it_was(samples: SimpleNamespace) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw(samples.flagship())
    assert dict(matplotlib.rcParams) == before


def test_no_tokens_say_so(samples: SimpleNamespace) -> None:
    assert texts(figure(samples.empty)) == ["no tokens"]


def test_fonts_that_are_not_there_are_not_asked_for() -> None:
    import matplotlib
    from matplotlib import font_manager

    with style():
        assert set(matplotlib.rcParams["font.family"]) <= set(font_manager.get_font_names())


def test_letters_that_no_font_has_are_said_once(
    samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entarte.plot.figure.FONTS", ["DejaVu Sans"])
    with pytest.warns(UserWarning, match="no installed font has .*狗.*; Noto fonts have all scripts") as said:
        draw(samples.chinese)
    assert len(said) == 1
    draw(samples.chinese, "svg")  # whoever reads it draws the letters: nothing to say
