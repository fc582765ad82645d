"""The abstract sentence that every language writes out: who does what to whom, when and where.

A tree holds meanings, not words: no tense form, no case, no order. Each node has a number ``at``, unique
in its sentence, which names its meanings (see `word.py`). Trees come from `grow.py`, or from a hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from entarte.grammar.adjectives import Adjective
from entarte.grammar.nouns import Noun
from entarte.grammar.phrases import City, Phrase, Preposition, Proper
from entarte.grammar.verbs import Verb

PERSONS = {"I": 0, "you": 1, "he": 2, "she": 2, "it": 2, "who": 2, "there": 2, "we": 3, "they": 4}
"""Person as an index: 0 I, 1 you (one person), 2 he or she, 3 we, 4 they."""


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """The place in a clause that its surroundings fill: a relative pronoun, or the subject shared by
    two verbs. ``of`` is what fills it."""

    of: Thing


@dataclass(frozen=True, slots=True, eq=False)
class Pronoun:
    """``who``: I, you, he, she, it, we, they; *who* asks, *there* is the subject of *there is*.

    ``of``: what *it* or *they* stands for, when the sentence names it (gender follows it).
    """

    at: int
    who: str
    of: Common | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    at: int
    proper: Proper


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """An adjective, before a noun or after *be*."""

    at: int
    adjective: Adjective


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """A noun with all that hangs on it.

    det      the a one bare this every all many my your his her our their, or owner (*Anna's book*)
    count    0, or a numeral from 2 to 99 after the determiner
    content  what a measure holds: *a glass of water*
    """

    at: int
    noun: Noun
    det: str = "the"
    plural: bool = False
    count: int = 0
    qualities: tuple[Quality, ...] = ()
    owner: Common | Name | None = None
    content: Common | None = None
    relative: Relative | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """*the cat , the dog and the bird*: two to four noun phrases."""

    at: int
    members: tuple[Common | Name, ...]


Thing = Pronoun | Name | Common | Several


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """A relative clause; the `Gap` in it is its subject or its object."""

    at: int
    clause: Clause


@dataclass(frozen=True, slots=True, eq=False)
class That:
    """*that* and a clause, the object of *say*, *think*, *know*, *believe*."""

    at: int
    clause: Clause


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """*bigger than the dog*."""

    at: int
    adjective: Adjective
    than: Common | Name


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """*a teacher* after *be*; takes the sex and number of the subject."""

    at: int
    noun: Noun


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """A word or phrase that never changes: *often*, *slowly*, *every day*."""

    at: int
    phrase: Phrase


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """*at eight o'clock*, 1 to 12."""

    at: int
    hour: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """*behind the house*, *in Paris*, *to the market*."""

    at: int
    preposition: Preposition
    where: Common | City


@dataclass(frozen=True, slots=True, eq=False)
class Then:
    """A second verb with the same subject: *and eats it*."""

    at: int
    word: str
    clause: Clause


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One verb and what belongs to it.

    tense     present, past, future
    negated   *not*; *never* is a `Fixed` in ``often``
    modal     "" or want, can, must
    front     the time comes first: *yesterday he slept*
    """

    at: int
    verb: Verb
    subject: Thing | Gap
    object: Thing | That | Gap | None = None
    receiver: Thing | None = None
    predicate: Quality | Compared | Job | None = None
    tense: str = "present"
    negated: bool = False
    modal: str = ""
    often: Fixed | None = None
    manner: Fixed | None = None
    place: Place | None = None
    time: Fixed | Hour | None = None
    front: bool = False
    then: Then | None = None

    @property
    def never(self) -> bool:
        return self.often is not None and self.often.phrase.name == "never"


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Two sentences with *and* or *but* between them."""

    at: int
    word: str
    left: Sentence
    right: Sentence


@dataclass(frozen=True, slots=True, eq=False)
class Under:
    """A sentence and a clause under it with *because*, *when* or *if*; ``front``: that clause first."""

    at: int
    word: str
    main: Sentence
    clause: Clause
    front: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A question: yes or no (word ""), or where, when, why; *who* is a subject."""

    at: int
    word: str
    clause: Clause


Sentence = Clause | Joined | Under | Ask


def person(thing: Thing | Gap) -> int:
    """Person and number, the same in every language: an index as in `PERSONS`."""
    if isinstance(thing, Gap):
        return person(thing.of)
    if isinstance(thing, Pronoun):
        return PERSONS[thing.who]
    if isinstance(thing, Several):
        return 4
    return 4 if isinstance(thing, Common) and thing.plural else 2


def female(thing: Thing | Gap) -> bool:
    """Whether it is by nature female (of several: all)."""
    if isinstance(thing, Gap):
        return female(thing.of)
    if isinstance(thing, Pronoun):
        return thing.who == "she"
    if isinstance(thing, Several):
        return all(female(member) for member in thing.members)
    return thing.proper.female if isinstance(thing, Name) else "female" in thing.noun.kinds


def indefinite(thing: object) -> bool:
    """Whether it is *a book*, *books* or *bread*: what French and German change under a negation."""
    return isinstance(thing, Common) and thing.det in ("a", "bare") and not thing.count
