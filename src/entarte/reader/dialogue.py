"""Dialogues: what was said before is the source, the next turn the target.

    <user> hello <bot> hi , what can i do for you <user> a table for two    →    where should it be

Each turn of the source begins with the word of its role: <bot> is who says the target, <user> anyone else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from entarte.errors import InputError
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.jsonl import KINDS
from entarte.reader.notes import Notes

USER, BOT, KNOWN = "<user>", "<bot>", "<known>"
"""The roles: who asks, who answers, and what a knowledge base brought."""


class Turn(NamedTuple):
    """What somebody said; speaker is None where nobody is named."""

    text: str
    speaker: str | None = None


def history(turns: Sequence[tuple[str, str]], kept: int = 0) -> str:
    """Turns as (role, text) → a source; of more than `kept` turns the last ones. 0: all.

    >>> history([(BOT, "hi"), (USER, "hello"), (BOT, "how are you ?")], kept=2)
    '<user> hello <bot> how are you ?'
    """
    return " ".join(f"{role} {text}".strip() for role, text in turns[-kept:])


def dialogue(
    paths: Sequence[str],
    source: str,
    target: str,
    notes: Notes,
    *,
    turns: int = 0,
    speaker: str = "",
) -> Iterator[Example]:
    """JSON lines, a dialogue each: a list of turns, or an object that holds it under a key. A turn is a text,
    or an object with ``text`` and ``speaker``. Every turn but the first is a target; of turns without
    speakers those before it alternate.

    source   the key of the turns; by default ``turns``
    target   the key of answers to those turns, a text or a list of equally good ones. Then they alone are
             targets; the last turn before them is not the model's
    turns    how many of the last turns are read; 0: all
    speaker  only this one's turns are targets; by default everyone's

    Raises InputError, with file and line, for what is no dialogue, one with a single turn, a turn without
    text or speaker, and a speaker who says nothing in the whole file.
    """
    path = _one(paths)
    met: dict[str | None, None] = {}
    for number, line in enumerate(read_lines(path, notes), start=1):
        place = _Place(path, number)
        record = place.parsed(line)
        if isinstance(record, list):
            if source or target:
                raise place.error(
                    f"a list, where an object with the key '{source or target}' is needed",
                    "Leave data.source and data.target empty for lists of turns.",
                )
            told, answers = record, None
        else:
            told = place.found(record, source or "turns")
            answers = place.found(record, target) if target else None
        said = [place.turn(each, n) for n, each in enumerate(told, start=1)] if isinstance(told, list) else []
        if not said:
            raise place.error("there are no turns; a list of them is needed")
        met |= dict.fromkeys(turn.speaker for turn in said)
        if answers is None:
            if len(said) < 2:
                raise place.error(
                    "a dialogue of one turn: nothing is answered",
                    "Leave it out, or give the answer as a turn.",
                )
            yield from _answered(said, turns, speaker, path, number)
            continue
        for answer in answers if isinstance(answers, list) else [answers]:
            if not isinstance(answer, str):
                raise place.error(f"an answer is {KINDS[type(answer)]}, where text is needed")
            shown = history([*_roles(said, len(said), None)], turns)
            yield Example(shown, place.line(answer), file=path, number=number, group=number)
    if speaker and speaker not in met:
        names = ", ".join(f"'{name}'" for name in met if name)
        raise InputError(
            f"nobody is called '{speaker}'",
            file=path,
            setting="data.speaker",
            advice=f"There are {names}." if names else "No turn names its speaker; leave it empty.",
        )


def babi(
    paths: Sequence[str], source: str, target: str, notes: Notes, *, turns: int = 0
) -> Iterator[Example]:
    """The Dialog bAbI tasks (Bordes, Boureau and Weston 2017): number, space, user, TAB, bot; the number
    returns to 1 at each dialogue. A line without TAB is what the knowledge base brought.

    turns  how many of the last turns are read, those of the knowledge base counted; 0: all

    Raises InputError, with file and line, for a line without a number or with more than one TAB.
    """
    path = _one(paths)
    for setting, name in (("data.source", source), ("data.target", target)):
        if name:
            raise InputError(f"'{name}' names a column, and bAbI has its own", setting=setting)
    held: list[tuple[str, str]] = []
    group = 0
    for number, line in enumerate(read_lines(path, notes), start=1):
        if not line.strip():
            continue
        place = _Place(path, number)
        count, _, rest = line.partition(" ")
        if not count.isdecimal():
            raise place.error(
                "the line does not begin with the number of a turn", "For example: 1 hi<TAB>hello"
            )
        if count == "1":
            held, group = [], group + 1
        user, tab, bot = rest.partition("\t")
        if "\t" in bot:
            raise place.error("more than one TAB in a line")
        if not tab:
            held.append((KNOWN, user))
            continue
        held.append((USER, user))
        yield Example(history(held, turns), bot, file=path, number=number, group=group)
        held.append((BOT, bot))


class _Place(NamedTuple):
    """A line of a file, for messages."""

    file: str
    number: int

    def error(self, message: str, advice: str | None = None) -> InputError:
        return InputError(message, file=self.file, line=self.number, advice=advice)

    def parsed(self, line: str) -> Any:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as fault:
            raise self.error(f"not JSON: {fault}") from None
        if not isinstance(record, list | dict):
            raise self.error(
                f"{KINDS[type(record)]}, where a dialogue is needed",
                'For example: ["hello", "hi, who are you?"]',
            )
        return record

    def found(self, record: dict[str, Any], key: str) -> Any:
        if key not in record:
            raise self.error(
                f"there is no key '{key}'", f"There are {', '.join(record)}." if record else "It is empty."
            )
        return record[key]

    def turn(self, given: Any, number: int) -> Turn:
        """One turn of a list."""
        if isinstance(given, str):
            return Turn(self.line(given))
        if not isinstance(given, dict):
            raise self.error(f"turn {number} is {KINDS[type(given)]}, where text is needed")
        for key in ("text", "speaker"):
            if not isinstance(given.get(key), str):
                raise self.error(
                    f"turn {number} has no {key}", 'For example: {"speaker": "anna", "text": "hello"}'
                )
        return Turn(self.line(given["text"]), given["speaker"])

    def line(self, text: str) -> str:
        """A text as one line."""
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self.error("a turn holds a NUL character or half of a surrogate pair")
        return " ".join(text.split())


def _answered(said: Sequence[Turn], turns: int, speaker: str, path: str, number: int) -> Iterator[Example]:
    """Each turn but the first with what came before it."""
    for at in range(1, len(said)):
        if not speaker or said[at].speaker == speaker:
            shown = history([*_roles(said, at, said[at].speaker)], turns)
            yield Example(shown, said[at].text, file=path, number=number, group=number)


def _roles(said: Sequence[Turn], upto: int, speaker: str | None) -> Iterator[tuple[str, str]]:
    """The turns before one, by role; where nobody is named, by turns."""
    for at, turn in enumerate(said[:upto]):
        own = turn.speaker == speaker if speaker is not None else (upto - at) % 2 == 0
        yield BOT if own else USER, turn.text


def _one(paths: Sequence[str]) -> str:
    if len(paths) != 1:
        raise InputError(f"dialogues are one file, not {len(paths)}", setting="data.format")
    return paths[0]
