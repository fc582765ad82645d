"""What the output of one source must be like, in token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from entarte.errors import InputError
from entarte.search.ban import Ban
from entarte.vocabulary import CONTROL, UNK

Phrase = tuple[int, ...]


@dataclass(frozen=True)
class Wish:
    """Constraints on the target of one source."""

    prefix: Phrase = ()
    """The output begins with these tokens; no other rule is applied to them."""
    required: tuple[Phrase, ...] = ()
    """Each stands somewhere in the output; one that is given twice stands there twice, side by side or
    apart. Different phrases may overlap."""
    forbidden: tuple[Phrase, ...] = ()
    """None of them stands in the output."""
    number: int = 0
    """Which sentence this is: a sampling search draws differently for each number."""
    bans: tuple[Ban, ...] = ()
    """Phrases that must not stand in the text, however it is cut into tokens."""
    inner: frozenset[int] = field(default=frozenset(), repr=False)
    """Tokens that go on with a word: a required phrase that one of them follows was not said."""
    before: Phrase = ()
    """Tokens that required phrases take as said before the output: what begins a word, where that is a
    token of its own."""
    closed: frozenset[int] = field(default=frozenset(), repr=False)
    """Tokens that may not follow the prefix."""


NONE = Wish()


def wished(wishes: Sequence[Wish] | None, limits: Sequence[int]) -> list[Wish]:
    """One wish per source, checked as far as that goes without a vocabulary.

    Raises InputError where a wish cannot come true within the limit or contradicts itself.
    """
    if wishes is None:
        return [NONE] * len(limits)
    if len(wishes) != len(limits):
        raise ValueError(f"{len(wishes)} wishes for {len(limits)} sources")
    for wish, limit in zip(wishes, limits):
        if wish is not NONE:
            check(wish, limit)
    return list(wishes)


def check(wish: Wish, limit: int) -> None:
    """InputError where a wish cannot come true within the limit or contradicts itself."""
    for name, phrases in (("required", wish.required), ("forbidden", wish.forbidden)):
        if not all(phrases):
            raise InputError(f"a {name} phrase is empty", advice="Give at least one token.")
    room = limit - 1
    if len(wish.prefix) > room:
        raise InputError(
            f"the forced prefix has {len(wish.prefix)} tokens, but the output may have at most {room}",
            advice="Shorten it, or raise the limit on the length.",
        )
    if (least := shortest(wish.required)) > room:
        raise InputError(
            f"the required phrases take {least} tokens, but the output may have at most {room}",
            advice="Require less, or raise the limit on the length.",
        )
    for phrase in wish.forbidden:
        for name, other in (("forced prefix", wish.prefix), *(("required phrase", p) for p in wish.required)):
            if within(phrase, other):
                raise InputError(f"the {name} {_show(other)} contains the forbidden phrase {_show(phrase)}")


def check_ids(wish: Wish, vocabulary: int) -> None:
    """InputError where an id is not in a vocabulary of that size, or cannot be wished for."""
    named = [("forced prefix", wish.prefix)]
    named += [("required phrase", phrase) for phrase in wish.required]
    named += [("forbidden phrase", phrase) for phrase in wish.forbidden]
    for name, phrase in named:
        for token in phrase:
            if not 0 <= token < vocabulary:
                raise InputError(
                    f"the {name} {_show(phrase)} has the id {token}, which is not in the vocabulary",
                    advice=f"Its ids go from 0 to {vocabulary - 1}.",
                )
            if token == UNK and name == "required phrase":
                raise InputError(
                    f"the {name} {_show(phrase)} has a piece that the vocabulary does not know",
                    advice="Require other words, or leave it out.",
                )
            if token < len(CONTROL) and token != UNK:
                raise InputError(f"the {name} {_show(phrase)} has the control symbol {CONTROL[token]}")


def shortest(phrases: Sequence[Phrase]) -> int:
    """A number of tokens below which the phrases cannot all stand in one output.

    The sum of their lengths, or, where some could overlap, only the longest.

    >>> shortest([(4, 5), (6,)]), shortest([(4, 5), (5, 6)]), shortest([(4,), (4,)])
    (3, 2, 2)
    """
    different = list(dict.fromkeys(phrases))
    for one in different:
        for other in different:
            if one != other and _overlap(one, other):
                return max(len(phrase) for phrase in phrases)
    return sum(len(phrase) for phrase in phrases)


def _overlap(one: Phrase, other: Phrase) -> bool:
    ends = any(one[-n:] == other[:n] for n in range(1, min(len(one), len(other)) + 1))
    return ends or within(one, other)


def within(phrase: Phrase, tokens: Phrase) -> bool:
    """Whether a phrase stands in a sequence of tokens, without gaps."""
    n = len(phrase)
    return any(tokens[i : i + n] == phrase for i in range(len(tokens) - n + 1))


def _show(phrase: Phrase) -> str:
    return "(" + " ".join(map(str, phrase)) + ")"
