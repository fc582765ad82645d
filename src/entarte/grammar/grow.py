"""Random sentences of about a given number of words, each with one reading.

Rules that keep a sentence from having two readings, and so two translations: nothing follows a relative
clause but the verb of its own subject; *that* and what follows ends the sentence; a list holds no clause;
*it* or *them* for a thing follows the thing at once (*buys an apple and eats it*); *I read* and *I hit* are
past, since their present looks the same.
"""

from __future__ import annotations

from dataclasses import replace

from entarte.grammar.dice import Dice
from entarte.grammar.grow_clause import clause
from entarte.grammar.grow_noun import common, name, pool, pronoun
from entarte.grammar.grow_predicate import HUMAN
from entarte.grammar.tree import Ask, Clause, Joined, Pronoun, Sentence, That, Thing, Under
from entarte.grammar.verbs import VERBS

_SAY = [verb for (frame, _), verb in VERBS.items() if frame == "that"]
_SPEAKERS = ("I", "you", "he", "she", "we", "they")


def sentence(dice: Dice, room: int) -> Sentence:
    """A sentence of about ``room`` English words, from 3 to any number."""
    dice.fresh()
    return _sentence(dice, room)


def _sentence(dice: Dice, room: int, ask: bool = True) -> Sentence:
    roll = dice.number()
    if room < 14 and roll < 0.07 and room > 3 and ask:
        return _ask(dice, room)
    if room < 7:
        return clause(dice, room)
    if room < 14:
        if roll < 0.68:
            return clause(dice, room)
        if roll < 0.76:
            return _say(dice, room)
        return _under(dice, room) if roll < 0.89 else _joined(dice, room)
    if room < 22:
        if roll < 0.25:
            return clause(dice, room)
        if roll < 0.4:
            return _say(dice, room)
        if roll < 0.65:
            return _under(dice, room)
    return _joined(dice, room)


def _joined(dice: Dice, room: int) -> Joined:
    at = dice.at()
    share = min(3 + dice.below(11), room - 4)
    left: Sentence = clause(dice, share)
    if share > 8 and dice.chance(0.2):
        left = _under(dice, share, front=True)
    right = _sentence(dice, room - 1 - share, ask=False)
    return Joined(at, "and" if dice.chance(0.7) else "but", left, right)


def _say(dice: Dice, room: int) -> Clause:
    """*he says that …*; always present, so that no sequence of tenses is needed."""
    at, verb = dice.at(), dice.pick(_SAY)
    subject: Thing
    if dice.chance(0.5):
        subject = pronoun(dice, _SPEAKERS)
    elif dice.chance(0.4):
        subject = name(dice)
    else:
        subject = common(dice, dice.pick(pool(HUMAN)), 2, bare=False)
    return Clause(at, verb, subject, That(dice.at(), clause(dice, room - 3)))


def _under(dice: Dice, room: int, front: bool | None = None) -> Under:
    """*because* with any tenses, *when* with the same twice, *if* with a present."""
    at = dice.at()
    word = dice.pick(("because", "because", "when", "when", "if"))
    front = dice.chance(0.4) if front is None else front
    room -= 1 + front
    share = max(2, min(room - 2, room // 3 + dice.below(1 + room // 3)))
    tense = other = ""
    if word == "when":
        tense = other = dice.pick(("past", "present"))
    elif word == "if":
        tense, other = "present", dice.pick(("present", "future"))
    under = clause(dice, share, tense=tense, asked=True)
    return Under(at, word, clause(dice, room - share, tense=other, asked=front), under, front)


def _ask(dice: Dice, room: int) -> Ask:
    at = dice.at()
    roll = dice.number()
    if roll < 0.2:
        return Ask(at, "", clause(dice, room - 1, subject=Pronoun(dice.at(), "who"), asked=True))
    word = "" if roll < 0.6 else dice.pick(("where", "when", "why"))
    while True:
        found = clause(dice, room - 2 - bool(word), asked=True)
        frame = found.verb.frame
        if frame in ("like", "weather") or (word and frame not in ("object", "alone", "receiver")):
            continue
        if word and (found.negated or found.often):
            continue
        if word:
            found = replace(found, place=None if word == "where" else found.place, time=None)
        return Ask(at, word, found)
