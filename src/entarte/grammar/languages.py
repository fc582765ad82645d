"""The target languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entarte.errors import InputError, did_you_mean
from entarte.grammar import french, german, spanish
from entarte.grammar.tree import Sentence
from entarte.grammar.word import Word


@dataclass(frozen=True, slots=True)
class Language:
    """A name to show and the function that writes a tree."""

    name: str
    write: Callable[[Sentence], list[Word]]


LANGUAGES: dict[str, Language] = {
    "fr": Language("French", french.write),
    "de": Language("German", german.write),
    "es": Language("Spanish", spanish.write),
}


def language(code: str) -> Language:
    """The language with this code.

    Errors: InputError for any other code; a language's name earns a hint.

    >>> language("de").name
    'German'
    """
    if code in LANGUAGES:
        return LANGUAGES[code]
    names = {each.name.lower(): key for key, each in LANGUAGES.items()}
    near = names.get(code.lower(), "")
    advice = f"Did you mean '{near}'?" if near else did_you_mean(code, LANGUAGES)
    raise InputError(f"the grammar does not write '{code}'", setting="--to", advice=advice)
