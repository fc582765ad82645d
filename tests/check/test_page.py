"""The page of cards as text; what a browser makes of it is in test_page_browser.py."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from types import SimpleNamespace

import pytest

from entarte.card import Report, cards
from entarte.card.page import OWN, own, script
from entarte.generate import Translator
from entarte.plot.html import MODULES


def embedded(document: str) -> dict[str, dict[str, object]]:
    found = re.search(r'<script type="application/json" id="cards">(.*?)</script>', document, re.S)
    assert found
    plain = json.loads(found[1])
    assert isinstance(plain, dict)
    return plain


def test_the_page_carries_the_report(translator: Translator) -> None:
    outputs = translator.translate(["he hit me", "a cat"])
    report = Report("two lines", tuple(cards(translator, outputs)))
    found = embedded(report.to_html())["report"]
    ranked = [card.to_dict(identity=False) for card in report.ranked()]
    assert (found["title"], found["cards"]) == ("two lines", json.loads(json.dumps(ranked)))
    assert outputs[0].card().to_html().count("<script") == 2


def test_text_of_the_user_is_nowhere_but_in_the_data(translator: Translator, nasty: SimpleNamespace) -> None:
    [card] = cards(translator, translator.force([nasty.source], [nasty.target]), references=["<u>"])
    document = card.to_html()
    assert document.count("<script") == document.count("</script>") == 2
    for mark in ("<b>", "<img", "<u>"):
        assert mark not in document
    assert embedded(document)["report"]["title"] == nasty.target
    text = card.to_markdown()
    assert "<img" not in text
    assert "</script>" not in text
    assert "| *hit*" not in text


def test_the_policy_admits_this_script_and_style_and_no_network(translator: Translator) -> None:
    document = translator.translate(["he"])[0].card().to_html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', document)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    patterns = {"script": r'<script type="module">(.*?)</script>', "style": r"<style>(.*?)</style>"}
    for kind, pattern in patterns.items():
        body = re.search(pattern, document, re.S)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", document)


def test_the_modules_are_joined_in_an_order_in_which_all_names_are_known() -> None:
    seen = set(MODULES)
    for name in OWN:
        needs = re.findall(r'^import .* from "\./([^"]+)"', own(name), re.M)
        assert set(needs) <= seen
        seen.add(name)
    assert not re.search(r"^(import|export) ", script(), re.M)
    names = re.findall(r"^(?:async )?(?:function|class|const) (\w+)", script(), re.M)
    assert len(names) == len(set(names)), "two modules use one name"


@pytest.mark.parametrize("name", [*OWN, "card.css"])
def test_the_files_never_write_markup(name: str) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|@import|url\(|fetch\("
    )
    assert not re.search(forbidden, own(name))


def test_notebooks_show_a_closed_frame(translator: Translator) -> None:
    card = translator.translate(["he hit me"])[0].card(reference="il")
    found = re.fullmatch(r'<iframe ([^>]*) srcdoc="([^"]*)"></iframe>', card._repr_html_())
    assert found
    assert 'sandbox="allow-scripts"' in found[1]
    inside = html.unescape(found[2])
    assert '<main class="bare">' in inside
    assert embedded(inside)["report"]["cards"][0]["reference"]["text"] == "il"  # type: ignore[index]
