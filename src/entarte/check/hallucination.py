"""Hallucination: a part of the output that the source does not support."""

from __future__ import annotations

import numpy as np

from entarte.check.base import Check, Sign, heaviest
from entarte.check.evidence import BARE, Evidence

SUPPORT = 1.0  # nats that the source should add to a word
USUAL = 2.0  # nats that a word may take
CLIP = 6.0  # nats beyond which a word is not counted further


class Hallucination(Check):
    """A part of the output that the source does not support: no more probable with the source than with an
    empty one, and improbable.

    threshold    fails from this score on
    offset       what the weighted signs must outweigh
    unsupported  weight of the nats that neighbouring output words lack in support by the source
    astray       weight of the same, with what the words' own improbability adds
    improbable   weight of the nats that neighbouring output words take beyond what is usual
    long         weight of the pieces that the output has too many, as the log of the ratio to the source's
    """

    name = "hallucination"
    about = "something is said that the source does not say"
    needs = frozenset({BARE})
    plants = ("inserted",)
    rivals = ("deleted", "repeated", "swapped", "cut")
    fixed = ("unsupported",)  # an output that ignores its source is probable: that cannot be planted

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 3.5,
        unsupported: float = 0.3,
        astray: float = 0.25,
        improbable: float = 0.07,
        long: float = 5.0,
    ) -> None:
        weights = {
            "unsupported": unsupported,
            "astray": astray,
            "improbable": improbable,
            "long": long,
        }
        super().__init__(threshold, offset, weights)

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        if not evidence.target or not evidence.source:
            return {}
        assert evidence.bare is not None
        nats = -evidence.by_unit(evidence.log_probs)  # (U,) that each word takes
        support = evidence.by_unit(evidence.log_probs - evidence.bare)
        signs = {}
        lacking, places = heaviest(SUPPORT - support)
        without = "would be as probable without the source"
        signs["unsupported"] = Sign(lacking, told(evidence, places, without), target=places)
        astray, places = heaviest(np.clip(nats - USUAL, -CLIP / 2, CLIP) - np.clip(support, -CLIP, CLIP))
        signs["astray"] = Sign(
            astray, told(evidence, places, "is not what the source suggests"), target=places
        )
        much, places = heaviest(nats - 2 * USUAL)
        signs["improbable"] = Sign(much, told(evidence, places, "is improbable"), target=places)
        read, said = len(evidence.alignment.columns), len(evidence.log_probs)
        signs["long"] = Sign(max(float(np.log(said / read)), 0.0))
        return signs


def told(evidence: Evidence, places: tuple[int, ...], what: str) -> str:
    """“avec une tarte” is improbable"""
    return f"“{evidence.said(places)}” {what}" if places else "every word is supported by the source"
