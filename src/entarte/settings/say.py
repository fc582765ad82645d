"""Types and values in words, and pydantic's findings as messages that point at the user's own line."""

from __future__ import annotations

import tomllib
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from entarte.errors import did_you_mean
from entarte.settings.place import Given, Places

WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def bare(annotation: Any) -> tuple[Any, bool]:
    """An annotation without Annotated and without `| None`, and whether None was allowed."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        if len(rest) == 1:
            return bare(rest[0])[0], True
    return annotation, False


def describe(annotation: Any) -> str:
    """What a setting of this type takes.

    >>> describe(int), describe(float | None), describe(list[str])
    ('a whole number', 'a number', 'a list of texts')
    >>> describe(Literal["lstm", "gru"])
    "'lstm' or 'gru'"
    """
    kind, _ = bare(annotation)
    if get_origin(kind) is Literal:
        names = [show(value) for value in get_args(kind)]
        return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    if get_origin(kind) is list:
        return "a list of " + describe(get_args(kind)[0]).removeprefix("a ") + "s"
    return WORDS[kind]


def show(value: Any) -> str:
    """A value as a person would write it.

    >>> show("fast"), show(True), show([1, "a"])
    ("'fast'", 'true', "[1, 'a']")
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    return repr(value)


def read(text: str, annotation: Any) -> Any:
    """A value from the command line, by the type of its field; text that does not fit stays text.

    >>> read("1e-3", float), read("8", int), read("true", bool), read("a.en,a.fr", list[str])
    (0.001, 8, True, ['a.en', 'a.fr'])
    >>> read("fast", float)
    'fast'
    """
    kind, optional = bare(annotation)
    if optional and text in ("", "none"):
        return None
    if get_origin(kind) is list:
        if text.startswith("["):
            return _literal(text)
        return [read(part.strip(), get_args(kind)[0]) for part in text.split(",")] if text else []
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            return text
    return _literal(text) if text[:1] in ("'", '"') else text


def _literal(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def check(
    model: type[BaseModel],
    section: str,
    table: Mapping[str, Any],
    places: Places,
    owner: str,
    beside: Iterable[str] = (),
) -> Any:
    """The table as an instance of `model`, or an InputError about the first thing wrong with it.

    section  its name in the file
    owner    who has these settings, for messages: "[train]", "attention 'dot'"
    beside   other names that may stand in the section, to suggest for a mistyped one
    """
    fields = model.model_fields
    values = {}
    for key, value in table.items():
        if key not in fields:
            known = did_you_mean(key, [*fields, *beside])
            raise places.error(f"{section}.{key}", f"{owner} has no setting '{key}'", known)
        if isinstance(value, Given):
            value = read(value.text, fields[key].annotation)
        values[key] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    name = f"{section}.{key}" if key else section
    message, advice = explain(first, fields[key].annotation if key else None)
    raise places.error(name, message, advice)


def explain(error: Any, annotation: Any) -> tuple[str, str | None]:
    """The message and the advice for one of pydantic's findings."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return f"is needed: {describe(annotation)}", None
    if kind == "finite_number":
        return f"must be a finite number, not {value}", None
    for name, words in (("gt", "greater than"), ("ge", "at least"), ("lt", "less than"), ("le", "at most")):
        if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal") and name in context:
            return f"must be {words} {context[name]:g}, not {value}", None
    if kind == "too_long":
        return f"takes at most {context['max_length']}, not {context['actual_length']}", None
    if kind == "too_short":
        return f"takes at least {context['min_length']}, not {context['actual_length']}", None
    if kind == "value_error":
        return str(context["error"]), None
    if len(error["loc"]) > 1:  # inside a list
        annotation = get_args(bare(annotation)[0])[0]
    choices = get_args(bare(annotation)[0]) if kind == "literal_error" else ()
    advice = did_you_mean(value, choices) if choices and isinstance(value, str) else None
    if advice is not None:
        return f"{show(value)} is not known here", advice
    return f"expected {describe(annotation)}, not {show(value)}", None
