"""Shoot-out: every attention, asked by the current and by the previous state, on one corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from entarte.attention import ATTENTIONS
from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.experiment.base import Experiment, Findings, Row, Sizes
from entarte.experiment.compare import band, between, bleu, chance, mean, pooled
from entarte.experiment.outcome import Outcome
from entarte.metric.table import Cell, Table
from entarte.plot.curve import Panel, Series

QUERIES = ("current", "previous")


@dataclass(frozen=True)
class Shootout(Experiment):
    """One model for each attention and each query order, all else alike.

    attentions  by name; () for all
    queries     current (Luong), previous (Bahdanau), or both
    """

    attentions: tuple[str, ...] = tuple(ATTENTIONS)
    queries: tuple[str, ...] = QUERIES

    name: ClassVar[str] = "shootout"
    base: ClassVar[str] = """
[text]
kind = "unigram"
size = 600
[front]
width = 96
[encoder]
cell = "gru"
width = 128
directions = "both"
[decoder]
cell = "gru"
width = 128
start = "bridge"
input_feeding = false
[readout]
kind = "attentional"
[model]
tied = "all"
[train]
rate = 0.005
warmup = 100
schedule = "cosine"
epochs = 5
batch_tokens = 400
valid_sentences = 50
threads = 1
[generate]
kind = "greedy"
"""

    def __post_init__(self) -> None:
        for option, given, known in (
            ("--attentions", self.attentions, tuple(ATTENTIONS)),
            ("--queries", self.queries, QUERIES),
        ):
            for name in given:
                if name not in known:
                    raise InputError(
                        f"there is no '{name}'", setting=option, advice=did_you_mean(name, known)
                    )
            if not given or len(set(given)) < len(given):
                raise InputError("none is named" if not given else "one is named twice", setting=option)

    def rows(self) -> list[Row]:
        return [
            Row(f"{kind}-{query}", f"{kind}, {query}", (f"attention.kind={kind}", f"decoder.query={query}"))
            for kind in self.attentions
            for query in self.queries
        ]

    @property
    def sizes(self) -> Sizes:
        return Sizes(6_000, 200, 300, 10, 10)

    def findings(self, pairs: Sequence[Example], outcomes: Mapping[str, list[Outcome]]) -> Findings:
        rows = {row.name: pooled(outcomes[row.name], pairs) for row in self.rows()}
        best = max(rows, key=lambda name: bleu(rows[name]))
        body: list[tuple[Cell, ...]] = []
        for kind in self.attentions:
            for query in self.queries:
                name = f"{kind}-{query}"
                own = outcomes[name]
                p = None if name == best else f"{chance(rows[best], rows[name]):.4f}"
                body.append(
                    (
                        *(kind, query, bleu(rows[name]), between(band(rows[name])), p),
                        *(mean([each.perplexity() for each in own]), mean([each.aer() for each in own])),
                        mean([sum(each.entropy) / len(each.entropy) for each in own]),
                        *(round(mean([each.speed for each in own]) or 0),),
                        mean([len(pairs) / each.speaking for each in own]),
                        own[0].parameters,
                    )
                )
        heads = (
            "attention",
            "query",
            "BLEU",
            "95 %",
            "p",
            "perplexity",
            "AER",
            "entropy",
            "tok/s",
            "sent/s",
            "parameters",
        )
        notes = [
            f"Means over {self.seeds} seed{'s' * (self.seeds > 1)}; the interval of BLEU is over sentences.",
            f"p: approximate randomisation against the best, {best}. Of {len(rows) - 1} comparisons some may "
            "look significant by chance.",
            "entropy: of the weights over source pieces, in nats, mean over the pieces of the references; "
            "of several heads the mean. AER: each target word's heaviest source word, references forced.",
            "tok/s: target tokens trained on a second; sent/s: test sentences translated a second; "
            "both on one thread, and with whatever else ran beside.",
        ]
        pictures = {"shootout": [self.bars("BLEU", {n: bleu(found) for n, found in rows.items()})]}
        errors = {name: mean([each.aer() for each in outcomes[name]]) for name in rows}
        if all(value is not None for value in errors.values()):
            pictures["shootout"].append(self.bars("AER", {n: value or 0.0 for n, value in errors.items()}))
        return Findings([Table("Attention by attention", heads, tuple(body))], pictures, notes)

    def bars(self, title: str, values: Mapping[str, float]) -> Panel:
        """A bar for each attention, a colour for each query order."""
        series = tuple(
            Series(query, list(self.attentions), [values[f"{kind}-{query}"] for kind in self.attentions])
            for query in self.queries
        )
        return Panel(series, "", title, kind="bar")
