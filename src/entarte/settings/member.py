"""The members of a family: the constructor's signature is the schema.

Positional parameters are wiring, which the model supplies; keyword-only ones are settings that a
person may write, with their types, defaults and, in the docstring's table, their meaning.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from entarte.errors import did_you_mean
from entarte.settings.place import Given, Places
from entarte.settings.say import bare, check, show

Table = Mapping[str, Callable[..., Any]]
"""A family: name → class (or function)."""


@dataclass(frozen=True)
class Choice:
    """A member of a family, by name, with all its settings, those left at their defaults included."""

    kind: str
    options: dict[str, Any]


@functools.cache
def schema(member: Callable[..., Any]) -> type[BaseModel]:
    """A strict model with one field for each keyword-only parameter.

    No number may be negative, and one named `…dropout` must stay below 1: true of every member, so
    that a constructor need not say it.
    """
    function = member.__init__ if inspect.isclass(member) else member
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(member).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        annotation = parameter.annotation
        if isinstance(annotation, str):
            annotation = eval(annotation, function.__globals__)
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        limits: dict[str, Any] = {}
        if bare(annotation)[0] in (int, float):
            limits["ge"] = 0
        if name.endswith("dropout"):
            limits["lt"] = 1
        fields[name] = (annotation, Field(default, description=meaning(member, name), **limits))
    config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=()
    )
    return create_model(member.__name__, __config__=config, **fields)


def meaning(member: Callable[..., Any], name: str) -> str:
    """What the docstring's table says of a parameter: `name  words`, further lines indented deeper."""
    for owner in inspect.getmro(member) if inspect.isclass(member) else (member,):
        lines = inspect.cleandoc(owner.__doc__ or "").split("\n")
        for number, line in enumerate(lines):
            if entry := re.match(rf"{name}\s{{2,}}(\S.*)", line):
                words = [entry[1]]
                for more in lines[number + 1 :]:
                    if not more.startswith(" "):
                        break
                    words.append(more.strip())
                return " ".join(words)
    return ""


def choose(
    section: str,
    table: Table,
    default: str,
    given: Mapping[str, Any],
    places: Places,
    *,
    name: str = "",
    beside: Iterable[str] = (),
) -> Choice:
    """The choice that a section of the settings describes, validated.

    section  its name, which is the family's: "attention"
    default  the kind where none is named
    given    the section's entries: kind, and the settings of that kind
    name     what a member is called in messages, where that is not the section's name
    beside   settings of the section that are not the member's, to suggest for a mistyped one

    Raises InputError for an unknown kind, an unknown setting, a wrong type or a value out of range.
    """
    name = name or section
    kind = given.get("kind", default)
    if isinstance(kind, Given):
        kind = kind.text
    if not isinstance(kind, str) or kind not in table:
        advice = did_you_mean(str(kind), table)
        raise places.error(f"{section}.kind", f"there is no {name} {show(kind)}", advice)
    rest = {key: value for key, value in given.items() if key != "kind"}
    owner = f"{name} '{kind}'"
    options = check(schema(table[kind]), section, rest, places, owner, beside=["kind", *beside])
    return Choice(kind, options.model_dump())
