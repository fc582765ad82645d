"""The family as a whole: its settings explain themselves, and its page in the docs runs."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import pytest

from entarte.search import SEARCHES, search
from entarte.settings.member import meaning, schema


@pytest.mark.parametrize("kind", SEARCHES)
def test_every_setting_has_a_default_and_a_meaning(kind):
    member = SEARCHES[kind]
    names = [
        name
        for name, parameter in inspect.signature(member).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    assert [name for name in names if not meaning(member, name)] == []
    settings = schema(member)().model_dump()  # all defaults, by the schema that users' files go through
    assert list(settings) == names
    assert isinstance(search(kind, **settings), member)


def test_the_page_runs():
    page = Path(__file__).parents[2] / "docs" / "search.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 30
    assert result.failed == 0
