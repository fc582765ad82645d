"""The steps of a Transformer in a real browser. Run with -m browser."""

from __future__ import annotations

from typing import Any

import pytest

from .page import SOURCE, Until, asked, hash_of, outputs

pytestmark = pytest.mark.browser


def alphas(tab: Any) -> list[float]:
    return [float(one) for one in tab.locator(".weight .alpha").all_inner_texts()]


def draw(tab: Any, word: str) -> None:
    """A weight is drawn to 1."""
    tab.get_by_label(f"Weight of {word}", exact=True).fill("1000")


def heard(address: str, step: int, layer: int, head: int, **given: Any) -> Any:
    """The weights of a head, from 1, as the server has them."""
    tokens = outputs(address, model="layers", **given)[0]["tokens"]
    told = asked(address, "steps", model="layers", source=SOURCE, tokens=tokens, layer=layer, **given)
    return told["frames"][step]["weights"][head - 1]


def test_steps_go_through_layers_and_heads(show: Any, address: str, until: Until) -> None:
    tab = show("steps", model="layers", step="1")
    tab.locator(".weights").wait_for()
    assert alphas(tab) == pytest.approx(heard(address, 1, 1, 1), abs=0.001)
    tab.get_by_role("button", name="layer 2", exact=True).click()
    until(lambda: alphas(tab) == pytest.approx(heard(address, 1, 2, 1), abs=0.001))
    tab.get_by_role("group", name="Head", exact=True).get_by_role("button", name="head 3").click()
    until(lambda: alphas(tab) == pytest.approx(heard(address, 1, 2, 3), abs=0.001))
    assert "stepLayer=2" in hash_of(tab)
    assert "stepHead=2" in hash_of(tab)
    words = " ".join(tab.locator(".flow").inner_text().split())
    for part in (
        "Reads",
        "Looks back",
        "Scores and weights",
        "Context",
        "Decoder state, through layer 2 of 2",
        "What the output layer reads",
        "Says",
        "SelfAttention(norm(x))",
        "head3",
    ):
        assert part in words, part
    back = tab.locator(".back li")
    assert back.count() == 2  # the start, and one word
    shares = [float(one) for one in back.locator(".figure").all_inner_texts()]
    assert sum(shares) == pytest.approx(1, abs=0.002)
    tab.get_by_role("group", name="Head of self-attention").get_by_role("button", name="head 2").click()
    until(lambda: [float(one) for one in back.locator(".figure").all_inner_texts()] != shares)
    assert "backHead=1" in hash_of(tab)
    tab.keyboard.press("ArrowRight")
    until(lambda: back.count() == 3)


def test_all_heads_are_drawn_by_hand_or_one(show: Any, address: str, until: Until) -> None:
    tab = show("steps", model="layers")
    draw(tab, "pie")
    until(lambda: "held=0:0,0,0,0,0,1,0" in hash_of(tab))
    until(lambda: alphas(tab)[5] == 1)
    for layer in ("layer 2", "layer 1"):
        tab.get_by_role("button", name=layer, exact=True).click()
        until(lambda: alphas(tab)[5] == 1)
    tab.get_by_role("button", name="Give this step its own weights back").click()
    until(lambda: "held" not in hash_of(tab))

    tab.get_by_role("button", name="this head").click()
    tab.get_by_role("group", name="Head", exact=True).get_by_role("button", name="head 2").click()
    draw(tab, "he")
    until(lambda: "held=0.1.2:1,0,0,0,0,0,0" in hash_of(tab))
    until(lambda: alphas(tab)[0] == 1)
    tab.locator(".before .undo").wait_for()
    given = [{"step": 0, "layer": 1, "head": 2, "weights": [1, 0, 0, 0, 0, 0, 0]}]
    tab.get_by_role("group", name="Head", exact=True).get_by_role("button", name="head 1").click()
    until(lambda: alphas(tab) == pytest.approx(heard(address, 0, 1, 1, held=given), abs=0.001))
    assert alphas(tab)[0] < 1
    draw(tab, "hit")  # a second head of the step: the first keeps its own
    until(lambda: ";0.1.1:0,1,0,0,0,0,0" in hash_of(tab))
    assert "held=0.1.2:1,0,0,0,0,0,0" in hash_of(tab)
    tab.get_by_label("Hide pie from the decoder").click()
    until(lambda: "forbidden=5" in hash_of(tab))
    until(lambda: alphas(tab)[5] == 0)


def test_a_transformer_that_copies(show: Any, until: Until) -> None:
    tab = show("steps", model="layers-copy", source="he hit me with a zeppelin")
    tab.locator(".weights").wait_for()
    assert "copied from where it looks" in tab.locator(".flow").inner_text()
    for view in ("Translate", "Beam", "Compare"):
        tab.get_by_role("link", name=view).click()
        until(lambda: tab.locator(".stage .panel").count() > 0)
        assert tab.locator(".fault").count() == 0


def test_a_weight_is_not_lost_when_an_answer_comes(show: Any, until: Until) -> None:
    """An older answer arrives between the change of a weight and the question that follows from it."""
    tab = show("steps")
    tab.locator(".weights").wait_for()
    draw(tab, "pie")
    tab.evaluate("dispatchEvent(new Event('themechange'))")  # draws the step, as an answer does
    until(lambda: "held=0:0,0,0,0,0,1,0" in hash_of(tab))


ODD = [
    {"view": "constructor", "sort": "constructor", "__proto__": "1", "toString": "2"},
    {
        "view": "steps",
        "model": "layers",
        "stepLayer": "99",
        "stepHead": "77",
        "backHead": "-1",
        "step": "1e9",
    },
    {"view": "corpus", "sort": "constructor", "only": "check:nothing", "choice": "-5"},
    {"view": "steps", "held": "abc:1,2;0:x;:;-1:1", "forbidden": "x,-1", "model": "gone@5", "layer": "0.5"},
]


@pytest.mark.parametrize("state", ODD, ids=lambda state: state["view"])
def test_a_link_with_nonsense_shows_a_page(show: Any, state: dict[str, str]) -> None:
    tab = show(**state)
    tab.locator(".stage .panel").first.wait_for()
    tab.locator(".weights, .cells, .corpus-bar").first.wait_for()
    assert tab.locator(".fault").count() == 0
