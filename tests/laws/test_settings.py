"""Law 9: every setting is read; every shipped recipe parses."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from entarte.settings import CHECK, FAMILIES, SEARCH, SECTIONS, dump, load, loads, recipes

SOURCE = Path(__file__).parents[2] / "src" / "entarte"
TREES = [
    ast.parse(path.read_text("utf-8"))
    for path in SOURCE.rglob("*.py")
    if path.relative_to(SOURCE).parts[0] != "settings"
]
MEMBERS = [
    pytest.param(member, id=f"{name}-{kind}")
    for name, family in {**FAMILIES, "generate": SEARCH, "check": CHECK}.items()
    for kind, member in family.load().items()
]


def reads(trees: Iterable[ast.Module]) -> set[tuple[str, str]]:
    """(owner, name) of each `owner.name` in the code; of `a.owner.name` too."""
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                base = node.value
                owner = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
                found.add((owner, node.attr))
    return found


READS = reads(TREES)


@pytest.mark.parametrize(
    ("section", "name"),
    [(section, name) for section, model in SECTIONS.items() for name in model.model_fields],
)
def test_every_setting_is_read(section: str, name: str) -> None:
    """As `settings.train.rate`, `train.rate`, or `settings.rate` where only the section was handed on."""
    read = {(section, name), ("settings", name)} & READS
    assert bool(read), f"nothing reads {section}.{name}"


def unread(member: Callable[..., object]) -> set[str]:
    """The keyword-only parameters that the constructor's body never mentions."""
    function = member.__init__ if inspect.isclass(member) else member
    if not inspect.isfunction(function):
        return set()
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    used = {part.id for line in node.body for part in ast.walk(line) if isinstance(part, ast.Name)}
    return {argument.arg for argument in node.args.kwonlyargs} - used


@pytest.mark.parametrize("member", MEMBERS)
def test_every_setting_of_a_member_is_read(member: Callable[..., object]) -> None:
    assert unread(member) == set()


@pytest.mark.parametrize("member", MEMBERS)
def test_every_setting_of_a_member_says_what_it_means(member: Callable[..., object]) -> None:
    from entarte.settings import schema

    silent = [name for name, field in schema(member).model_fields.items() if not field.description]
    assert silent == []


def test_the_law_sees_a_setting_that_nothing_reads() -> None:
    class Deaf:
        def __init__(self, size: int, *, heard: int = 1, ignored: int = 2) -> None:
            self.size = size + heard

    assert unread(Deaf) == {"ignored"}
    assert ("train", "rate") in reads([ast.parse("x = settings.train.rate")])
    assert ("train", "rate") not in reads([ast.parse("train.rate = 1\nrate = 2\nother.rate")])


@pytest.mark.parametrize("recipe", [pytest.param(recipe, id=recipe.name) for recipe in recipes()])
def test_every_recipe_parses_and_says_what_it_is(recipe) -> None:  # type: ignore[no-untyped-def]
    settings = load(recipe.name)
    assert loads(dump(settings)) == settings
    assert recipe.about, "a recipe begins with a comment that says after which paper it is"
