"""Little reports with made-up names, and in one line what happened: text to be summed up by copying.

A report tells one event among sentences that do not matter. Its summary names who, what, to whom and where.
Names are made of syllables, and no name of one part (train, valid, test) occurs in another, so a model that
says a name of the test rightly has copied it.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.grammar.dice import Dice

PARTS = ("train", "valid", "test")
SHARES = {"train": range(2, 10), "valid": range(1, 2), "test": range(1)}
"""Which tenths of all names belong to a part."""

SYLLABLES = (
    "ba bel bri da dor el fen fi ga gri ha hol i jo ka kel la lim lo ma mir na nel o ol pa per ra ri ro sa "
    "sel ta tem ti tor u va vin wen xa yo za zel"
).split()
GIVEN = {
    "gave": "gave", "handed": "gave", "passed": "gave",
    "sold": "sold", "lent": "lent",
    "sent": "sent", "posted": "sent", "mailed": "sent",
}  # fmt: skip
"""The verb of the report → that of its summary."""
THINGS = "hat book lamp pie key map boat coat drum chair letter flute".split()
KINDS = "red old small heavy new broken blue cheap".split()
ASIDES = (
    "the weather was {kind}",
    "nobody spoke of the {thing}",
    "{name} slept all day",
    "{name} was not there",
    "there was a {kind} {thing} in the street",
    "everyone liked {name}",
    "later it rained",
)
EVENTS = (
    "{giver} {verb} {taker} a {kind} {thing} in {place}",
    "in {place} {giver} {verb} {taker} a {kind} {thing}",
)


def reports(count: int, seed: int = 1, part: str = "train") -> Iterator[Example]:
    """So many reports with their summaries; the same seed and part give the same.

    Raises InputError for an unknown part.

    >>> _, one = reports(2, seed=3)
    >>> one.source.split(" . ")[:2]
    ['Holselga was not there', 'Zellapa passed Zaza a broken book in Olrama']
    >>> one.target
    'Zellapa gave Zaza a book in Olrama'
    """
    if part not in SHARES:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    dice = Dice(f"reports {seed} {part}")
    for number in range(1, count + 1):
        giver, taker, place, other = names(dice, part, 4)
        verb, thing, kind = dice.pick(list(GIVEN)), dice.pick(THINGS), dice.pick(KINDS)
        event = dice.pick(EVENTS).format(
            giver=giver, verb=verb, taker=taker, kind=kind, thing=thing, place=place
        )
        said = [
            dice.pick(ASIDES).format(name=other, thing=dice.pick(THINGS), kind=dice.pick(KINDS))
            for _ in range(2 + dice.below(3))
        ]
        said.insert(dice.below(len(said) + 1), event)
        summary = f"{giver} {GIVEN[verb]} {taker} a {thing} in {place}"
        yield Example(" . ".join(said) + " .", summary, file=f"reports {part}", number=number)


def names(dice: Dice, part: str, count: int) -> list[str]:
    """So many different names of a part."""
    found: list[str] = []
    while len(found) < count:
        name = "".join(dice.pick(SYLLABLES) for _ in range(2 + dice.below(2))).capitalize()
        if name not in found and crc32(name.encode()) % 10 in SHARES[part]:
            found.append(name)
    return found
