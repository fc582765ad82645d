"""Random clauses of about a given number of words: a verb, who, whom, not, when, where."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from entarte.grammar import grow_noun as grow
from entarte.grammar.dice import Dice
from entarte.grammar.grow_predicate import HUMAN, predicate
from entarte.grammar.grow_verb import (
    FIRST,
    LEAST,
    MODALS,
    SECOND,
    SEEN,
    TENSES,
    choose,
    choose_style,
    choose_time,
    counted,
    settle,
)
from entarte.grammar.nouns import Noun
from entarte.grammar.phrases import MANNERS, OFTEN
from entarte.grammar.tree import (
    Clause,
    Common,
    Compared,
    Fixed,
    Gap,
    Job,
    Place,
    Pronoun,
    Quality,
    Relative,
    Then,
    Thing,
    person,
)
from entarte.grammar.verbs import PAST_AS_PRESENT, Verb

_PEOPLE = ("I", "you", "he", "she", "we", "they")
_OTHERS = {"I": ("you", "he", "she", "they"), "you": ("I", "he", "she", "we", "they"),
           "we": ("you", "he", "she", "they")}  # fmt: skip
_MANNERS = list(MANNERS.values())
_NEVER = OFTEN["never"]
_FREQUENCIES = [OFTEN["often"], OFTEN["always"], OFTEN["sometimes"]]
_DESCRIBED = frozenset({"human", "animal", "thing", "place", "food", "drink", "lid"})
"""Kinds of things that adjectives are said of."""


def clause(
    dice: Dice, room: int, *, tense: str = "", subject: Thing | Gap | None = None, gap: Common | None = None,
    asked: bool = False, depth: int = 0,
) -> Clause:  # fmt: skip
    """One clause of about ``room`` words.

    tense    which; "" for any
    subject  one that is given: a `Gap`, a pronoun
    gap      what a relative pronoun stands for, if that is the object
    asked    it will be a question: nothing in front
    depth    how many relative clauses it is in
    """
    if room > 7 and not (asked or depth or gap or subject) and dice.chance(0.1):
        return _two(dice, room, tense)
    at = dice.at()
    room = max(room, 2)
    verb = choose(dice, room, subject, gap, tense)
    left = room - 1 - len([word for word in verb.en.rest if word[0] != "{}"]) - (subject is None)
    left -= 0 if gap else LEAST.get(verb.frame, 0)
    general = tense in ("", "present") and verb.en.head not in PAST_AS_PRESENT
    tense = tense or dice.pick(TENSES)
    style, left = choose_style(dice, verb, left, tense)
    free = verb.frame in ("object", "alone", "receiver") and gap is None and "moves" not in verb.flags
    manner = free and "act" in verb.flags and not style and left > 0 and dice.chance(0.15)
    left -= manner
    where = free and left > 2 and dice.chance(0.45)
    left -= 3 * where
    when = style not in ("never", "often") and not (depth or gap) and verb.frame not in ("like", "be", "at")
    when = when and left > 0 and dice.chance(0.35 if left < 3 else 0.6)
    left -= 2 * when
    first = max(0, left) if gap or verb.frame not in LEAST else dice.below(left + 1) if left > 0 else 0
    doer = subject or _doer(dice, verb, 1 + first, depth, general)
    parts = _Parts(Gap(gap)) if gap else None
    if parts is None:
        last = not (where or when or manner or verb.frame in ("exist", "receiver"))
        parts = _parts(dice, verb, doer, max(0, left - first * (subject is None)), depth if last else 9)
    tense, style = settle(verb, doer, parts.object, tense, style)
    how = Fixed(dice.at(), dice.pick(_MANNERS)) if manner else None
    place = grow.place(dice, 3 + dice.below(3)) if where else parts.place
    time = choose_time(dice, doer, tense, "not" in style) if when else None
    front = when and not asked and dice.chance(0.3)
    often = None
    if style in ("never", "often"):
        often = Fixed(dice.at(), _NEVER if style == "never" else dice.pick(_FREQUENCIES))
    modal = MODALS.get(style, "")
    return Clause(
        at, verb, doer, parts.object, parts.receiver, parts.predicate, tense, "not" in style, modal, often,
        how, place, time, front,
    )  # fmt: skip


def _doer(dice: Dice, verb: Verb, room: int, depth: int, general: bool = False) -> Thing:
    """The subject; ``general``: it may be all of a kind (*birds sing*)."""
    if verb.frame == "weather":
        return Pronoun(dice.at(), "it")
    if verb.frame == "exist":
        return Pronoun(dice.at(), "there")
    if verb.frame == "be" and (room > 1 or dice.chance(0.2)):
        noun = dice.pick(grow.pool(_DESCRIBED))
        return thing(dice, [noun], max(2, room), depth, bare=general and dice.chance(0.2))
    if (verb.frame == "be" or "human" in verb.subjects) and (room < 2 or dice.chance(0.12)):
        return grow.pronoun(dice, _PEOPLE) if dice.chance(0.75) else grow.name(dice)
    choices = grow.pool(verb.subjects or HUMAN)
    return thing(
        dice,
        choices,
        max(2, room) if dice.chance(0.95) or not general else 1,
        depth,
        bare=general and verb.frame != "at",
    )


def thing(
    dice: Dice, choices: list[Noun], room: int, depth: int, *, bare: bool = True, definite: bool = False
) -> Thing:
    """A noun phrase, perhaps with a relative clause (where ``depth`` allows) or a list."""
    if room > 5 and depth < 2 and dice.chance(0.75):
        return related(dice, dice.pick(choices), room, depth)
    if room > 4 and dice.chance(0.5 if room < 7 else 0.9) and len(choices) > 5:
        return grow.several(dice, choices, min(room, 14))
    return grow.common(dice, dice.pick(choices), min(room, 6), bare=bare, definite=definite)


def related(dice: Dice, noun: Noun, room: int, depth: int) -> Common:
    """*the man who sleeps*, *the book that he reads*."""
    head = grow.common(dice, noun, 2 + dice.below(2), bare=False)
    if head.det in ("every", "many", "all", "bare"):
        head = replace(head, det="the", count=0)
    if head.content is not None:
        return head
    at = dice.at()
    room = min(room - 3, 14)
    acts = "human" in noun.kinds or ("animal" in noun.kinds and dice.chance(0.6))
    if acts and dice.chance(0.65):
        inner = clause(dice, room, subject=Gap(head), depth=depth + 1)
    elif SEEN[noun.name]:
        inner = clause(dice, room, gap=head, depth=depth + 1)
    else:
        return head
    return replace(head, relative=Relative(at, inner))


class _Parts(NamedTuple):
    """What a verb's frame asks for beside the subject."""

    object: Thing | Gap | None = None
    receiver: Thing | None = None
    predicate: Quality | Compared | Job | None = None
    place: Place | None = None


