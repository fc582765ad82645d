"""The docs are true: every example runs, every command is one, every table is the code's, no link is dead."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import time
from pathlib import Path

import pytest
import typer

from entarte.attention import ATTENTIONS
from entarte.check import CHECKS
from entarte.check.choose import create
from entarte.cli.main import app
from entarte.decoder.stack import CELLS
from entarte.decoder.start import STARTS
from entarte.readout import READOUTS
from entarte.settings import FAMILIES, SECTIONS, Settings, load, schema
from entarte.settings.place import Places
from entarte.window import WINDOWS

from .tables import PAGES, PLACE, ROOT, renewed

TOUR = ROOT / "docs" / "tour.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
IDEAS = sorted((ROOT / "docs" / "tour").glob("*.md"))
"""Pages that docs/build.py runs; test_tour.py tests that they are what it makes of them."""
with_ideas = pytest.mark.parametrize("page", [*PAGES, *IDEAS], ids=lambda page: page.stem)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page that are in this language."""
    return [code for name, code in FENCE.findall(page.read_text(encoding="utf-8")) if name == language]


@pytest.mark.parametrize("page", [page for page in PAGES if page != TOUR], ids=lambda page: page.stem)
def test_every_example_runs(page: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    check(page, trained, tmp_path, monkeypatch)


@pytest.mark.timeout(1800)
def test_the_tour_takes_less_than_a_minute(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of processor time, so that a busy machine does not make it fail."""
    begun = time.process_time()
    check(TOUR, trained, tmp_path, monkeypatch)
    assert time.process_time() - begun < 60


def check(page: Path, trained: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the examples of a page in a copy of the folder that it speaks of."""
    shutil.copytree(trained, folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted >= len(blocks(page, "python"))


@every_page
def test_all_python_is_run(page: Path):
    """A block without a prompt would not be, nor one that is skipped."""
    for code in blocks(page, "python"):
        assert code.startswith(">>> ")
        assert code.endswith("\n\n")
        assert "+SKIP" not in code


STARTERS = {"torchrun", "parallel", "sbatch", "cat"}
"""What starts the command elsewhere, or joins its outputs."""


@with_ideas
def test_every_command_line_can_be_given(page: Path):
    """Its command, options and settings exist; it is not run."""
    commands = typer.main.get_command(app)
    for line in "".join(blocks(page, "sh")).split("\n"):
        if not line:
            continue
        words = shlex.split(line)
        if words[0] in STARTERS:
            continue
        assert words.pop(0) == "entarte"
        command = commands
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        given = command.make_context(command.name, words).params
        if command.name == "train" and not given["resume"]:
            load(given["settings"] if "/" not in given["settings"] else "quick", given["overrides"] or ())
        elif given.get("overrides"):
            words = given["overrides"]
            checks = [word for word in words if word.split(".")[0] in CHECKS]
            create({}, Places(), checks)
            load("quick", [word for word in words if word not in checks])


@every_page
def test_the_tables_of_settings_are_the_code(page: Path):
    text = page.read_text(encoding="utf-8")
    assert text.count("<!-- settings:") == len(PLACE.findall(text))
    assert text == renewed(text), "write them anew: python tests/docs/tables.py"


def test_every_setting_stands_on_the_page_of_settings():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert {name for _, name, _ in PLACE.findall(text)} == {*SECTIONS, *FAMILIES, "search"}
    assert re.findall(r"^## \[(\w+)\]$", text, re.MULTILINE) == [
        name for name in Settings.__dataclass_fields__ if name != "search"
    ]


def test_every_setting_has_a_meaning():
    dumb = [
        f"{family}.{kind}.{name}"
        for family in FAMILIES
        for kind, member in FAMILIES[family].load().items()
        for name, field in schema(member).model_fields.items()
        if not field.description
    ]
    assert dumb == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("attention", ATTENTIONS),
        ("window", WINDOWS),
        ("readout", READOUTS),
        ("encoder", CELLS),
        ("decoder", STARTS),
        ("checks", CHECKS),
    ],
)
def test_the_table_of_members_is_the_family(page: str, names: dict[str, object]):
    """Some table of the page has a row for each, in order, and no other."""
    text = PLACE.sub("", (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    tables = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert list(names) in [re.findall(r"^\| `([^`]+)` \|", rows, re.MULTILINE) for rows in tables]


@with_ideas
def test_no_link_is_dead(page: Path):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if link.startswith(("https://", "http://")):
            continue
        path, _, place = link.partition("#")
        whither = (page.parent / path) if path else page
        assert whither.exists(), link
        assert not place or place in anchors(whither), link


def test_the_index_leads_to_every_page():
    text = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    docs = ROOT / "docs"
    pages = {str(page.relative_to(docs)) for page in docs.rglob("*.md") if "decisions" not in page.parts}
    assert pages - {"README.md"} <= set(LINK.findall(text))


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
