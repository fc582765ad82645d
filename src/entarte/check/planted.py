"""Faults that are planted, so that it is known which outputs have them.

Each takes the words of an output (a reference or the model's own) and gives them back with one fault, or
None where it cannot be planted. A phrase is 2 to 4 neighbouring words, at least one of which is not among
the commonest of all outputs: an article that is left out is no fault that anybody would plant.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from entarte.check.units import plain
from entarte.errors import InputError, did_you_mean
from entarte.span import words

COMMON = 40
"""How many words count as the commonest."""
TRIES = 100


@dataclass(frozen=True)
class Plain:
    """A pair that faults are planted in: the words of its source and its output."""

    source: tuple[str, ...]
    target: tuple[str, ...]


class Planter:
    """Plants faults in outputs, with words of the others; the same seed plants the same.

    pairs  sources and outputs
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], seed: int = 1) -> None:
        self.given = list(pairs)
        self.pairs = [Plain(split(source), split(target)) for source, target in pairs]
        self.seed = seed
        counts = Counter(plain(word) for pair in self.pairs for word in pair.target)
        self.common = {word for word, _ in counts.most_common(min(COMMON, len(counts) // 10))}

    def plant(self, kind: str) -> list[tuple[int, str]]:
        """The number of each pair that the fault could be planted in, and the faulty output."""
        if kind not in FAULTS:
            raise InputError(f"there is no fault '{kind}' to plant", advice=did_you_mean(kind, FAULTS))
        found = []
        for number, pair in enumerate(self.pairs):
            rng = random.Random(f"{self.seed} {kind} {number}")
            faulty = FAULTS[kind](self, pair, rng)
            if faulty is not None and faulty != list(pair.target):
                found.append((number, " ".join(faulty)))
        return found

    def phrase(
        self, line: Sequence[str], rng: random.Random, least: int = 2, most: int = 4, rest: int = 2
    ) -> range | None:
        """Where a phrase of a line is, with at least `rest` words beside it."""
        for _ in range(TRIES):
            length = rng.randint(least, most)
            if len(line) - length < rest:
                continue
            start = rng.randrange(len(line) - length + 1)
            if any(plain(word) not in self.common for word in line[start : start + length]):
                return range(start, start + length)
        return None

    def foreign(self, pair: Plain, rng: random.Random, least: int, most: int) -> list[str] | None:
        """A phrase of another output, with at least one rarer word and none of those here."""
        here = {plain(word) for word in pair.target}
        for _ in range(TRIES):
            other = rng.choice(self.pairs)
            place = self.phrase(other.target, rng, least, most, rest=0)
            if place is None:
                continue
            found = [other.target[n] for n in place]
            rare = {plain(word) for word in found} - self.common
            if rare and not rare & here:
                return found
        return None


def deleted(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """A phrase is left out."""
    place = planter.phrase(pair.target, rng)
    if place is None:
        return None
    return [word for n, word in enumerate(pair.target) if n not in place]


def repeated(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """1 to 4 words are said twice: at once, or (one time in three) a phrase again after some others."""
    line = list(pair.target)
    far = rng.random() < 1 / 3
    place = planter.phrase(line, rng, 2 if far else 1, rest=3 if far else 1)
    if place is None:
        return None
    span = line[place.start : place.stop]
    at = place.stop
    if far and place.stop < len(line):
        at = rng.randint(place.stop + 1, len(line))
    return line[:at] + span + line[at:]


def inserted(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """A phrase of another output is put in."""
    span = planter.foreign(pair, rng, 2, 4)
    at = rng.randrange(len(pair.target) + 1)
    return None if span is None else [*pair.target[:at], *span, *pair.target[at:]]


def swapped(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """Two different words that do not stand side by side change places."""
    line = list(pair.target)
    for _ in range(TRIES if len(line) > 2 else 0):
        i, j = sorted(rng.sample(range(len(line)), 2))
        if j > i + 1 and plain(line[i]) != plain(line[j]) and plain(line[i]) not in planter.common:
            line[i], line[j] = line[j], line[i]
            return line
    return None


def replaced(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """A rarer word becomes a rarer word of another output."""
    place, span = planter.phrase(pair.target, rng, 1, 1), planter.foreign(pair, rng, 1, 1)
    if place is None or span is None:
        return None
    return [*pair.target[: place.start], *span, *pair.target[place.stop :]]


def untranslated(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """A phrase becomes the source words that stand at about the same place."""
    place = planter.phrase(pair.target, rng)
    if place is None:
        return None
    scale = len(pair.source) / len(pair.target)
    start = min(int(place.start * scale), max(len(pair.source) - len(place), 0))
    copies = pair.source[start : start + len(place)]
    known = {plain(word) for word in pair.target}
    if not any(plain(word) not in known and word.isalpha() for word in copies):
        return None
    return [*pair.target[: place.start], *copies, *pair.target[place.stop :]]


def cut(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """The last third to two thirds are missing."""
    line = list(pair.target)
    if len(line) < 4:
        return None
    return line[: max(1, round(len(line) * rng.uniform(1 / 3, 2 / 3)))]


def looped(planter: Planter, pair: Plain, rng: random.Random) -> list[str] | None:
    """A phrase is said four to eight times."""
    place = planter.phrase(pair.target, rng)
    if place is None:
        return None
    span = pair.target[place.start : place.stop]
    return [*pair.target[: place.stop], *span * rng.randint(3, 7), *pair.target[place.stop :]]


FAULTS: dict[str, Callable[[Planter, Plain, random.Random], list[str] | None]] = {
    "deleted": deleted,
    "repeated": repeated,
    "inserted": inserted,
    "swapped": swapped,
    "replaced": replaced,
    "untranslated": untranslated,
    "cut": cut,
    "looped": looped,
}


def split(line: str) -> tuple[str, ...]:
    """The words of a line."""
    return tuple(word.text for word in words(line))
