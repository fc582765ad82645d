"""What an output must begin with, hold and not hold, as a person writes it, made into token ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from entarte.errors import InputError, did_you_mean
from entarte.learn import LETTERS
from entarte.search.ban import Ban, Texts, joins, stands
from entarte.search.wish import Phrase, Wish
from entarte.text import SPACE, Tokenizer
from entarte.vocabulary import CONTROL, EOS, UNK, Beyond

KEYS = ("prefix", "require", "forbid")


@dataclass(frozen=True)
class Constraint:
    """Constraints on the output of one line.

    prefix   the output begins so; a space at its end closes its last word
    require  words or phrases that stand in it, as whole words
    forbid   words or phrases that do not stand in it as whole words, however they are cut into pieces
    """

    prefix: str = ""
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()

    def __or__(self, other: Constraint) -> Constraint:
        """Both; the other's prefix where it has one."""
        require, forbid = self.require + other.require, self.forbid + other.forbid
        return Constraint(other.prefix or self.prefix, require, forbid)

    @classmethod
    def of(cls, plain: Any) -> Constraint:
        """From JSON: {"prefix": text, "require": [text, …], "forbid": [text, …]}; each may be absent.

        Raises InputError for anything else.
        """
        if not isinstance(plain, Mapping):
            raise InputError("constraints are no JSON object", advice='For example: {"require": ["pie"]}')
        for key in plain:
            if key not in KEYS:
                raise InputError(f"there is no constraint '{key}'", advice=did_you_mean(str(key), KEYS))
        prefix = plain.get("prefix", "")
        if not isinstance(prefix, str):
            raise InputError("the prefix is no text", setting="prefix")
        return cls(prefix, phrases("require", plain), phrases("forbid", plain))


NONE = Constraint()


def phrases(key: str, plain: Mapping[str, Any]) -> tuple[str, ...]:
    """A list of phrases."""
    given = plain.get(key, [])
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise InputError("is no list of phrases", setting=key, advice='For example: ["a pie", "hit"]')
    return tuple(given)


def read(path: str | Path) -> Iterator[Constraint]:
    """A file of constraints: one JSON object a line, an empty line for none."""
    from entarte.reader import read_lines

    for number, line in enumerate(read_lines(str(path)), start=1):
        try:
            yield Constraint.of(json.loads(line)) if line.strip() else NONE
        except json.JSONDecodeError as error:
            raise InputError(f"this is not JSON: {error}", file=path, line=number) from None
        except InputError as error:
            what = f"{error.setting}: {error.message}" if error.setting else error.message
            raise InputError(what, file=path, line=number, advice=error.advice) from None


def each_line(
    prefix: str | Sequence[str],
    require: Sequence[str] | Sequence[Sequence[str]],
    forbid: Sequence[str] | Sequence[Sequence[str]],
    lines: int,
) -> list[Constraint]:
    """Constraints that are the same for all lines, or given for each; one for each of so many lines.

    Raises InputError where there are more or fewer than lines.
    """
    columns: list[Sequence[Any]] = []
    for name, given in (("prefix", prefix), ("require", require), ("forbid", forbid)):
        same = isinstance(given, str) or (name != "prefix" and all(isinstance(each, str) for each in given))
        if isinstance(given, str) and name != "prefix":
            raise InputError("is a text, and a list is needed", setting=name, advice=f"Give [{given!r}].")
        if not same and len(given) != lines:
            raise InputError(f"there are {len(given)} for {lines} lines", setting=name)
        columns.append([given] * lines if same else given)
    return [Constraint(one, tuple(two), tuple(three)) for one, two, three in zip(*columns, strict=True)]


