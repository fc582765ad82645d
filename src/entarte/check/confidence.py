"""Low confidence: the model itself thought its output improbable."""

from __future__ import annotations

import math

import numpy as np

from entarte.check.base import Check, Sign
from entarte.check.evidence import Evidence


class Confidence(Check):
    """The model itself thought the output improbable, as a whole or at some word.

    threshold  fails from this score on
    offset     what the weighted signs must outweigh
    doubt      weight of the nats of a mean output piece
    jump       weight of the nats of the least probable word
    unsure     weight of the share of words with a probability below one half
    """

    name = "confidence"
    about = "the model was unsure"
    plants = ("replaced", "swapped")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 5.0,
        doubt: float = 2.0,
        jump: float = 0.4,
        unsure: float = 1.0,
    ) -> None:
        super().__init__(threshold, offset, {"doubt": doubt, "jump": jump, "unsure": unsure})

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        if not evidence.target:
            return {}
        nats = -evidence.by_unit(evidence.log_probs)
        least = int(np.argmax(nats))
        mean = float(-evidence.log_probs.mean())
        word = f"“{evidence.said([least])}” had a probability of {math.exp(-nats[least]):.2g}"
        text = f"{word}, a piece {math.exp(-mean):.2g} in the mean"
        return {
            "doubt": Sign(mean),
            "jump": Sign(float(nats[least]), text, target=(least,)),
            "unsure": Sign(float((nats > math.log(2)).mean())),
        }
