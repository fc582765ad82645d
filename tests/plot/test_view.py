"""The alignment view in a real browser: what it draws, how it answers, that text stays text.

Run with -m browser. Needs Chromium and the extra `browser`; nothing is downloaded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entarte.alignment import Alignment
from entarte.plot.html import MODULES, asset, frame, page
from entarte.plot.palette import DARK, LIGHT, color, rgb

pytestmark = pytest.mark.browser

PATIENCE = 20.0  # seconds; about 1 on an idle machine, minutes if all million cells were drawn
Open = Callable[..., Any]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def show(new_tab: Open, tmp_path: Path) -> Open:
    """Opens a document as a file."""

    def opened(document: str, width: int = 900, height: int = 700, scheme: str = "light") -> Any:
        tab = new_tab("file:", width=width, height=height, scheme=scheme)
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.html"
        path.write_text(document, encoding="utf-8")
        tab.goto(path.as_uri())
        return tab

    return opened


def labels(tab: Any, kind: str) -> list[str]:
    """Labels of the rows ("beside") or columns ("above") from top to bottom, or left to right."""
    found = tab.locator(f"svg.{kind} text.label").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect(), one.textContent])"
        ".map(([box, text]) => [box.left + box.top, text])"
    )
    return [text.strip("\u2068\u2069") for _, text in sorted(found)]


def said(tab: Any) -> str:
    """The line of numbers."""
    return " ".join(tab.locator(".readout").inner_text().split())


def lit(tab: Any) -> str:
    return str(tab.locator("text.lit").text_content()).strip("\u2068\u2069")


def table(tab: Any) -> Any:
    """The numbers of the table of weights."""
    tab.locator("summary").click()
    tab.locator("tbody tr").first.wait_for()  # it is filled when the browser tells that it is open
    rows = tab.locator("tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('td')].map(d => d.textContent))"
    )
    tab.locator("summary").click()
    return np.array(rows, dtype=float)


def test_words_and_pieces(show: Open, samples: SimpleNamespace) -> None:
    one = samples.flagship()
    tab = show(page(one))
    assert labels(tab, "above") == ["he", "hit", "me", "with", "a", "pie", "⟨end⟩"]
    assert labels(tab, "beside") == ["il", "m'a", "entarté", "⟨end⟩"]
    assert tab.locator("svg.cells > rect[fill]").count() == 4 * 7
    np.testing.assert_allclose(table(tab), one.words().weights, atol=0.0051)
    assert tab.locator("rect.gold").count() == 4
    assert tab.locator("rect.possible").count() == 2
    tab.get_by_role("button", name="Pieces").click()
    assert labels(tab, "beside") == ["il", "m'", "a", "ent", "arté", "⟨end⟩"]
    np.testing.assert_allclose(table(tab), one.weights, atol=0.0051)
    assert tab.locator("svg.beside path.run").count() == 2
    pie = tab.locator("rect.gold").nth(3).bounding_box()
    cell = tab.locator("svg.cells > rect[fill]").first.bounding_box()
    assert pie["height"] == pytest.approx(2 * cell["height"] + 2, abs=3)  # over ent|arté
    tab.get_by_label("Gold links").uncheck()
    assert tab.locator("rect.gold").count() == 0
    assert "he hit me with a pie" in tab.title()
    assert tab.locator("dd").all_inner_texts() == ["runs/quick", "-0.42"]


def test_the_page_joins_words_as_python_does(show: Open, samples: SimpleNamespace) -> None:
    """Pieces across spaces, of bare space and of no width, and letters beyond the basic plane."""
    spans = [("a", 0, 1), ("b", 1, 5), ("", 5, 5), ("▁", 5, 6), ("x", 6, 8)]
    pieces = [SimpleNamespace(text=text, start=start, end=end) for text, start, end in spans]
    weights = np.random.default_rng(0).dirichlet(np.ones(6), size=6)
    one = Alignment.of("😀b cd ef", [*pieces], "😀b cd ef", [*pieces], weights)
    tab = show(page(one))
    assert labels(tab, "above") == [token.label for token in one.words().columns]
    np.testing.assert_allclose(table(tab), one.words().weights, atol=0.0051)


def test_pointer_and_keyboard_say_the_weights(show: Open, samples: SimpleNamespace) -> None:
    tab = show(page(samples.flagship()))
    tab.locator("svg.cells > rect[fill]").nth(7 + 2).hover()
    assert said(tab).startswith("m'a p 0.82 ← me 0.49 hit 0.36")
    assert tab.locator("rect.ring").count() == 1
    tab.locator("svg.beside text").nth(2).hover()
    assert said(tab).startswith("entarté p 0.67 ← pie 0.4")
    tab.mouse.move(5, 5)
    assert "arrow keys" in said(tab)
    tab.locator(".scroller").focus()
    for press, answer in (
        ("ArrowDown", "il p 0.97 ← he 0.90"),
        ("ArrowDown", "m'a p 0.82 ← he 0.05"),
        ("End", "m'a p 0.82 ← ⟨end⟩ 0.02"),
        ("Enter", "m'a p 0.82 ← me 0.49"),
        ("Control+Home", "il p 0.97 ← he 0.90"),
        ("ArrowLeft", "il p 0.97 ← he 0.90"),
        ("Escape", "Point at"),
    ):
        tab.keyboard.press(press)
        assert said(tab).startswith(answer)


def test_a_wheel_over_the_picture_moves_the_page(show: Open, samples: SimpleNamespace, until: Until) -> None:
    tab = show(page([samples.flagship()] * 3))
    tab.locator("svg.cells").first.hover()
    tab.mouse.wheel(0, 200)
    until(lambda: tab.evaluate("scrollY") == 200)


def test_links(show: Open, samples: SimpleNamespace) -> None:
    tab = show(page(samples.flagship(), mode="links"))
    heavy = samples.flagship().words().weights >= 0.02
    assert tab.locator(".links path[stroke]").count() == heavy.sum()
    assert tab.locator(".links path.gold").count() == 4
    tab.locator(".scroller").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    assert lit(tab) == "m'a"
    tab.keyboard.press("ArrowUp")  # to its heaviest partner
    assert lit(tab) == "me"
    assert tab.locator(".links path.chosen[stroke]").count() == heavy[:, 2].sum()


def test_links_stand_upright_on_a_narrow_page(show: Open, samples: SimpleNamespace) -> None:
    tab = show(
        page(samples.over_words("one two three four five six seven eight", "eins zwei drei"), mode="links"),
        330,
    )
    left, right = (tab.locator("circle").nth(at).bounding_box() for at in (0, -1))
    assert left["x"] < right["x"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= 330


def test_heads(show: Open, samples: SimpleNamespace) -> None:
    heads = np.stack([samples.flagship().weights, np.full((6, 7), 1 / 7)])
    one = samples.flagship(heads=heads, head_names=("layer 1", "layer 2"))
    tab = show(page(one))
    assert tab.locator("option").all_inner_texts() == ["mean of heads", "head layer 1", "head layer 2"]
    tab.get_by_label("Head").select_option("2")
    np.testing.assert_allclose(table(tab), 1 / 7, atol=0.0051)
    tab.get_by_label("Head").select_option("0")
    np.testing.assert_allclose(table(tab), one.words().weights, atol=0.0051)


def test_layers_and_heads(show: Open, samples: SimpleNamespace) -> None:
    """Names of the form layer.head are two choices; without one, what stands for the alignment is shown."""
    spread = np.random.default_rng(1).dirichlet(np.ones(7), size=(4, 6))
    names = ("1.1", "1.2", "2.1", "2.2")
    tab = show(page(samples.flagship(heads=spread, head_names=names), level="pieces"))
    assert tab.get_by_label("Layer").locator("option").all_inner_texts() == [
        "as aligned",
        "layer 1",
        "layer 2",
    ]
    assert tab.get_by_label("Head").count() == 0
    np.testing.assert_allclose(table(tab), samples.flagship().weights, atol=0.0051)
    tab.get_by_label("Layer").select_option("2")
    np.testing.assert_allclose(table(tab), spread[2:].mean(0), atol=0.0051)
    assert tab.get_by_label("Head").locator("option").all_inner_texts() == [
        "mean of heads",
        "head 1",
        "head 2",
    ]
    tab.get_by_label("Head").select_option("1")
    np.testing.assert_allclose(table(tab), spread[2], atol=0.0051)
    tab.get_by_label("Layer").select_option("1")
    np.testing.assert_allclose(table(tab), spread[0], atol=0.0051)
    tab.get_by_label("Layer").select_option("0")
    np.testing.assert_allclose(table(tab), samples.flagship().weights, atol=0.0051)


def test_text_is_never_markup(show: Open, samples: SimpleNamespace) -> None:
    tab = show(page(samples.nasty))
    assert "<b>bold</b>" in labels(tab, "above")
    tab.locator("summary").click()
    assert tab.locator("main b, main img, main script").count() == 0
    assert tab.title() != "owned"
    assert "\u202e" not in tab.locator("main").inner_text()


def test_a_right_to_left_source_begins_at_the_right(show: Open, samples: SimpleNamespace) -> None:
    tab = show(page(samples.arabic))
    assert labels(tab, "above") == ["⟨end⟩", "الكبير", "الكلب", "الولد", "رأى"]
    tab.locator(".scroller").focus()
    tab.keyboard.press("Control+Home")
    before = tab.locator("rect.ring").bounding_box()["x"]
    tab.keyboard.press("ArrowLeft")
    assert tab.locator("rect.ring").bounding_box()["x"] < before


@pytest.mark.parametrize(("scheme", "scale"), [("light", LIGHT), ("dark", DARK)])
def test_colours_follow_the_page(
    scheme: str, scale: tuple[str, ...], show: Open, samples: SimpleNamespace, until: Until
) -> None:
    tab = show(page(samples.flagship()), scheme=scheme)
    first = tab.locator("svg.cells > rect[fill]").first
    wanted = rgb(color(round(samples.flagship().words().weights[0, 0], 4), scale))
    assert first.get_attribute("fill") == f"rgb({','.join(map(str, wanted))})"
    tab.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    until(lambda: first.get_attribute("fill") != f"rgb({','.join(map(str, wanted))})")


def test_2000_by_500_does_not_freeze(show: Open, samples: SimpleNamespace, until: Until) -> None:
    document = page(samples.long())
    start = time.perf_counter()
    tab = show(document)
    tab.locator("svg.cells rect").first.wait_for()
    assert time.perf_counter() - start < PATIENCE
    assert tab.locator("svg.cells rect").count() < 4000  # only what is in sight
    assert tab.locator(".overview").is_visible()
    tab.locator(".scroller").focus()
    start = time.perf_counter()
    tab.keyboard.press("Control+End")
    until(lambda: tab.locator("svg.above .eos").count() == 1)
    for _ in range(5):
        tab.keyboard.press("PageUp")
    assert time.perf_counter() - start < PATIENCE
    assert tab.locator(".readout").inner_text().startswith("arbre")
    tab.locator(".overview").click(position={"x": 3, "y": 3})
    until(lambda: "tree" in labels(tab, "above") and tab.locator("svg.above .eos").count() == 0)
    start = time.perf_counter()
    tab.get_by_role("button", name="Links").click()
    tab.locator(".links path").first.wait_for()
    tab.locator("summary").click()
    until(lambda: tab.locator("tbody tr").count() == 500)
    assert time.perf_counter() - start < PATIENCE


@pytest.mark.parametrize("mode", ["heat", "links"])
def test_a_phone_is_wide_enough(mode: str, show: Open, samples: SimpleNamespace) -> None:
    tab = show(page(samples.flagship(), mode=mode), 320, 640)
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    box = tab.locator(".entarte-view > .scroller").bounding_box()
    assert box["x"] + box["width"] <= 320


def test_no_tokens_say_so(show: Open, samples: SimpleNamespace) -> None:
    tab = show(page([samples.empty, samples.flagship()]))
    assert tab.locator(".hint").first.inner_text() == "There are no tokens to align."
    assert tab.locator(".scroller:visible").count() == 1


def test_frames_of_one_notebook_do_not_meet(show: Open, samples: SimpleNamespace) -> None:
    tab = show(f"<!doctype html><body>{frame(samples.flagship())}{frame(samples.arabic)}</body>")
    inside = [tab.frame_locator("iframe").nth(at) for at in (0, 1)]
    assert inside[0].locator("svg.beside text").count() == 4
    assert inside[1].locator("svg.beside text").count() == 7
    inside[0].get_by_role("button", name="Links").click()
    assert inside[0].locator("svg.cells").count() == 0
    assert inside[1].locator("svg.cells").count() == 1
    for one in inside:  # high enough to show all, without much air below
        room = one.locator("html").evaluate(
            "e => [e.scrollHeight, innerHeight, e.querySelector('main').scrollHeight]"
        )
        assert room[0] <= room[1]
        assert room[1] - room[2] < 120


def test_modules_work_unjoined_and_the_view_can_be_changed_and_taken_away(
    browser: Any, samples: SimpleNamespace
) -> None:
    """As the explorer uses them: served as files, with `mount`, `update`, `set` and `destroy`."""
    tab = browser.new_page()
    kinds = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
    files = {name: asset(name) for name in (*MODULES, "view.css")} | {
        "index.html": '<!doctype html><link rel="stylesheet" href="view.css"><div id="here"></div>'
    }

    def answer(route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        if name in files:
            route.fulfill(body=files[name], content_type=kinds[name.rsplit(".", 1)[1]])
        else:
            route.fulfill(status=404)

    tab.route("**/*", answer)
    tab.goto("http://view.test/index.html")
    first, second = (json.dumps(one.to_dict()) for one in (samples.flagship(), samples.chinese))
    tab.evaluate(
        "async one => { const { mount } = await import('http://view.test/view.js');"
        " window.view = mount(document.getElementById('here'), JSON.parse(one)); }",
        first,
    )
    assert labels(tab, "beside")[2] == "entarté"
    tab.evaluate("view.set({ level: 'pieces', mode: 'links' })")
    assert tab.locator(".links").count() == 1
    tab.evaluate("one => { view.update(JSON.parse(one)); view.set({ mode: 'heat' }); }", second)
    assert labels(tab, "above") == ["孩子", "看见", "了", "狗", "⟨end⟩"]
    with pytest.raises(Exception, match="This is not an alignment of version 1"):
        tab.evaluate("view.update({ format: 'other' })")
    tab.evaluate("view.destroy()")
    assert tab.locator("#here > *").count() == 0
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it(
    show: Open, samples: SimpleNamespace, accessible: Callable[[Any], None], scheme: str
) -> None:
    for options in ({}, {"mode": "links"}):
        tab = show(page([samples.flagship(), samples.arabic], **options), scheme=scheme)
        tab.locator("svg").first.wait_for()
        accessible(tab)
