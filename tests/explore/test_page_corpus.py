"""The corpus browser, and links that show a view again, in a real browser. Run with -m browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .page import SOURCE, VIEWS, Until, asked, hash_of

pytestmark = pytest.mark.browser

Row = dict[str, Any]


@pytest.fixture(scope="session")
def rows(address: str) -> list[Row]:
    """All pairs as the server tells them."""
    found: list[Row] = []
    while not found or len(found) < 6:
        found += asked(address, "corpus", known=len(found))["rows"]
    return found


ORDERS: dict[str, Callable[[Row], Any]] = {
    "as in the file": lambda row: 0,
    "lowest score first": lambda row: row["score"],
    "lowest chrF first": lambda row: row["chrf"],
    "longest first": lambda row: -row["length"],
    "shortest first": lambda row: row["length"],
    "most suspicious first": lambda row: (-row["suspicion"], row["score"]),
}


def shows(tab: Any, rows: list[Row]) -> Callable[[], bool]:
    """Whether the list is made of these rows, in their order."""
    sources = [row["source"] for row in rows]
    return lambda: bool(tab.locator(".pair-source").all_inner_texts() == sources)


def told(tab: Any, menu: str) -> list[str]:
    return [str(one) for one in tab.get_by_label(menu).locator("option").all_inner_texts()]


def test_every_order(show: Any, rows: list[Row], until: Until) -> None:
    tab = show("corpus")
    until(lambda: tab.locator(".pair-row").count() == 6)
    checks = sorted(rows[0]["suspicions"])
    assert len(checks) > 4
    orders = ORDERS | {
        f"most like {name}": lambda row, name=name: -row["suspicions"][name] for name in checks
    }
    assert told(tab, "Order") == list(orders)
    for label, key in orders.items():
        tab.get_by_label("Order").select_option(label=label)
        ranked = sorted(rows, key=lambda row: (key(row), row["number"]))
        until(shows(tab, ranked))
    assert f"sort=check:{checks[-1]}" in hash_of(tab)


def test_every_filter(show: Any, rows: list[Row], until: Until) -> None:
    tab = show("corpus")
    until(lambda: tab.locator(".pair-row").count() == 6)
    fits: dict[str, Callable[[Row], bool]] = {
        "all pairs": lambda row: True,
        "output differs from reference": lambda row: not row["exact"],
        "output equals reference": lambda row: row["exact"],
        "any sign of failure": lambda row: bool(row["checks"]),
    }
    for name in sorted(rows[0]["suspicions"]):
        fits[f"sign: {name}"] = lambda row, name=name: name in [one["name"] for one in row["checks"]]
    assert told(tab, "Show") == list(fits)
    sizes = set()
    for label, fit in fits.items():
        tab.get_by_label("Show").select_option(label=label)
        wanted = [row for row in rows if fit(row)]
        sizes.add(len(wanted))
        until(shows(tab, wanted))
        assert f"{len(wanted)} of 6 pairs" in tab.locator(".stage .hint").inner_text()
    assert len(sizes) > 1
    tab.get_by_label("Show").select_option(label="all pairs")
    tab.get_by_label("Find words").fill("TARTE")  # in a reference, in whatever case
    until(lambda: 0 < tab.locator(".pair-row").count() < 6)


def test_a_checkpoint_has_the_corpus_of_its_model(show: Any, until: Until) -> None:
    tab = show("corpus", model="looks@5")
    until(lambda: tab.locator(".pair-row").count() == 6)
    assert tab.locator(".fault").count() == 0


LINKS: list[tuple[str, dict[str, str]]] = [
    ("translate", {"choice": "1", "level": "pieces", "mode": "links"}),
    ("translate", {"model": "heads", "head": "2", "beam": "2", "normalise": "none"}),
    ("translate", {"source": "he hit me with a dog", "was": SOURCE, "kind": "greedy"}),
    ("steps", {"step": "1", "held": "0:0,0,0,1,0,0,0", "forbidden": "5"}),
    ("steps", {"model": "layers", "step": "2", "stepLayer": "2", "stepHead": "1", "backHead": "1"}),
    ("steps", {"model": "layers", "oneHead": "true", "held": "0.1.2:0,0,0,1,0,0,0"}),
    ("beam", {"pruned": "true", "beam": "2", "prefix": "5"}),
    ("compare", {"other": "looks@5", "otherKind": "greedy", "level": "pieces"}),
    ("corpus", {"sort": "check:confidence", "only": "wrong", "filter": "me"}),
    ("corpus", {"only": "check:confidence", "sort": "shortest"}),
]


def seen(tab: Any) -> str:
    """What a person sees of the page, but for how long it took."""
    chosen = tab.locator("main select").evaluate_all("all => all.map(one => one.value)")
    return re.sub(r"\d+ ms", "", tab.locator("main").inner_text()) + str(chosen)


def named(one: Any) -> str:
    return "-".join(one) if isinstance(one, dict) else str(one)


@pytest.mark.parametrize(("view", "state"), LINKS, ids=named)
def test_a_link_reproduces_every_view(show: Any, until: Until, view: str, state: dict[str, str]) -> None:
    plain, tab = show(view), show(view, **state)
    tab.locator(".stage .panel").first.wait_for()
    names = tab.get_by_role("navigation").get_by_role("link")
    names.nth(2 if view != "beam" else 0).click()  # away and back: the page writes its address itself
    names.nth(VIEWS.index(view)).click()
    link = tab.url
    for name, value in state.items():
        assert f"{name}={value.replace(' ', '+')}" in hash_of(tab)
    again = show()
    again.goto("about:blank")
    again.goto(link)
    again.locator(".stage .panel").first.wait_for()
    until(lambda: settled(again) == settled(tab) != settled(plain))
    assert again.url == link


def settled(tab: Any) -> str:
    """What is seen once nothing changes any more."""
    before = ""
    while (now := seen(tab)) != before:
        before = now
        tab.wait_for_timeout(500)
    return now
