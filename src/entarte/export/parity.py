"""Does an export say what its model says? Both translate the same sentences in the same way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entarte.engine import Engine
from entarte.errors import EntarteError
from entarte.generate import Translator
from entarte.text import Tokenizer
from entarte.vocabulary import CONTROL

CLOSE = 1e-4
"""Scores in float32 that are further apart than this are not the same."""


@dataclass(frozen=True)
class Parity:
    """What came of it.

    sentences   how many were compared
    alike       of how many the texts are the same
    mean, most  how far the scores (log-probability per piece, by default) are apart, on average and at most
    """

    sentences: int
    alike: int
    mean: float
    most: float

    def __str__(self) -> str:
        return (
            f"{self.alike} of {self.sentences} sentences are translated alike; "
            f"their scores differ by {self.mean:.1e} on average and {self.most:.1e} at most"
        )

    def demand(self) -> None:
        """Raises EntarteError where numbers in float32 are further apart than rounding explains.

        Two outputs with the same score are both best: which is found first is left to rounding.
        """
        if not self.most <= CLOSE:
            raise EntarteError(
                f"the export does not say what the model says: {self}",
                advice="This is a fault of Entarté or of what runs the export; please report it.",
            )


def compare(translator: Translator, engine: Engine, lines: Sequence[str]) -> Parity:
    """Translate lines with the model and with its export."""
    way = engine.way
    options = {"length_factor": way.length_factor, "length_constant": way.length_constant}
    own = translator.settings.search.options
    plain = {key: value for key, value in way.plain().items() if key in own} | options
    theirs = translator.translate(lines, search=way.kind, longest=way.longest, **plain)
    ours = engine.translate(lines, looks=False)
    apart = np.array([abs(one.score - other.score) for one, other in zip(theirs, ours, strict=True)])
    alike = sum(one.text == other.text for one, other in zip(theirs, ours))
    return Parity(len(lines), alike, float(apart.mean()), float(apart.max()))


def sample(tokenizer: Tokenizer, count: int = 24, seed: int = 1) -> list[str]:
    """Lines of pieces drawn by chance, where no real ones are given."""
    chance = random.Random(seed)
    own = range(len(CONTROL), len(tokenizer.vocabulary))
    return [tokenizer.text(chance.choices(own, k=chance.randint(1, 20))) for _ in range(count)]
