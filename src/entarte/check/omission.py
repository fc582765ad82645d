"""Omission: a part of the source that the output does not say."""

from __future__ import annotations

import math

import numpy as np

from entarte.check.base import Check, Sign, heaviest
from entarte.check.evidence import ERASED, Evidence

ENOUGH = 3.0  # nats: a unit on which some output piece depends so much has certainly been said
SLACK = 1.0  # nats that the output may lose with a word that it does not say
SEEN = 0.7  # a unit that was looked at for as much as this part of a step counts as covered
CERTAIN = 2.0  # nats: a source unit at least so probable for the reverse model can be told from the output


class Omission(Check):
    """A part of the source that the output does not say: it was hardly looked at, the output is as probable
    without it (Vamvas and Sennrich 2022), and the output is improbable where it should have come.

    threshold  fails from this score on
    offset     what the weighted signs must outweigh
    uncovered  weight of looks that neighbouring source words lack (See et al. 2017 call their sum coverage)
    needless   weight of what the output gains when neighbouring source words are taken away, as log(1 + nats)
    unfelt     weight of neighbouring source words on which no output piece depends
    lost       weight of nats that the reverse model lacks to say neighbouring source words
    jump       weight of the nats of the least probable output piece
    short      weight of the pieces that the output lacks, as the log of the ratio to the source's
    """

    name = "omission"
    about = "a part of the source is not said"
    needs = frozenset({ERASED})
    plants = ("deleted",)
    rivals = ("repeated", "inserted", "swapped", "looped")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 6.5,
        uncovered: float = 1.0,
        needless: float = 1.0,
        unfelt: float = 0.6,
        lost: float = 0.3,
        jump: float = 0.25,
        short: float = 6.0,
    ) -> None:
        weights = {
            "uncovered": uncovered,
            "needless": needless,
            "unfelt": unfelt,
            "lost": lost,
            "jump": jump,
            "short": short,
        }
        super().__init__(threshold, offset, weights)

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        if not evidence.source:
            return {}
        if not evidence.target:
            everything = tuple(range(len(evidence.source)))
            return {"uncovered": Sign(50.0, "the output is empty", everything)}
        assert evidence.erased is not None
        looks = evidence.looked().sum(0)  # (S,)
        signs = {}
        lacking, places = heaviest(SEEN - looks)
        signs["uncovered"] = Sign(lacking, told(evidence, places, "was hardly looked at"), places)
        gain, places = heaviest(evidence.erased.sum(1) + SLACK)
        without = "could go, and the output would hardly be less probable"
        signs["needless"] = Sign(math.log1p(gain), told(evidence, places, without), places)
        peak = np.maximum(-evidence.erased, 0).max(1)  # (S,)
        unfelt, places = heaviest(1 - np.minimum(peak, ENOUGH))
        no_effect = "has no effect on any word of the output"
        signs["unfelt"] = Sign(unfelt, told(evidence, places, no_effect), places)
        if (lost := self.lost(evidence)) is not None:
            signs["lost"] = lost
        signs["jump"] = Sign(float(-evidence.log_probs.min()))
        read, said = len(evidence.alignment.columns), len(evidence.log_probs)
        signs["short"] = Sign(max(math.log(read / said), 0.0))
        return signs

    def lost(self, evidence: Evidence) -> Sign | None:
        """What the reverse model cannot tell from the output."""
        backward = evidence.aids.backward
        if backward is None:
            return None
        nats = [-(token.log_prob or 0.0) for token in backward.rows]
        each = [sum(nats[piece] for piece in unit.pieces if piece < len(nats)) for unit in evidence.source]
        value, places = heaviest(np.array(each) - CERTAIN)
        return Sign(value, told(evidence, places, "cannot be told from the output"), places)


def told(evidence: Evidence, places: tuple[int, ...], what: str) -> str:
    """“with a pie” was hardly looked at"""
    if not places:
        return "every part of the source is found in the output"
    return f"“{evidence.read(places)}” {what}"
