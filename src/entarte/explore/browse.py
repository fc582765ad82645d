"""The test set of a model, translated little by little, and the training examples near a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from entarte.check import verdicts
from entarte.errors import InputError
from entarte.example import Example
from entarte.explore.answers import lines_read, taped
from entarte.explore.ask import Browse, Near
from entarte.explore.shelf import Shelf, owner
from entarte.explore.told import Plain, finite
from entarte.explore.work import Stop, check
from entarte.generate import Translator
from entarte.metric import create, statistics
from entarte.nearest import Index
from entarte.span import words

PART = 16
"""Sentences that are translated for one answer; what a person asks meanwhile comes in between."""


class Library:
    """Test pairs and indices, by the name of their model.

    pairs    for each model its test pairs
    indices  for each model that has one, its index of training examples
    """

    def __init__(
        self,
        shelf: Shelf,
        pairs: Mapping[str, Sequence[Example]],
        indices: Mapping[str, Index] | None = None,
    ) -> None:
        self.shelf = shelf
        self.pairs = pairs
        self.indices = indices or {}
        self.rows: dict[str, list[Plain]] = {}

    def facts(self, name: str) -> Plain:
        """How much there is of a model, and a few sentences to begin with."""
        pairs = self.pairs.get(name, ())
        return {
            "corpus": len(pairs),
            "examples": beginnings(pairs),
            "index": len(self.indices[name]) if name in self.indices else 0,
        }

    def browse(self, asked: Browse, stop: Stop) -> Plain:
        """The rows beyond those that the page knows; where all are known, some more are made."""
        name = asked.model
        pairs = self.pairs.get(owner(name, self.shelf.models), ())
        if not pairs:
            raise InputError(f"'{name}' has no test pairs", advice="Name them: --data a.en --data a.fr")
        rows = self.rows.setdefault(name, [])
        if asked.known >= len(rows) < len(pairs):
            check(stop)
            rows += looked_at(self.shelf[name], pairs[len(rows) : len(rows) + PART], len(rows))
        return {"rows": rows[asked.known :], "of": len(pairs)}

    def near(self, translator: Translator, asked: Near, stop: Stop) -> Plain:
        """Training examples whose decoder was in a like state."""
        name = translator.name
        if name not in self.indices:
            raise InputError(f"'{name}' has no index", advice=f"Make it: entarte index {name}")
        if asked.first >= len(asked.tokens):
            raise InputError(f"there is no step {asked.first}")
        with torch.inference_mode():
            tape = taped(translator, asked, lines_read(translator, asked), asked.first + 1)
        check(stop)
        return {"near": self.indices[name].near(tape.frames[-1].state, asked.count)}


def beginnings(pairs: Sequence[Example], count: int = 6) -> list[str]:
    """A few sources, none too long."""
    short = [pair.source for pair in pairs if 4 <= len(words(pair.source)) <= 12]
    return list(dict.fromkeys(short))[:count]


def looked_at(translator: Translator, pairs: Sequence[Example], first: int) -> list[Plain]:
    """Some pairs, translated and compared with their references."""
    outputs = translator.translate([pair.source for pair in pairs])
    chrf = create("chrf")
    texts = [output.text for output in outputs]
    marks = chrf.each(np.asarray(statistics(chrf, texts, [pair.target or "" for pair in pairs])))
    rows = []
    judged = zip(pairs, outputs, marks, verdicts(translator, outputs), strict=True)
    for number, (pair, output, mark, found) in enumerate(judged, start=first):
        rows.append(
            {
                "number": number,
                "source": pair.source,
                "reference": pair.target,
                "output": output.text,
                "score": finite(output.score),
                "chrf": None if pair.target is None else finite(float(mark)),
                "length": len(words(pair.source)),
                "exact": output.text == pair.target,
                "finished": output.finished,
                "suspicion": max((one.suspicion for one in found), default=0.0),
                "suspicions": {one.check: one.suspicion for one in found},
                "checks": [{"name": one.check, "reason": one.reason} for one in found if one.failed],
            }
        )
    return rows
