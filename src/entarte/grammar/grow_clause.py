"""Random clauses of about a given number of words: a verb, who, whom, not, when, where."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from entarte.grammar import grow_noun as grow
from entarte.grammar.adjectives import ADJECTIVES, Adjective
from entarte.grammar.dice import Dice
from entarte.grammar.nouns import NOUNS, Noun
from entarte.grammar.phrases import MANNERS, OFTEN, TIMES
from entarte.grammar.tree import (
    Clause,
    Common,
    Compared,
    Fixed,
    Gap,
    Hour,
    Job,
    Place,
    Pronoun,
    Quality,
    Relative,
    Several,
    Then,
    Thing,
    indefinite,
    person,
)
from entarte.grammar.verbs import PAST_AS_PRESENT, VERBS, Verb

HUMAN = frozenset({"human"})
_PEOPLE = ("I", "you", "he", "she", "we", "they")
_OTHERS = {"I": ("you", "he", "she", "they"), "you": ("I", "he", "she", "we", "they"),
           "we": ("you", "he", "she", "they")}  # fmt: skip
_TENSES = ("present",) * 5 + ("past",) * 5 + ("future",) * 2
_TIMES = {tense: [each for each in TIMES.values() if tense in each.tenses] for tense in _TENSES}
_GENERIC = [TIMES["every day"], TIMES["in the morning"], TIMES["in the evening"]]
_MANNERS = list(MANNERS.values())
_NEVER = OFTEN["never"]
_MODALS = {"want": "want", "can": "can", "must": "must", "cannot": "can", "must not": "must"}
_FREQUENCIES = [OFTEN["often"], OFTEN["always"], OFTEN["sometimes"]]
_SHARES = (
    ("object",) * 40 + ("alone",) * 17 + ("receiver",) * 9 + ("goal",) * 8 + ("be",) * 12 + ("like",) * 5
    + ("exist",) * 4 + ("at",) * 3 + ("weather",) * 1
)  # fmt: skip
"""How often each frame is chosen, in hundredths."""
_LEAST = {"object": 1, "like": 1, "receiver": 3, "goal": 2, "be": 1, "at": 2, "exist": 4}
"""Words that a frame needs beside verb and subject."""
_FOLLOWED = frozenset({"object", "alone", "goal", "receiver", "be"})
"""Frames that a relative clause about its subject may have."""


def _verbs(frame: str) -> list[Verb]:
    """The verbs of a frame, common ones four times."""
    found = [verb for (kind, _), verb in VERBS.items() if kind == frame]
    return found + [verb for verb in found for _ in range(3) if "common" in verb.flags]


_FRAMES = {frame: _verbs(frame) for frame in _SHARES}
_DIRECT = [verb for verb in _FRAMES["object"] if verb.direct]
_SEEN = {noun.name: [verb for verb in _DIRECT if verb.objects & noun.kinds] for noun in NOUNS.values()}
"""What may be done to each thing in a relative clause about it."""
_FIRST = [verb for verb in _DIRECT if verb.name in "buy find choose write steal draw see read".split()]
_SECOND = [verb for verb in _DIRECT if "act" in verb.flags or verb.name in ("lose", "break", "forget")]
"""A second verb: *buys an apple and eats it*."""


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
    verb = _verb(dice, room, subject, gap, tense)
    left = room - 1 - len([word for word in verb.en.rest if word[0] != "{}"]) - (subject is None)
    left -= 0 if gap else _LEAST.get(verb.frame, 0)
    general = tense in ("", "present") and verb.en.head not in PAST_AS_PRESENT
    tense = tense or dice.pick(_TENSES)
    style, left = _style(dice, verb, left, tense)
    free = verb.frame in ("object", "alone", "receiver") and gap is None and "moves" not in verb.flags
    manner = free and "act" in verb.flags and not style and left > 0 and dice.chance(0.15)
    left -= manner
    where = free and left > 2 and dice.chance(0.45)
    left -= 3 * where
    when = style not in ("never", "often") and not (depth or gap) and verb.frame not in ("like", "be", "at")
    when = when and left > 0 and dice.chance(0.35 if left < 3 else 0.6)
    left -= 2 * when
    first = max(0, left) if gap or verb.frame not in _LEAST else dice.below(left + 1) if left > 0 else 0
    doer = subject or _doer(dice, verb, 1 + first, depth, general)
    parts = _Parts(Gap(gap)) if gap else None
    if parts is None:
        last = not (where or when or manner or verb.frame in ("exist", "receiver"))
        parts = _parts(dice, verb, doer, max(0, left - first * (subject is None)), depth if last else 9)
    tense, style = _settle(verb, doer, parts.object, tense, style)
    how = Fixed(dice.at(), dice.pick(_MANNERS)) if manner else None
    place = grow.place(dice, 3 + dice.below(3)) if where else parts.place
    time = _time(dice, doer, tense) if when else None
    front = when and not asked and dice.chance(0.3)
    often = None
    if style in ("never", "often"):
        often = Fixed(dice.at(), _NEVER if style == "never" else dice.pick(_FREQUENCIES))
    modal = _MODALS.get(style, "")
    return Clause(
        at, verb, doer, parts.object, parts.receiver, parts.predicate, tense, "not" in style, modal, often,
        how, place, time, front,
    )  # fmt: skip


def _verb(dice: Dice, room: int, subject: Thing | Gap | None, gap: Common | None, tense: str) -> Verb:
    """A verb that fits; where the tense must be present, one whose present is not written like its past."""
    if gap is not None:
        return dice.pick(_SEEN[gap.noun.name])
    doer = subject.of if isinstance(subject, Gap) else subject
    while True:
        frame = dice.pick(_SHARES)
        verb = dice.pick(_FRAMES[frame])
        if room < 1 + (subject is None) + len(verb.en.rest) + _LEAST.get(frame, 0):
            continue
        if (
            (room > 9 and frame == "at")
            or (room > 4 and frame == "weather")
            or (room > 12 and frame == "exist")
        ):
            continue
        if tense == "present" and verb.en.head in PAST_AS_PRESENT:
            continue
        if doer is None:
            return verb
        if (
            isinstance(doer, Common)
            and frame in _FOLLOWED
            and (frame == "be" or verb.subjects & doer.noun.kinds)
        ):
            return verb
        if isinstance(doer, Pronoun) and frame in ("object", "alone", "goal", "receiver"):
            return verb


def _style(dice: Dice, verb: Verb, left: int, tense: str) -> tuple[str, int]:
    """ "" or not, never, often, want, can, must, cannot, must not; and the words left after it."""
    if left < 1 or verb.frame in ("exist", "weather"):
        return "", left
    roll = dice.number()
    if roll < 0.1 and (left > 1 or tense == "future"):
        return "not", left - (1 if tense == "future" else 2)
    habit = verb.frame in ("object", "alone", "goal")
    if roll < 0.15 and habit:
        return "never", left - 1
    if roll < 0.24 and habit and tense != "past":
        return "often", left - 1
    if roll < 0.36 and "act" in verb.flags and tense != "future":
        if left > 1 and (tense == "past" or roll < 0.28):
            return "want", left - 2
        if tense == "present":
            return dice.pick(("can", "must", "can", "must", "cannot", "must not")), left - 1
    return "", left


def _settle(verb: Verb, doer: Thing | Gap, object_: object, tense: str, style: str) -> tuple[str, str]:
    """Tense and style as far as subject and object allow them."""
    held = isinstance(object_, Several) or _counted(object_) or _counted(doer)
    if held and ("not" in style or style == "never"):
        style = ""
    if isinstance(doer, Common) and indefinite(doer) and doer.det == "bare":
        tense = "present"  # of all of a kind
    unclear = verb.en.head in PAST_AS_PRESENT and tense == "present" and person(doer) != 2
    if unclear and style in ("", "never", "often"):
        return "past", "" if style == "often" else style
    return tense, style


def _counted(thing: object) -> bool:
    """Whether *not* beside it could mean two things: *all, every, many, three*."""
    return isinstance(thing, Common) and (thing.det in ("all", "every", "many", "one") or thing.count > 0)


def _doer(dice: Dice, verb: Verb, room: int, depth: int, general: bool = False) -> Thing:
    """The subject; ``general``: it may be all of a kind (*birds sing*)."""
    if verb.frame == "weather":
        return Pronoun(dice.at(), "it")
    if verb.frame == "exist":
        return Pronoun(dice.at(), "there")
    if verb.frame == "be" and (room > 1 or dice.chance(0.2)):
        noun = dice.pick(grow.pool(frozenset(_DESCRIBED)))
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


_DESCRIBED = ("human", "animal", "thing", "place", "food", "drink", "lid")


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
    elif _SEEN[noun.name]:
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
    return _Parts(predicate=_predicate(dice, doer, room) if frame == "be" else None)


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


def _predicate(dice: Dice, subject: Thing | Gap, room: int) -> Quality | Compared | Job:
    head = subject.of if isinstance(subject, Gap) else subject
    head = head.members[0] if isinstance(head, Several) else head
    kinds = (head.content or head).noun.kinds if isinstance(head, Common) else HUMAN
    if kinds & HUMAN and "job" not in kinds and not isinstance(head, Common) and dice.chance(0.25):
        return Job(dice.at(), dice.pick(grow.pool(frozenset({"job"}))))
    fitting = _fitting(kinds)
    used = {each.adjective.name for each in head.qualities} if isinstance(head, Common) else set()
    choices: list[Adjective] = [each for each in fitting if each.name not in used] or fitting
    compared = [each for each in choices if each.more]
    if room > 2 and compared and not (isinstance(head, Common) and indefinite(head)):
        at = dice.at()
        if not isinstance(head, Common) or ("human" in kinds and dice.chance(0.3)):
            return Compared(at, dice.pick(compared), grow.name(dice))
        other = dice.pick([noun for noun in grow.pool(kinds) if noun is not head.noun])
        adjective = dice.pick([each for each in compared if each.kinds & other.kinds] or compared)
        return Compared(at, adjective, grow.common(dice, other, min(room, 3), definite=True))
    return Quality(dice.at(), dice.pick(choices))


@lru_cache(None)
def _fitting(kinds: frozenset[str]) -> list[Adjective]:
    """Adjectives after *be*: not *he is French* (a noun in German), not *the milk is big*."""
    wrong = 6 if "human" in kinds else 2 if "substance" in kinds else 0
    return [each for each in ADJECTIVES.values() if each.kinds & kinds and each.rank != wrong]


def _time(dice: Dice, doer: Thing | Gap, tense: str) -> Fixed | Hour:
    if dice.chance(0.2):
        return Hour(dice.at(), 1 + dice.below(12))
    general = isinstance(doer, Common) and doer.det == "bare"
    return Fixed(dice.at(), dice.pick(_GENERIC if general else _TIMES[tense]))


def _two(dice: Dice, room: int, tense: str) -> Clause:
    """*buys an apple and eats it*, *finds a book but does not read it*."""
    at, verb = dice.at(), dice.pick(_FIRST)
    subject = _doer(dice, verb, max(1, min(4, room - 6)), 9)
    while True:
        noun = dice.pick(grow.pool(verb.objects - {"human", "animal", "place"}))
        second = dice.pick(_SECOND)
        if second is not verb and second.objects & noun.kinds:
            break
    object_ = grow.common(dice, noun, max(2, min(4, room - 6)))
    if object_.det in ("every", "many", "all"):
        object_ = replace(object_, det="the")
    tense = tense or dice.pick(_TENSES)
    if verb.en.head in PAST_AS_PRESENT and tense == "present" and person(subject) != 2:
        tense = "past"
    held = _counted(subject)
    then, pronoun = dice.at(), Pronoun(dice.at(), "it", replace(object_, owner=None, relative=None))
    negated = not held and room > 9 and dice.chance(0.3)
    again = Clause(dice.at(), second, Gap(subject), pronoun, tense=tense, negated=negated)
    if room > 9 and dice.chance(0.5):
        again = replace(again, place=grow.place(dice, 3))
    both = Then(then, "but" if negated else "and", again)
    return Clause(at, verb, subject, object_, tense=tense, then=both)
