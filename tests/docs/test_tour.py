"""The pages of docs/tour say what their code computes. Those that train are built anew with -m slow."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from .tables import ROOT

SPEC = importlib.util.spec_from_file_location("build", ROOT / "docs" / "build.py")
assert SPEC is not None
assert SPEC.loader is not None
BUILD: ModuleType = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(BUILD)
LIGHT = [name for name in BUILD.ORDER if not BUILD.Page(name).trains]


def test_every_page_has_its_place() -> None:
    assert sorted(BUILD.ORDER) == sorted(page.stem for page in BUILD.PAGES.glob("*.md"))
    assert LIGHT, "a page without a training, so that the machinery is tested at each run"


@pytest.mark.parametrize("name", BUILD.ORDER)
def test_every_page_was_built(name: str) -> None:
    """It has its numbers and pictures, its code is Python, and its claims are expressions."""
    page = BUILD.Page(name)
    assert "-->?<!--/-->" not in page.text
    for part in BUILD.PART.finditer(page.text):
        if part["language"] == "python":
            code = compile(part["code"], name, "exec")
            assert "print" not in code.co_names or part["printed"], "its output is missing"
        for expression in filter(None, (part["value"], part["claim"])):
            compile(expression, name, "eval")
    assert page.text.count("<!--=") == page.text.count("<!--/-->")
    for picture in page.pictures:
        text = (BUILD.PAGES / picture).read_text(encoding="utf-8")
        assert text.startswith("<?xml")
        assert "<svg" in text


@pytest.mark.parametrize("name", BUILD.ORDER)
def test_what_a_page_needs_it_says(name: str) -> None:
    """A reader begins anywhere: each page makes its corpus and trains its own models."""
    page = BUILD.Page(name)
    made = {words[words.index("--out") + 1] for words in page.commands() if "--out" in words}
    loaded = set(re.findall(r'load\("([\w-]+)"\)', page.text))
    assert loaded <= made
    if "corpus/" in page.text:
        assert "corpus" in made


@pytest.mark.parametrize("name", LIGHT)
def test_a_page_without_models_is_what_it_computes(name: str, tmp_path: Path) -> None:
    assert BUILD.build([name], tmp_path, check=1e-9) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_all_pages_can_be_built_from_nothing(tmp_path: Path) -> None:
    """Models are trained anew. Their numbers may differ a little on another processor; every claim must hold
    all the same, and nothing but numbers, outputs and pictures may change."""
    pages = tmp_path / "tour"
    shutil.copytree(BUILD.PAGES, pages)
    BUILD.build(BUILD.ORDER, tmp_path / "work", pages=pages)
    for name in BUILD.ORDER:
        before, after = (BUILD.Page(name, folder).text for folder in (BUILD.PAGES, pages))
        assert written(before) == written(after)


def written(text: str) -> str:
    """A page without what was computed."""
    text = re.sub(r"<!-- printed -->.*?<!-- end -->", "", text, flags=re.DOTALL)
    return re.sub(r"(<!--= .*? -->).*?<!--/-->", r"\1", text, flags=re.DOTALL)


def test_a_false_claim_stops_the_build(tmp_path: Path) -> None:
    page = "```python\nx = 2\nprint(x)\n```\n\nx is <!--= x -->?<!--/-->.\n<!-- holds: x {} -->\n"
    (tmp_path / "true.md").write_text(page.format("== 2"), encoding="utf-8")
    (tmp_path / "false.md").write_text(page.format("> 2"), encoding="utf-8")
    BUILD.build(["true"], tmp_path, pages=tmp_path)
    text = (tmp_path / "true.md").read_text(encoding="utf-8")
    assert "x is <!--= x -->2<!--/-->." in text
    assert "<!-- printed -->\n```text\n2\n```\n<!-- end -->" in text
    assert BUILD.build(["true"], tmp_path, check=0.0, pages=tmp_path) == []
    (tmp_path / "true.md").write_text(text.replace("-->2<", "-->3<"), encoding="utf-8")
    assert len(BUILD.build(["true"], tmp_path, check=0.02, pages=tmp_path)) == 1
    with pytest.raises(BUILD.Untrue, match="x > 2"):
        BUILD.build(["false"], tmp_path, pages=tmp_path)


def test_numbers_may_differ_by_the_tolerance_and_words_may_not() -> None:
    assert BUILD.alike("| 0.50 | 12 |", "| 0.51 | 12 |", 0.02)
    assert not BUILD.alike("log p −1.0", "log p −1.2", 0.02)
    assert not BUILD.alike("a 1", "b 1", 0.5)
    assert BUILD.differences("a\nb 1", "a\nb 3", 0.1) == [("b 1", "b 3")]
    assert len(BUILD.differences("a\nb", "a", 0.1)) == 1
