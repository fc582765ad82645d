"""A made-up language that inflects by suffixes, as Turkish does: lemma, features, form.

Vowels agree: a suffix has a or u after a back vowel, e or i after a front one. A suffix that begins with d
has t after p, t, k and s. Before a vowel the last p, t, k of a stem is voiced, and a vowel keeps a y between.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple
from zlib import crc32

from entarte.errors import InputError, did_you_mean
from entarte.grammar.dice import Dice
from entarte.grammar.reports import PARTS, SHARES

CONSONANTS = "b c d g h k l m n p r s t v z".split()
BACK, FRONT = "aou", "ei"
VOICED = {"p": "b", "t": "d", "k": "g"}
SUFFIXES = {
    "PL": "lAr", "ACC": "U", "DAT": "A", "LOC": "dA", "ABL": "dAn", "PSS1S": "Um", "PSS2S": "Un",
    "NEG": "mA", "PST": "dU", "FUT": "AcAk", "1;SG": "Um", "2;SG": "sUn", "1;PL": "Uz", "3;PL": "lAr",
}  # fmt: skip
"""A stands for a or e, U for u or i. What is not here has no suffix."""
NOUNS = tuple(product(["SG", "PL"], ["", "PSS1S", "PSS2S"], ["NOM", "ACC", "DAT", "LOC", "ABL"]))
VERBS = tuple(product(["", "NEG"], ["PST", "FUT"], ["1;SG", "2;SG", "3;SG", "1;PL", "3;PL"]))
"""The features of nouns and verbs, in the order of their suffixes."""


class Inflected(NamedTuple):
    """A lemma, what is asked of it (as UniMorph writes it), and its form."""

    lemma: str
    form: str
    features: str


def joined(stem: str, suffix: str) -> str:
    """A stem with a suffix.

    >>> joined("sokat", "dA"), joined("sokat", "Um"), joined("vede", "Um"), joined("vede", "lAr")
    ('sokatta', 'sokadum', 'vedeyim', 'vedeler')
    """
    back = next((letter in BACK for letter in reversed(stem) if letter in BACK + FRONT), True)
    told = suffix.replace("A", "a" if back else "e").replace("U", "u" if back else "i")
    if told[0] in BACK + FRONT:
        return (stem[:-1] + VOICED[stem[-1]] if stem[-1] in VOICED else stem + "y" * vocal(stem)) + told
    if told[0] == "d" and stem[-1] in "ptks":
        told = "t" + told[1:]
    return stem + told


def vocal(stem: str) -> bool:
    """Whether it ends in a vowel."""
    return stem[-1] in BACK + FRONT


def inflected(lemma: str, *features: str) -> str:
    """The form of a lemma.

    >>> inflected("sokat", "PL", "PSS1S", "LOC"), inflected("ver", "NEG", "PST", "1;SG")
    ('sokatlarumda', 'vermediyim')
    """
    for feature in features:
        if feature in SUFFIXES:
            lemma = joined(lemma, SUFFIXES[feature])
    return lemma


def inflection(count: int, seed: int = 1, part: str = "train") -> Iterator[Inflected]:
    """So many forms; the same seed and part give the same. No lemma is in two parts.

    Raises InputError for an unknown part.

    >>> list(inflection(1, seed=3))
    [Inflected(lemma='leda', form='ledayacak', features='V;FUT;3;SG')]
    """
    if part not in SHARES:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    dice = Dice(f"inflection {seed} {part}")
    made = 0
    while made < count:
        lemma = "".join(dice.pick(CONSONANTS) + dice.pick("aoueiaei") for _ in range(2 + dice.below(2)))
        lemma += dice.pick(CONSONANTS) if dice.chance(0.6) else ""
        if crc32(lemma.encode()) % 10 not in SHARES[part]:
            continue
        made += 1
        kind, features = ("N", dice.pick(NOUNS)) if dice.chance(0.5) else ("V", dice.pick(VERBS))
        asked = ";".join([kind, *(feature for feature in features if feature)])
        yield Inflected(lemma, inflected(lemma, *features), asked)
