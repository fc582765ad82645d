"""What is said after *be*: an adjective that fits, a comparison, a trade."""

from __future__ import annotations

from functools import lru_cache

from entarte.grammar import grow_noun as grow
from entarte.grammar.adjectives import ADJECTIVES, Adjective
from entarte.grammar.dice import Dice
from entarte.grammar.tree import Common, Compared, Gap, Job, Name, Quality, Several, Thing, indefinite

HUMAN = frozenset({"human"})


def predicate(dice: Dice, subject: Thing | Gap, room: int) -> Quality | Compared | Job:
    """Something to say of the subject in about ``room`` words more than one."""
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
            than = grow.name(dice)
            while isinstance(head, Name) and than.proper is head.proper:
                than = grow.name(dice)
            return Compared(at, dice.pick(compared), than)
        other = dice.pick([noun for noun in grow.pool(kinds) if noun is not head.noun])
        adjective = dice.pick([each for each in compared if each.kinds & other.kinds] or compared)
        return Compared(at, adjective, grow.common(dice, other, min(room, 3), definite=True))
    return Quality(dice.at(), dice.pick(choices))


@lru_cache(None)
def _fitting(kinds: frozenset[str]) -> list[Adjective]:
    """Adjectives after *be*: not *he is French* (a noun in German), not *the milk is big*."""
    wrong = 6 if "human" in kinds else 2 if "substance" in kinds else 0
    return [each for each in ADJECTIVES.values() if each.kinds & kinds and each.rank != wrong]
