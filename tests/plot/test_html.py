"""The stand-alone page and the notebook's frame, as text; what a browser makes of them is in test_view.py."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from types import SimpleNamespace

import pytest

from entarte.plot.html import MODULES, asset, frame, page, script


def embedded(document: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="alignments">(.*?)</script>', document, re.S)
    assert found
    return json.loads(found[1])


def test_the_page_carries_the_alignments(samples: SimpleNamespace) -> None:
    data = embedded(page([samples.flagship(), samples.arabic], level="pieces"))
    assert data["alignments"] == [samples.flagship().to_dict(4), samples.arabic.to_dict(4)]
    assert (data["options"], data["bare"]) == ({"level": "pieces"}, False)


def test_text_of_the_user_is_nowhere_but_in_the_data(samples: SimpleNamespace) -> None:
    document = page(samples.nasty)
    assert document.count("<script") == document.count("</script>") == 2
    assert "<b>" not in document
    assert "<img" not in document
    assert embedded(document)["alignments"][0]["source"]["text"] == samples.nasty.source  # type: ignore[index]


def test_the_policy_admits_this_script_and_style_and_no_network(samples: SimpleNamespace) -> None:
    document = page(samples.flagship())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', document)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    for kind, pattern in (
        ("script", r'<script type="module">(.*?)</script>'),
        ("style", r"<style>(.*?)</style>"),
    ):
        body = re.search(pattern, document, re.S)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", document)


def test_the_modules_are_joined_in_an_order_in_which_all_names_are_known() -> None:
    seen: list[str] = []
    for name in MODULES:
        needs = re.findall(r'^import .* from "\./([^"]+)"', asset(name), re.M)
        assert set(needs) <= set(seen)
        seen.append(name)
    assert not re.search(r"^(import|export) ", script(), re.M)
    names = re.findall(r"^(?:async )?(?:function|class|const) (\w+)", script(), re.M)
    assert len(names) == len(set(names)), "two modules use one name"


def test_the_frame_is_closed_in_itself(samples: SimpleNamespace) -> None:
    found = re.fullmatch(r'<iframe ([^>]*) srcdoc="([^"]*)"></iframe>', frame(samples.nasty))
    assert found
    assert 'sandbox="allow-scripts"' in found[1]
    inside = html.unescape(found[2])
    assert inside.startswith("<!doctype html>")
    assert embedded(inside)["bare"] is True


def test_notebooks_show_the_frame(samples: SimpleNamespace) -> None:
    assert samples.flagship()._repr_html_() == frame(samples.flagship())


@pytest.mark.parametrize("name", [*MODULES, "view.css", "page.css"])
def test_the_views_files_never_write_markup(name: str) -> None:
    """User text becomes text nodes only: no innerHTML and its kin, no evaluation, no inline styles."""
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|@import|url\(|fetch\("
    )
    assert not re.search(forbidden, asset(name))
