"""How good a model is while it is being trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import NamedTuple

import torch

from entarte.corpus import Corpus
from entarte.generate import Translator
from entarte.metric import create, statistics
from entarte.metric.aer import Aer
from entarte.references import wanted
from entarte.state import moved


class Marks(NamedTuple):
    """perplexity per target piece; what greedy decodings came to, by the name of the measure; AER of forced
    ones where gold is known."""

    perplexity: float
    scores: Mapping[str, float]
    aer: float | None


class Examiner:
    """Validates a model on held-out pairs.

    corpus      the pairs
    translator  the model that is being trained, with its tokenizers
    sentences   how many are decoded to be measured
    tokens      target tokens of a batch
    """

    def __init__(self, corpus: Corpus, translator: Translator, sentences: int, tokens: int) -> None:
        self.corpus = corpus
        self.translator = translator
        self.sentences = sentences
        self.asked = wanted(corpus.examples, readings=translator.settings.data.readings)[:sentences]
        self.size = max(1, tokens // max(max(corpus.lengths()[1], default=1), 1))

    def examine(self) -> Marks:
        """The marks of the model as it is now. Training mode and generator are left as they were."""
        model = self.translator.model
        training = model.training
        model.eval()
        try:
            return Marks(self.perplexity(), self.watched(), self.aer())
        finally:
            model.train(training)

    @torch.inference_mode()
    def perplexity(self) -> float:
        """exp of the mean negative log-likelihood per piece, EOS included."""
        model, corpus = self.translator.model, self.corpus
        order = sorted(range(len(corpus)), key=lambda n: len(corpus.targets[n]))
        nll, said = 0.0, 0
        for at in range(0, len(order), self.size):
            pairs = moved(corpus.batch(order[at : at + self.size]), model.device)
            nll -= float(model.force(pairs.source, pairs.target).log_probs.double().sum())
            said += int(pairs.target.mask.sum())
        return exp(min(nll / max(said, 1), 700.0))

    def watched(self) -> dict[str, float]:
        """Of greedy decodings, what the task and each of its parts is watched by, and what chooses the best
        model; nothing where no sentence is to be decoded."""
        aim = self.translator.aim
        names = {aim.watched, self.translator.settings.train.metric} - {"perplexity", ""}
        if not self.asked or not (names or aim.parts):
            return {}
        outputs = self.translator.translate([each.source for each in self.asked], search="greedy")
        said, known = [each.text for each in outputs], [each.references for each in self.asked]
        scores = {name: score(name, said, known) for name in sorted(names)}
        for prefix, part in aim.parts.items():
            own = [n for n, each in enumerate(self.asked) if aim.part(each.source) == prefix]
            if own:
                value = score(part.watched, [said[n] for n in own], [known[n] for n in own])
                scores[f"{prefix}: {part.watched}"] = value
        return scores

    def aer(self) -> float | None:
        """Alignment error rate of forced decodings against gold links; None where none are known."""
        known = [pair for pair in self.corpus.examples[: self.sentences] if pair.links]
        if not known:
            return None
        forced = self.translator.force([p.source for p in known], [p.target or "" for p in known])
        metric = Aer()
        rows = metric.statistics(
            [output.alignment.word_links() for output in forced],
            [pair.links or frozenset() for pair in known],
        )
        return metric.corpus(rows).value


def score(name: str, said: Sequence[str], known: Sequence[Sequence[str]]) -> float:
    """What some outputs come to by a measure."""
    metric = create(name)
    return metric.corpus(statistics(metric, said, known)).value
