"""The constructor's signature is the schema."""

from __future__ import annotations

from collections.abc import Callable

from entarte.settings.member import meaning, schema
from entarte.settings.say import describe

Toys = dict[str, Callable[..., object]]


def test_keyword_only_parameters_are_the_fields(toys: Toys) -> None:
    assert list(schema(toys["square"]).model_fields) == [
        "width",
        "colour",
        "weight",
        "dropout",
        "hollow",
        "label",
        "limit",
    ]
    assert list(schema(toys["round"]).model_fields) == []
    assert list(schema(toys["greedy"]).model_fields) == ["depth"]


def test_the_docstring_says_what_they_mean(toys: Toys) -> None:
    assert meaning(toys["square"], "width") == "of a side, in steps"
    assert meaning(toys["needy"], "colour") == "what it looks like"
    assert meaning(toys["needy"], "must") == ""
    assert schema(toys["square"]).model_fields["colour"].description == "what it looks like"


def test_types_are_said_in_words(toys: Toys) -> None:
    said = {name: describe(field.annotation) for name, field in schema(toys["square"]).model_fields.items()}
    assert said["colour"] == "'red' or 'green'"
    assert said["limit"] == "a whole number"
    assert said["hollow"] == "true or false"
