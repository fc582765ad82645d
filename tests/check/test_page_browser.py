"""A report in a real browser: sorted, filtered, searched, opened; text stays text. Run with -m browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from entarte.card import Report, cards
from entarte.generate import Translator

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (set CHROMIUM to its path)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def report(translator: Translator, nasty: SimpleNamespace) -> Report:
    sources = ["he hit me with a pie .", nasty.source, "she sees two dogs", "רחל קראה ספר"]
    targets = ["il il m'a entarté .", nasty.target, "elle voit deux chiens", "elle voit"]
    forced = translator.force(sources, targets)
    return Report("four <lines>", tuple(cards(translator, forced, references=targets)))


@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (360, "dark")])
def test_a_report_is_sorted_filtered_and_opened(
    browser: Any, report: Report, nasty: SimpleNamespace, tmp_path: Path, width: int, scheme: str
) -> None:
    page, errors = tmp_path / "report.html", []
    report.save(page)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    tab.on("console", lambda message: errors.append(message.text))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: request.url.startswith("file:") or errors.append(request.url))
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
    context.close()
    assert errors == []