def _parts(dice: Dice, verb: Verb, doer: Thing | Gap, room: int, depth: int) -> _Parts:
    """Object, receiver, predicate or place, as the frame asks; ``depth`` 9: no relative clause."""
    frame = verb.frame
    if frame == "object":
        return _Parts(_object(dice, verb, doer, 1 + room, depth))
    if frame == "like":
        noun = dice.pick(grow.pool(verb.objects))
        if dice.chance(0.5):
            return _Parts(Common(dice.at(), noun, "bare", not noun.substance))
        return _Parts(thing(dice, [noun], max(2, 1 + room), depth, bare=False, definite=True))
    if frame == "receiver":
        gift = grow.common(dice, dice.pick(grow.pool(verb.objects)), 2 + room // 2, bare=False)
        return _Parts(gift, _receiver(dice, doer, room))
    if frame == "exist":
        noun = dice.pick(grow.pool(verb.objects))
        found = grow.common(dice, noun, 2 + room // 2)
        if found.det not in ("a", "bare", "many", "one"):
            found = Common(found.at, noun, "bare" if noun.substance else "a", False, 0, found.qualities)
        return _Parts(found, place=grow.place(dice, 3 + room // 2))
    if frame in ("goal", "at"):
        return _Parts(place=(grow.goal if frame == "goal" else grow.place)(dice, 3 + room))
    return _Parts(predicate=predicate(dice, doer, room) if frame == "be" else None)


def _receiver(dice: Dice, doer: Thing | Gap, room: int) -> Thing:
    if room < 1 or dice.chance(0.5):
        return grow.pronoun(dice, _others(doer))
    if dice.chance(0.2):
        return grow.name(dice)
    return grow.common(dice, dice.pick(grow.pool(HUMAN)), 2 + room // 3, bare=False)


def _others(subject: Thing | Gap) -> tuple[str, ...]:
    """Pronouns that are not the subject itself."""
    return _OTHERS.get(subject.who, _PEOPLE) if isinstance(subject, Pronoun) else _PEOPLE


def _object(dice: Dice, verb: Verb, doer: Thing | Gap, room: int, depth: int) -> Thing:
    if "human" in verb.objects:
        if room < 2 or dice.chance(0.25):
            return grow.pronoun(dice, _others(doer))
        if dice.chance(0.12):
            return grow.name(dice)
    if any(word[0] == "{}" for word in verb.en.rest):
        depth, room = 9, min(room, 4)
    return thing(dice, grow.pool(verb.objects), max(1, room), depth)


def _two(dice: Dice, room: int, tense: str) -> Clause:
    """*buys an apple and eats it*, *finds a book but does not read it*."""
    at, verb = dice.at(), dice.pick(FIRST)
    while tense == "present" and verb.en.head in PAST_AS_PRESENT:
        verb = dice.pick(FIRST)
    subject = _doer(dice, verb, max(1, min(4, room - 6)), 9)
    while True:
        noun = dice.pick(grow.pool(verb.objects - {"human", "animal", "place"}))
        second = dice.pick(SECOND)
        if second is not verb and second.objects & noun.kinds:
            break
    object_ = grow.common(dice, noun, max(2, min(4, room - 6)))
    if object_.det in ("every", "many", "all"):
        object_ = replace(object_, det="the")
    tense = tense or dice.pick(TENSES)
    if verb.en.head in PAST_AS_PRESENT and tense == "present" and person(subject) != 2:
        tense = "past"
    held = counted(subject)
    then, pronoun = dice.at(), Pronoun(dice.at(), "it", replace(object_, owner=None, relative=None))
    negated = not held and room > 9 and dice.chance(0.3)
    again = Clause(dice.at(), second, Gap(subject), pronoun, tense=tense, negated=negated)
    if room > 9 and dice.chance(0.5):
        again = replace(again, place=grow.place(dice, 3))
    both = Then(then, "but" if negated else "and", again)
    return Clause(at, verb, subject, object_, tense=tense, then=both)
