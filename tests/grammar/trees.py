"""Short ways to build trees by hand: every node takes a number that no other has."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from entarte.grammar.adjectives import ADJECTIVES
from entarte.grammar.nouns import NOUNS
from entarte.grammar.phrases import CITIES, MANNERS, NAMES, OFTEN, PREPOSITIONS, TIMES
from entarte.grammar.tree import (
    Ask,
    Clause,
    Common,
    Compared,
    Fixed,
    Gap,
    Hour,
    Job,
    Joined,
    Name,
    Place,
    Pronoun,
    Quality,
    Relative,
    Sentence,
    Several,
    That,
    Then,
    Under,
)
from entarte.grammar.verbs import VERBS

_numbers = count()


def at() -> int:
    return next(_numbers)


def who(person: str, of: Common | None = None) -> Pronoun:
    return Pronoun(at(), person, of)


def name(text: str) -> Name:
    return Name(at(), NAMES[text])


def adjective(text: str) -> Quality:
    return Quality(at(), ADJECTIVES[text])


def noun(text: str, det: str = "the", *qualities: str, **more: Any) -> Common:
    return Common(at(), NOUNS[text], det, qualities=tuple(adjective(each) for each in qualities), **more)


def nouns(text: str, det: str = "the", *qualities: str, **more: Any) -> Common:
    return noun(text, det, *qualities, plural=True, **more)


def owned(owner: Common | Name, text: str, *qualities: str) -> Common:
    return noun(text, "owner", *qualities, owner=owner)


def several(*members: Common | Name) -> Several:
    return Several(at(), members)


def do(subject: Any, verb: str, object_: Any = None, *, frame: str = "", **more: Any) -> Clause:
    """A clause. Without ``frame``: *object* where there is one, else *alone*."""
    chosen = VERBS[frame or ("object" if object_ is not None else "alone"), verb]
    for key, family in (("often", OFTEN), ("manner", MANNERS), ("time", TIMES)):
        if isinstance(more.get(key), str):
            more[key] = Fixed(at(), family[more[key]])
    return Clause(at(), chosen, subject, object_, **more)


def be(subject: Any, predicate: Any, **more: Any) -> Clause:
    """``predicate``: a job, a comparison or the name of an adjective."""
    predicate = adjective(predicate) if isinstance(predicate, str) else predicate
    return do(subject, "be", frame="be", predicate=predicate, **more)


def like(subject: Any, object_: Any, **more: Any) -> Clause:
    return do(subject, "like", object_, frame="like", **more)


def job(text: str) -> Job:
    return Job(at(), NOUNS[text])


def than(text: str, other: Common | Name) -> Compared:
    return Compared(at(), ADJECTIVES[text], other)


def place(preposition: str, where: Common | str) -> Place:
    return Place(at(), PREPOSITIONS[preposition], CITIES[where] if isinstance(where, str) else where)


def oclock(hour: int) -> Hour:
    return Hour(at(), hour)


def which(head: Common, verb: str, doer: Any = None, object_: Any = None, **more: Any) -> Common:
    """A noun with a relative clause: about its subject, or with ``doer`` about its object."""
    clause = do(Gap(head), verb, object_, **more) if doer is None else do(doer, verb, Gap(head), **more)
    return replace(head, relative=Relative(at(), clause))


def that(subject: Any, verb: str, clause: Clause) -> Clause:
    return do(subject, verb, That(at(), clause), frame="that")


def join(left: Sentence, word: str, right: Sentence) -> Joined:
    return Joined(at(), word, left, right)


def under(word: str, main: Sentence, clause: Clause, front: bool = False) -> Under:
    return Under(at(), word, main, clause, front)


def ask(clause: Clause, word: str = "") -> Ask:
    return Ask(at(), word, clause)


def then(first: Clause, word: str, verb: str, **more: Any) -> Clause:
    """A second verb of the same subject, about the same object: *and eats it*."""
    assert isinstance(first.object, Common)
    assert not isinstance(first.subject, Gap)
    again = do(Gap(first.subject), verb, who("it", first.object), tense=first.tense, **more)
    return replace(first, then=Then(at(), word, again))
