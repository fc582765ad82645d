"""A report in a real browser: sorted, filtered, searched, opened; text stays text. Run with -m browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from entarte.card import Report, cards
from entarte.generate import Translator

pytestmark = pytest.mark.browser


@pytest.fixture
def report(translator: Translator, nasty: SimpleNamespace) -> Report:
    sources = ["he hit me with a pie .", nasty.source, "she sees two dogs", "רחל קראה ספר"]
    targets = ["il il m'a entarté .", nasty.target, "elle voit deux chiens", "elle voit"]
    forced = translator.force(sources, targets)
    return Report("four <lines>", tuple(cards(translator, forced, references=targets)))


@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (360, "dark")])
def test_a_report_is_sorted_filtered_and_opened(
    new_tab: Callable[..., Any],
    report: Report,
    nasty: SimpleNamespace,
    tmp_path: Path,
    width: int,
    scheme: str,
) -> None:
    page = tmp_path / "report.html"
    report.save(page)
    tab = new_tab("file:", width=width, height=800, scheme=scheme)
    tab.goto(page.as_uri())
    assert tab.title() == "four <lines>"

    def shown() -> list[int]:
        return [int(text) for text in tab.locator(".card .number").all_inner_texts()]

    assert shown() == [card.line for card in report.ranked()]
    tab.get_by_label("Sort").select_option("line")
    assert shown() == [1, 2, 3, 4]
    tab.get_by_role("button", name="repetition").click()
    failing = [c.line for c in report.cards if any(v.check == "repetition" for v in c.failed)]
    assert shown() == failing
    assert 1 in failing
    tab.get_by_role("button", name=re.compile("^all")).click()
    tab.get_by_label("Find").fill("ONERROR")
    assert shown() == [2]
    tab.locator(".card > summary").focus()
    tab.keyboard.press("Enter")
    tab.locator(".entarte-view svg").first.wait_for()
    assert nasty.target.split(" ")[0] in tab.locator(".body").inner_text()
    assert tab.locator(".body img, .body b").count() == 0
    assert tab.locator(".checks li").count() == 7
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.get_by_label("Find").fill("nothing like it")
    assert "No output fits." in tab.locator(".cards").inner_text()
    tab.get_by_label("Find").fill("רחל")
    assert tab.locator(".line.source").first.get_attribute("dir") == "rtl"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_a_report_and_a_card(
    new_tab: Callable[..., Any],
    report: Report,
    accessible: Callable[[Any], None],
    tmp_path: Path,
    scheme: str,
) -> None:
    for made in (report, report.cards[0]):
        made.save(tmp_path / "page.html")
        tab = new_tab("file:", scheme=scheme)
        tab.goto((tmp_path / "page.html").as_uri())
        tab.locator(".card > summary, .entarte-view svg").first.wait_for()
        if made is report:
            tab.locator(".card > summary").first.click()
        tab.locator(".entarte-view svg").first.wait_for()
        accessible(tab)
