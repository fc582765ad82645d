"""Pairs without end from a seed: every sentence once, of the wanted lengths, in a part of its own.

Which part a pair belongs to, train, valid or test, is decided by its target sentence alone (a hash). So the
parts never share a target, nor a source (one source has one translation), whatever the seed, the sizes and
the lengths: a model trained on one draw may be tested on any other.
"""

from __future__ import annotations

from bisect import bisect
from collections import deque
from collections.abc import Iterator
from hashlib import blake2b
from itertools import accumulate

from entarte.errors import InputError
from entarte.example import Example
from entarte.grammar import english, grow
from entarte.grammar.dice import Dice
from entarte.grammar.languages import Language, language
from entarte.grammar.tree import Sentence
from entarte.grammar.word import links, surface

MIN_WORDS, MAX_WORDS = 3, 48
"""The source lengths when none are asked for."""
LONGEST = 200
"""The greatest length that may be asked for."""
PARTS = ("train", "valid", "test")
"""Eight, one and one tenth of all sentences."""

_SALT = b"pie-220"
_WEIGHTS = list(accumulate((n - 2) * 0.75 ** (n - 2) + 0.003 for n in range(MIN_WORDS, MAX_WORDS + 1)))
_PATIENCE, _FRESH = 20_000, 10
"""Give up when so many sentences in a row held fewer than so many new ones."""
_WAITING = 500
"""Pairs of one length kept for later while another length is wanted."""


def pair(tree: Sentence, to: str) -> Example:
    """A tree as a pair, English to ``to``, with its gold links."""
    source, target = english.write(tree), language(to).write(tree)
    return Example(surface(source), surface(target), links(source, target))


def part_of(target: str) -> str:
    """The part that a target sentence belongs to.

    >>> part_of("il m'a entarté")
    'test'
    """
    number = int.from_bytes(blake2b(target.encode(), digest_size=8, salt=_SALT).digest(), "big") % 10
    return "valid" if number == 0 else "test" if number == 1 else "train"


def pairs(
    to: str, count: int, seed: int = 1, *, min_words: int = MIN_WORDS, max_words: int = MAX_WORDS,
    by_length: bool = False, part: str = "",
) -> Iterator[Example]:  # fmt: skip
    """``count`` different English sentences with their translations and gold links, one at a time.

    to         fr, de or es
    seed       the same seed gives the same pairs in the same order
    min_words, max_words   bounds of the source in words, punctuation marks counted as words
    by_length  every source length between the bounds equally often (else short ones more often)
    part       only train, valid or test; "" for all

    Errors: InputError for an unknown language or part and for bounds that make no sense, at once; and, while
    it runs, when there are not that many different sentences.
    """
    chosen = language(to)
    _check(count, min_words, max_words)
    if part and part not in PARTS:
        raise InputError(f"no part is called '{part}'", advice="Known: " + ", ".join(PARTS) + ".")
    source = _Source(chosen, Dice(f"{seed} {part}"), min_words, max_words, part)
    return _evenly(source, count) if by_length else _freely(source, count)


def splits(
    to: str, train: int, valid: int, test: int, seed: int = 1, *, min_words: int = MIN_WORDS,
    max_words: int = MAX_WORDS, by_length: bool = False,
) -> dict[str, Iterator[Example]]:  # fmt: skip
    """Train, valid and test, each a stream of its own, without a sentence in common on either side.

    >>> found = splits("fr", 2, 1, 1, min_words=3, max_words=6)
    >>> [(name, len(list(stream))) for name, stream in found.items()]
    [('train', 2), ('valid', 1), ('test', 1)]
    """
    return {
        name: pairs(to, count, seed, min_words=min_words, max_words=max_words, by_length=by_length, part=name)
        for name, count in zip(PARTS, (train, valid, test))
    }


def _check(count: int, min_words: int, max_words: int) -> None:
    if count < 0:
        raise InputError(f"{count} pairs cannot be drawn", advice="Give 0 or more.")
    if not MIN_WORDS <= min_words <= max_words <= LONGEST:
        raise InputError(
            f"sentences of {min_words} to {max_words} words cannot be drawn",
            setting="--min-words, --max-words",
            advice=f"The least is {MIN_WORDS}, the greatest {LONGEST}, and the least comes first.",
        )


class _Source:
    """Draws sentences and lets through those that are new, of the right length and of the right part."""

    def __init__(self, chosen: Language, dice: Dice, low: int, high: int, part: str) -> None:
        self.dice, self.low, self.high = dice, low, high
        self._chosen, self._part = chosen, part
        self._seen: set[str] = set()
        self._tries = self._new = 0

    def draw(self, room: int) -> tuple[int, Example] | None:
        """One try at a sentence of about ``room`` words: its length and the pair."""
        self._tries += 1
        tree = grow.sentence(self.dice, room)
        words = english.write(tree)
        if not self.low <= len(words) <= self.high:
            return None
        source = surface(words)
        if source in self._seen:
            return None
        translated = self._chosen.write(tree)
        target = surface(translated)
        if self._part and part_of(target) != self._part:
            return None
        self._seen.add(source)
        self._new += 1
        return len(words), Example(source, target, links(words, translated))

    def start_patience(self) -> None:
        self._tries = self._new = 0

    def exhausted(self) -> bool:
        """Whether new sentences have become too rare to go on."""
        if self._tries < _PATIENCE:
            return False
        rare = self._new < _FRESH
        self.start_patience()
        return rare

    def shortage(self, found: int, wanted: int, low: int, high: int) -> InputError:
        lengths = f"{low} words" if low == high else f"{low} to {high} words"
        part = f" for {self._part}" if self._part else ""
        return InputError(
            f"only {found} different English–{self._chosen.name} sentences of {lengths} were found{part}, "
            f"{wanted} were wanted",
            advice="Ask for fewer pairs or for longer sentences.",
        )


def _freely(source: _Source, count: int) -> Iterator[Example]:
    """Short sentences more often than long ones."""
    found = 0
    while found < count:
        drawn = source.draw(_room(source))
        if drawn is not None:
            found += 1
            yield drawn[1]
        elif source.exhausted():
            raise source.shortage(found, count, source.low, source.high)


def _room(source: _Source) -> int:
    """A length to aim at: from the usual ones if they often fall between the bounds, else any of them."""
    for _ in range(4):
        room = MIN_WORDS + bisect(_WEIGHTS, source.dice.number() * _WEIGHTS[-1])
        if source.low <= room <= source.high:
            return room
    return source.low + source.dice.below(source.high - source.low + 1)


def _evenly(source: _Source, count: int) -> Iterator[Example]:
    """Every length equally often, in random order; some once more where it does not come out even."""
    waiting: dict[int, deque[Example]] = {n: deque() for n in range(source.low, source.high + 1)}
    lengths: list[int] = []
    used = dict.fromkeys(waiting, 0)
    for _ in range(count):
        if not lengths:
            lengths = _shuffled(source.dice, list(waiting))
        length = lengths.pop()
        source.start_patience()
        while not waiting[length]:
            drawn = source.draw(length + source.dice.below(4))
            if drawn is not None and len(waiting[drawn[0]]) < _WAITING:
                waiting[drawn[0]].append(drawn[1])
            if source.exhausted() and not waiting[length]:
                share = -(-count // len(waiting))
                raise source.shortage(used[length], share, length, length)
        used[length] += 1
        yield waiting[length].popleft()


def _shuffled(dice: Dice, items: list[int]) -> list[int]:
    for last in range(len(items) - 1, 0, -1):
        other = dice.below(last + 1)
        items[last], items[other] = items[other], items[last]
    return items
