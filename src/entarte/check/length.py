"""Wrong length: the output is much shorter or longer than is usual, or was cut off."""

from __future__ import annotations

import math
from collections.abc import Sequence

from entarte.check.base import Check, Sign
from entarte.check.evidence import Evidence


class Length(Check):
    """The output is much shorter or longer than the source lets expect, or the length limit cut it off.

    threshold  fails from this score on
    offset     what the weighted signs must outweigh
    ratio      pieces of an output for each piece of its source, as usual
    spread     the standard deviation of the logarithm of that ratio for a source of one piece; it falls
               with the square root of the pieces
    short      weight of the standard deviations that the output is too short by
    long       weight of the standard deviations that the output is too long by
    cut        weight of being cut off by the length limit
    """

    name = "length"
    about = "too short, too long or cut off"
    plants = ("cut", "looped")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 4.0,
        ratio: float = 1.0,
        spread: float = 0.8,
        short: float = 1.5,
        long: float = 1.5,
        cut: float = 20.0,
    ) -> None:
        super().__init__(threshold, offset, {"short": short, "long": long, "cut": cut})
        self.ratio, self.spread = ratio, spread

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        read, said = sizes(evidence)
        if not read:
            return {}
        expected = self.ratio * read
        away = (
            (math.log(max(said, 0.5)) - math.log(max(expected, 0.5)))
            * math.sqrt(read)
            / max(self.spread, 1e-3)
        )
        text = f"{said} pieces where {expected:.0f} are usual"
        signs = {"short": Sign(max(-away, 0.0), text), "long": Sign(max(away, 0.0), text)}
        if not evidence.output.finished:
            signs["cut"] = Sign(1.0, f"the length limit cut it off after {said} pieces")
        return signs

    def learn(self, sound: Sequence[Evidence]) -> dict[str, float]:
        """The usual ratio, and how it spreads."""
        both = [(read, said) for read, said in map(sizes, sound) if read and said]
        if len(both) < 2:
            return {}
        ratio = sum(said for _, said in both) / sum(read for read, _ in both)
        squares = [read * math.log(said / (ratio * read)) ** 2 for read, said in both]
        return {"ratio": ratio, "spread": max(math.sqrt(sum(squares) / len(squares)), 0.05)}


def sizes(evidence: Evidence) -> tuple[int, int]:
    """Pieces of source and output, without EOS."""
    alignment = evidence.alignment
    read, said = ([t for t in side if t.kind != "eos"] for side in (alignment.columns, alignment.rows))
    return len(read), len(said)
