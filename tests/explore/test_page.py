"""The explorer in a real browser, clicked through as a person would.

Run with -m browser. Needs Chromium and the extra `browser`; nothing is downloaded.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from .page import PATIENCE, SOURCE, VIEWS, Until, hash_of, outputs, said

pytestmark = pytest.mark.browser


def test_a_sentence_is_there_with_its_alignment_and_card(show: Any, address: str, until: Until) -> None:
    tab = show()
    told = outputs(address)
    assert said(tab) == told[0]["text"]
    cells = tab.locator("svg.cells > rect[fill]")
    cells.first.wait_for()
    assert cells.count() % 7 == 0
    tab.locator(".verdict").wait_for()
    assert tab.locator(".others li").count() == len(told)
    tab.locator(".others button").nth(1).click()
    until(lambda: said(tab) == told[1]["text"])


def test_typing_decodes_anew(show: Any, until: Until) -> None:
    tab = show()
    before = tab.locator(".facts").inner_text()
    tab.locator("#source").fill("a pie hit me")
    until(lambda: tab.locator(".chip").count() == 4 and tab.locator(".facts").inner_text() != before)
    assert "source=a+pie+hit+me" in hash_of(tab)
    tab.locator("#source").fill("")
    until(lambda: said(tab) == "…")


def test_what_if_a_word_were_not_there(show: Any, until: Until) -> None:
    tab = show()
    before = said(tab)
    tab.locator(".chip").nth(1).click()
    tab.get_by_role("button", name="Leave it out").click()
    until(lambda: tab.locator("#source").input_value() == "he me with a pie")
    tab.locator(".before bdi").wait_for()
    assert tab.locator(".before bdi").inner_text() == before
    tab.get_by_role("button", name="Undo").click()
    until(lambda: tab.locator("#source").input_value() == SOURCE and said(tab) == before)
    tab.locator(".chip").nth(5).click()
    tab.get_by_label("Replace by").fill("dog")
    tab.keyboard.press("Enter")
    until(lambda: tab.locator("#source").input_value() == "he hit me with a dog")
    assert f"was={SOURCE.replace(' ', '+')}" in hash_of(tab)


def test_a_word_is_hidden_from_the_decoder(show: Any, until: Until) -> None:
    tab = show()
    tab.locator(".chip").nth(2).click()
    tab.get_by_role("button", name="Hide it from the decoder").click()
    until(lambda: tab.locator(".hidden-word").count() == 1)
    tab.locator(".before bdi").wait_for()
    assert "forbidden=2" in hash_of(tab)
    tab.locator("summary", has_text="Weights as a table").click()
    column = tab.locator(".table-box tbody tr td:nth-child(4)").all_inner_texts()
    assert set(column) == {"0.00"}


def test_steps_forward_and_back(show: Any, address: str, until: Until) -> None:
    tab = show("steps")
    told = outputs(address)[0]
    tab.locator(".weights").wait_for()
    count = len(told["tokens"])
    assert tab.locator(".token").count() == count > 1
    alpha = tab.locator(".weight .alpha").all_inner_texts()
    assert [float(one) for one in alpha] == pytest.approx(told["alignment"]["weights"][0], abs=0.001)
    tab.get_by_label("Step forward").click()
    until(lambda: tab.locator(".token").nth(1).get_attribute("aria-current") == "step")
    assert tab.locator(".weight .alpha").all_inner_texts() != alpha
    tab.keyboard.press("ArrowLeft")
    until(lambda: tab.locator(".weight .alpha").all_inner_texts() == alpha)
    tab.get_by_label("Play").click()
    until(lambda: tab.locator(".token").nth(count - 1).get_attribute("aria-current") == "step")
    text = " ".join(tab.locator(".flow").inner_text().split())
    for part in ("Reads", "Decoder state", "Scores and weights", "Context", "Says", "tanh"):
        assert part in text
    tab.locator(".numbers summary").first.click()
    assert len(tab.locator(".numbers p").first.inner_text().split()) == 8
    tab.get_by_text("Gates").click()
    assert tab.get_by_role("img", name="gate f").count() == 1
    tab.locator(".near li mark").first.wait_for()


def test_weights_are_drawn_by_hand(show: Any, until: Until) -> None:
    tab = show("steps")
    slider = tab.get_by_label("Weight of pie")
    slider.focus()
    tab.keyboard.press("End")
    until(lambda: "held=0:0,0,0,0,0,1,0" in hash_of(tab))
    tab.locator(".before .undo").wait_for()
    until(lambda: tab.locator(".weight .alpha").nth(5).inner_text() == "1.000")
    until(lambda: tab.locator(".token.touched").count() == 1)
    tab.get_by_role("button", name="Give this step its own weights back").wait_for()  # it moves what is below
    x, y, half = slider_place(tab, "he")
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(half, y, steps=4)
    tab.mouse.up()  # at once: what the hand left counts, not what was last decoded
    until(lambda: held(tab, 0, 5) == pytest.approx([0.5, 0.5], abs=0.03))
    until(lambda: float(tab.locator(".weight .alpha").first.inner_text()) == pytest.approx(0.5, abs=0.03))
    tab.get_by_role("button", name="Give this step its own weights back").click()
    until(lambda: "held" not in hash_of(tab))
    tab.get_by_label("Hide pie from the decoder").click()
    until(lambda: "forbidden=5" in hash_of(tab))


def test_the_others_keep_their_proportions(show: Any, until: Until) -> None:
    """Even where a weight is drawn to 1 and back in one go."""
    tab = show("steps")
    tab.locator(".weight").nth(1).wait_for()
    before = [float(one) for one in tab.locator(".weight .alpha").all_inner_texts()]
    x, y, half = slider_place(tab, "he")
    tab.mouse.move(x + (half - x) * 2 * before[0], y)
    tab.mouse.down()
    tab.mouse.move(half + 400, y, steps=4)
    tab.mouse.move(half, y, steps=4)
    tab.mouse.up()
    until(lambda: "held=" in hash_of(tab))
    first, *others = held(tab, *range(7))
    assert sum([first, *others]) == pytest.approx(1, abs=0.001)
    shares = [weight / (1 - before[0]) for weight in before[1:]]
    assert [weight / (1 - first) for weight in others] == pytest.approx(shares, abs=0.005)


def test_weights_are_drawn_by_a_finger(show: Any, until: Until) -> None:
    tab = show("steps", width=390, touch=True)
    x, y, half = slider_place(tab, "he")
    finger = tab.context.new_cdp_session(tab)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": one, "y": other} for one, other in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    start = x + (half - x) * 2 * float(tab.locator(".weight .alpha").first.inner_text())
    touch("touchStart", (start, y))
    for part in (0.25, 0.5, 0.75, 1):
        touch("touchMove", (start + (half - start) * part, y))
    touch("touchEnd")
    until(lambda: "held=" in hash_of(tab) and held(tab, 0) == pytest.approx([0.5], abs=0.1))
    tab.get_by_role("button", name="Give this step its own weights back").wait_for()
    x, y, _ = slider_place(tab, "he")
    before, top = hash_of(tab), tab.evaluate("scrollY")
    touch("touchStart", (x + 5, y))  # a finger that scrolls the page draws no weight, and the page goes on
    for part in range(1, 9):
        touch("touchMove", (x + 5, y - 30 * part))
    touch("touchEnd")
    until(lambda: tab.evaluate("scrollY") > top)
    assert hash_of(tab) == before
    tab.get_by_role("button", name="Give this step its own weights back").click()
    until(lambda: tab.locator(".token.touched").count() == 0)


def slider_place(tab: Any, word: str) -> tuple[float, float, float]:
    """Of the slider of a source word: x of 0, y, and x of one half."""
    slider = tab.get_by_label(f"Weight of {word}", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    return box["x"] + 3, box["y"] + box["height"] / 2, box["x"] + box["width"] / 2


def held(tab: Any, *places: int) -> list[float]:
    """Weights by hand of the first step, as the link has them."""
    found = re.search(r"held=0:([\d.,]+)", hash_of(tab))
    weights = [float(one) for one in found[1].split(",")] if found else []
    return [weights[place] for place in places] if weights else []


def test_another_word_is_said_instead(show: Any, until: Until) -> None:
    tab = show("steps")
    option = tab.locator("button.option").first
    word = option.locator("bdi").inner_text()
    option.click()
    until(lambda: "prefix=" in hash_of(tab))
    until(lambda: tab.locator(".token").first.inner_text() == word)


def test_a_model_that_looks_at_nothing_takes_the_same_steps(show: Any) -> None:
    tab = show("steps", model="fixed")
    tab.get_by_text("that is the bottleneck").wait_for()
    assert tab.locator(".weight .alpha").all_inner_texts() == ["0.000"] * 6 + ["1.000"]
    assert tab.locator(".weight input:enabled").count() == 0


def test_heads_are_chosen(show: Any, until: Until) -> None:
    """A head of a step by its name, and in the picture; the link keeps both."""
    tab = show("steps", model="heads")
    tab.locator(".weights").wait_for()
    first = tab.locator(".weight .alpha").all_inner_texts()
    tab.get_by_role("button", name="head 2", exact=True).click()
    until(lambda: "stepHead=1" in hash_of(tab))
    assert tab.locator(".weight .alpha").all_inner_texts() != first
    assert "copied from where it looks" in tab.locator(".flow").inner_text()  # it has a pointer
    tab.get_by_role("link", name="Translate").click()
    tab.locator(".picture").get_by_label("Head").select_option("2")
    until(lambda: "&head=2" in hash_of(tab))


def test_the_beam_as_a_tree(show: Any, until: Until) -> None:
    tab = show("beam")
    tab.locator(".node").first.wait_for()
    for kind in ("best", "kept", "pruned"):
        assert tab.locator(f".node.{kind}").count() > 0
    few = tab.locator(".node").count()
    tab.get_by_role("button", name="All pruned").click()
    until(lambda: tab.locator(".node").count() >= few)
    tab.locator('.node[data-id="0"]').focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    assert tab.locator(".node:focus").get_attribute("data-id") != "0"
    other = tab.locator(".node.kept").first
    other.hover()
    prefix = tab.locator(".readout-line .strong").inner_text()
    other.click()
    until(lambda: "prefix=" in hash_of(tab))
    until(lambda: said(tab).startswith(prefix))
    tab.locator(".before .undo").wait_for()


def test_two_side_by_side(show: Any, until: Until) -> None:
    tab = show("compare")
    tab.locator(".pair .entarte-view").nth(1).wait_for()
    assert tab.locator(".pair select").nth(1).input_value() == "fixed"
    tab.locator(".pair select").nth(1).select_option("looks@5")
    until(lambda: "other=looks@5" in hash_of(tab))
    slider = tab.locator(".moment input").nth(1)
    slider.focus()
    tab.keyboard.press("ArrowRight")
    until(lambda: "other=looks@10" in hash_of(tab))
    tab.get_by_role("region", name="Left side").get_by_role("button", name="Links").click()
    until(lambda: tab.locator(".pair .entarte-view .links").count() == 2)  # both are seen in the same way
    assert "mode=links" in hash_of(tab)
    tab.get_by_role("region", name="Right side").get_by_role("button", name="Greedy").click()
    until(lambda: "otherKind=greedy" in hash_of(tab))
    tab.get_by_role("button", name="Play the training").nth(0).click()
    until(lambda: "model=looks@" in hash_of(tab))
    until(lambda: "model=looks@" not in hash_of(tab).replace("other=looks@", ""))


@pytest.mark.parametrize("view", ["steps", "beam", "compare", "corpus"])
def test_an_answer_that_comes_after_its_view_was_left(show: Any, until: Until, view: str) -> None:
    tab, held = show(), list[Any]()
    tab.locator(".verdict").wait_for()
    tab.route("**/api/**", lambda route: held.append(route))
    names = tab.get_by_role("navigation").get_by_role("link")
    names.nth(VIEWS.index(view)).click()
    until(lambda: bool(held))
    names.nth(0).click()
    tab.unroute("**/api/**")
    for each in held:
        with suppress(Exception):  # one that the page has given up
            each.fulfill(response=each.fetch())
    tab.locator(".panel.picture svg").first.wait_for()
    tab.wait_for_timeout(200)  # and the page has reported no error


def test_the_corpus_is_sorted_and_filtered(show: Any, until: Until) -> None:
    tab = show("corpus")
    until(lambda: tab.locator(".pair-row").count() == 6)
    tab.get_by_label("Order").select_option("longest")
    first = tab.locator(".pair-source").first
    until(lambda: len(first.inner_text().split()) == 7)
    tab.get_by_label("Find words").fill("dog hit")
    until(lambda: tab.locator(".pair-row").count() == 1)
    tab.locator(".pair-row").click()
    until(lambda: tab.locator("#source").input_value() == "the dog hit me")
    assert "view=corpus" not in hash_of(tab)


def test_a_link_shows_the_same_again(show: Any, address: str, until: Until) -> None:
    tab = show("steps", step="1", forbidden="4", beam="2")
    tab.locator(".near li mark").first.wait_for()
    link, before = tab.url, tab.locator(".flow").inner_text()
    again = show()
    again.goto("about:blank")
    again.goto(link)
    until(lambda: again.locator(".flow").count() == 1 and again.locator(".flow").inner_text() == before)


def test_what_is_typed_is_never_markup(show: Any) -> None:
    nasty = "<img src=x onerror=document.title='owned'> </script><script>document.title='owned'</script>"
    for view in VIEWS:
        tab = show(view, source=nasty)
        if view == "beam":
            tab.locator(".node").first.wait_for()
        assert tab.locator("main img").count() == 0
        assert tab.title() == "Entarté"


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_exported(show: Any, view: str, tmp_path: Path) -> None:
    tab = show(view)
    ready = {
        "translate": ".cells",
        "steps": ".weights",
        "beam": ".node",
        "compare": ".cells",
        "corpus": ".pair-row",
    }
    tab.locator(ready[view]).first.wait_for()
    heads = {"JSON": b"", "HTML": b"<!doctype html>", "SVG": b"<", "PNG": b"\x89PNG"}
    for form, head in heads.items():
        tab.get_by_text("Share").click()
        with tab.expect_download() as download:
            tab.get_by_role("button", name=form, exact=True).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        data = path.read_bytes()
        assert data.startswith(head)
        assert len(data) > 300, form
        if form == "JSON":
            assert json.loads(data)
    file = next(tmp_path.glob("*.html"))
    tab.goto(file.as_uri())
    assert "pie" in tab.locator("body").inner_text()


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_scrolls_only_down(show: Any, view: str) -> None:
    tab = show(view, width=390)
    tab.locator(".stage .panel").first.wait_for()
    time.sleep(1)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_right_to_left(show: Any) -> None:
    tab = show(source="כלב טוב")
    tab.locator(".chips[dir=rtl] .chip").first.wait_for()
    places = "all => all.map(one => one.getBoundingClientRect().left)"
    first, second = tab.locator(".chip").evaluate_all(places)
    assert first > second


def test_a_closed_tab_ends_its_work(
    show: Any, app: Any, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    from entarte.explore import answers
    from entarte.explore.work import check

    tab = show()
    begun = threading.Event()

    def endless(translator: Any, asked: Any, stop: Any) -> Any:
        begun.set()
        while True:
            check(stop)
            time.sleep(0.01)

    before = app.state.desk.cancelled
    monkeypatch.setattr(answers, "translated", endless)
    tab.locator("#source").fill("a pie")
    assert begun.wait(PATIENCE)
    tab.close()
    until(lambda: app.state.desk.cancelled > before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("view", "model"), [*((view, "looks") for view in VIEWS), ("steps", "layers")])
def test_everyone_can_use_it(
    show: Any, accessible: Callable[[Any], None], view: str, model: str, scheme: str
) -> None:
    tab = show(view, scheme=scheme, model=model)
    tab.locator(".stage .panel").first.wait_for()
    time.sleep(1)
    accessible(tab)