class Lexicon:
    """A target vocabulary as texts, and the pieces of one source that it lacks and that can be copied."""

    def __init__(self, tokenizer: Tokenizer, beyond: tuple[str, ...] = ()) -> None:
        self.tokenizer = tokenizer
        self.pieces = tokenizer.vocabulary.pieces + beyond
        self.beyond = Beyond(tokenizer.vocabulary, beyond)
        self.bans: dict[tuple[str, bool], Ban] = {}

    @cached_property
    def texts(self) -> Texts:
        """What each piece writes."""
        written = [piece.replace(SPACE, " ") for piece in self.pieces]
        return Texts(["", "\ufffd", "", "", *written[len(CONTROL) :]])

    @cached_property
    def unspaced(self) -> frozenset[int]:
        """Tokens of text that have no space before them."""
        return frozenset(n for n, piece in enumerate(self.pieces) if n != EOS and not piece.startswith(SPACE))

    @property
    def separator(self) -> Phrase:
        """What begins a word, where that is a piece of its own (characters)."""
        known = self.tokenizer.kind in LETTERS and SPACE in self.tokenizer.vocabulary
        return (self.tokenizer.vocabulary.id(SPACE),) if known else ()

    def ids(self, text: str, name: str) -> Phrase:
        """Token ids; InputError where a piece is not known, or there is none."""
        pieces = self.tokenizer.pieces(text)
        if not pieces:
            raise InputError(f"a {name} is empty", advice="Give at least one word.")
        ids = self.beyond.ids(piece.text for piece in pieces)
        for piece, number in zip(pieces, ids, strict=True):
            if number == UNK:
                raise InputError(
                    f"the {name} '{text}' has '{text[piece.start : piece.end]}', which is not in the "
                    "vocabulary of the model",
                    advice="It can never say that; use other words.",
                )
        return tuple(ids)

    def text(self, ids: Phrase) -> str:
        """What ids write."""
        return self.tokenizer.text(ids, self.beyond.pieces)

    def phrase(self, text: str) -> Phrase:
        """A required phrase as it is cut where a word begins, or anywhere in scripts without spaces."""
        ids = self.ids(text, "required phrase")
        first = self.text(ids)[:1]
        if self.tokenizer.kind in LETTERS:
            return self.separator + ids if joins(first) else ids
        vocabulary = self.tokenizer.vocabulary
        start = self.pieces[ids[0]]
        if joins(first) or not start.startswith(SPACE):
            return ids
        if start == SPACE:
            return ids[1:]
        bare = vocabulary.id(start[1:])
        return (bare, *ids[1:]) if bare != UNK else ids

    def wish(self, constraint: Constraint, number: int, *, patient: bool) -> Wish:
        """Constraints in token ids.

        patient  the search can go back: see `search.ban.Ban`

        Raises InputError for what the vocabulary cannot say, and for constraints that contradict each other.
        """
        if constraint == NONE:
            return Wish(number=number)
        prefix = self.ids(constraint.prefix, "prefix") if constraint.prefix.strip() else ()
        begun = self.text(prefix)
        required = tuple(self.phrase(each) for each in constraint.require)
        needed = [self.text(each).strip() for each in required]
        bans = []
        for each in constraint.forbid:
            said = self.text(self.ids(each, "forbidden phrase"))
            for name, other in (("prefix", begun), *(("required phrase", text) for text in needed)):
                if stands(said, other):
                    raise InputError(f"the {name} '{other}' contains the forbidden phrase '{said}'")
            key = (said, patient)
            if key not in self.bans:
                self.bans[key] = Ban(said, self.texts, patient=patient)
            bans.append(self.bans[key])
        closed = frozenset[int]()
        if prefix and constraint.prefix[-1:].isspace():
            closed = self.unspaced
        return Wish(
            prefix=prefix,
            required=required,
            number=number,
            bans=tuple(bans),
            inner=self.texts.inner if required else frozenset(),
            before=self.separator if required else (),
            closed=closed,
        )


@lru_cache(maxsize=8)
def lexicon(tokenizer: Tokenizer, beyond: tuple[str, ...] = ()) -> Lexicon:
    """The lexicon of a tokenizer and of what a source adds to it, made once."""
    return Lexicon(tokenizer, beyond)


def placed(error: InputError, number: int) -> InputError:
    """The same error, with the number of the line that it is about."""
    message = f"line {number}: {error.message}"
    return InputError(message, file=error.file, setting=error.setting, advice=error.advice)
