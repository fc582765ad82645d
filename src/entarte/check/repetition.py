"""Repetition: the output says again what it said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from entarte.check.base import Check, Sign
from entarte.check.evidence import Evidence
from entarte.check.units import names

LONGEST = 12  # units of a span that is looked for again
CLIP = 8.0  # nats beyond which a word is not counted further
SAME = 0.5  # overlap of two looks from which on they are at the same place


class Repetition(Check):
    """The output says again what it said, and the source does not.

    threshold  fails from this score on
    offset     what the weighted signs must outweigh
    stammer    weight of a span that is said twice in a row
    loop       weight of how many times more it comes in a row, and of its words beyond the first
    again      weight of the words of a span of two or more that comes back later while the decoder looks
               where it looked before
    odd        weight of the nats of the words of such a span, the second time
    """

    name = "repetition"
    about = "something is said again"
    plants = ("repeated",)
    rivals = ("deleted", "inserted", "swapped", "replaced", "untranslated", "cut")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 3.0,
        stammer: float = 5.0,
        loop: float = 1.0,
        again: float = 2.0,
        odd: float = 0.4,
    ) -> None:
        super().__init__(threshold, offset, {"stammer": stammer, "loop": loop, "again": again, "odd": odd})

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        if not evidence.target:
            return {}
        said, read = names(evidence.target), names(evidence.source)
        start, length, times = stammer(said)
        excess = max(times - stammer(read)[2], 0) if times > 1 else 0
        signs = {"stammer": Sign(0.0, "nothing is said twice"), "loop": Sign(0.0)}
        if excess:
            span = tuple(range(start, start + times * length))
            text = evidence.said(span[:length])
            number = {2: "twice", 3: "three times"}.get(times, f"{times} times")
            signs["stammer"] = Sign(1.0, f"“{text}” is said {number} in a row", target=span)
            signs["loop"] = Sign(float(excess - 1 + length - 1), "", target=span)
        signs["again"], signs["odd"] = again(evidence, said)
        return signs


def stammer(said: list[str]) -> tuple[int, int, int]:
    """Start, length and times of the longest span that comes at least twice in a row; times 1 if none.

    Whole words of more than one letter or sign, so that "..." and "3 3" are no stammer by themselves.

    >>> stammer("il m'a il m'a entarté".split()), stammer("il m'a".split())
    ((0, 2, 2), (0, 0, 1))
    """
    best = (0, 0, 1)
    for length in range(1, min(LONGEST, len(said) // 2) + 1):
        for start in range(len(said) - 2 * length + 1):
            span = said[start : start + length]
            times = 1
            while said[start + times * length : start + (times + 1) * length] == span:
                times += 1
            worth = times > 1 and any(len(text) > 1 for text in span)
            if worth and (times - 1) * length > (best[2] - 1) * best[1]:
                best = (start, length, times)
    return best


def again(evidence: Evidence, said: list[str]) -> tuple[Sign, Sign]:
    """The span of two or more words that comes back, apart: the one most read off the same places, and the
    one most improbable the second time.

    The value of the first is Σ over its words of the overlap Σ_s min(α_first,s, α_second,s), which is 1 for
    the same look and is not counted below one half; that of the second is in nats.
    """
    weights = evidence.looked()  # (U, S)
    nats = np.minimum(-evidence.by_unit(evidence.log_probs), CLIP)
    same, odd = Sign(0.0), Sign(0.0)
    for first, second, length in returns(said):
        rows = np.minimum(weights[first : first + length], weights[second : second + length]).sum(1)
        value, surprise = float(rows[rows >= SAME].sum()), float(nats[second : second + length].sum())
        places = (*range(first, first + length), *range(second, second + length))
        text = f"“{evidence.said(places[:length])}” comes back"
        if value > same.value:
            same = Sign(value, f"{text} and is read off the same source words", target=places)
        if surprise > odd.value:
            odd = Sign(surprise, f"{text}, which was improbable", target=places)
    return same, odd


def returns(said: list[str]) -> Iterator[tuple[int, int, int]]:
    """Start, second start and length of each span of two or more words that comes back, not at once.

    >>> list(returns("a man and a man".split())), list(returns("a man a man".split()))
    ([(0, 3, 2)], [])
    """
    for first in range(len(said)):
        for second in range(first + 2, len(said)):
            length = 0
            while first + length < second and second + length < len(said):
                if said[first + length] != said[second + length]:
                    break
                length += 1
            if length >= 2 and first + length < second:
                yield first, second, length
