"""The family as a whole: its settings explain themselves."""

from __future__ import annotations

import inspect

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
