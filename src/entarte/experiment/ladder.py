"""Ladder: the ablation of Luong, Pham and Manning 2015 (table 1), row by row.

Each row adds one thing to the row before. The published figures are of WMT'14 English to German: 4.5
million pairs, four layers of 1,000 cells; here the models and the corpus are small, so what can be compared
is the order and the sign of the gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from entarte.errors import InputError
from entarte.example import Example
from entarte.experiment.base import Experiment, Findings, Row, Sizes, System, member
from entarte.experiment.compare import SURE, band, bleu, chance, mean, pooled
from entarte.experiment.outcome import Outcome
from entarte.metric.base import Floats
from entarte.metric.table import Cell, Table
from entarte.plot.curve import Panel, Series

PUBLISHED = {
    "base": 11.3,
    "reverse": 12.6,
    "dropout": 14.0,
    "location": 16.8,
    "feed": 18.1,
    "local-p": 19.0,
    "unknown": 20.9,
    "ensemble": 23.0,
}
"""BLEU in table 1 of the paper."""
LAST = ("feed", "local-p")
"""The rows whose members form the ensemble."""


@dataclass(frozen=True)
class Ladder(Experiment):
    """Luong's rows: base, reverse, dropout, location, input feeding, local-p, unknown words, ensemble.

    dropout  its rate, from the third row on
    layers   of encoder and decoder
    """

    seeds: int = 2
    dropout: float = 0.2
    layers: int = 1

    name: ClassVar[str] = "ladder"
    base: ClassVar[str] = """
[text]
kind = "word"
shared = false
size = 500
[front]
width = 128
[encoder]
cell = "lstm"
width = 128
directions = "one"
[attention]
kind = "none"
[decoder]
cell = "lstm"
width = 128
start = "last"
query = "current"
input_feeding = false
[readout]
kind = "plain"
[train]
rate = 0.003
warmup = 100
schedule = "cosine"
epochs = 8
batch_tokens = 800
valid_sentences = 100
threads = 1
[generate]
kind = "beam"
beam = 5
"""

    def __post_init__(self) -> None:
        if not 0 < self.dropout < 1:
            raise InputError(
                f"{self.dropout} is no rate of dropout", setting="--dropout", advice="For example 0.2."
            )

    def rows(self) -> list[Row]:
        reverse = "encoder.reverse=true"
        deep = ("encoder", "decoder") if self.layers > 1 else ()  # between layers
        dropout = tuple(f"{part}.dropout={self.dropout}" for part in ("front", *deep, "readout"))
        attend = (reverse, "readout.kind=attentional", *dropout)
        feed = (*attend, "decoder.input_feeding=true")
        local = (*feed, "attention.kind=general", "window.kind=local-p")
        layers = tuple(f"{part}.layers={self.layers}" for part in ("encoder", "decoder"))
        steps = (
            ("base", "base", ("encoder.reverse=false",)),
            ("reverse", "+ reversed source", (reverse,)),
            ("dropout", "+ dropout", (reverse, *dropout)),
            ("location", "+ global attention (location)", (*attend, "attention.kind=location")),
            ("feed", "+ input feeding", (*feed, "attention.kind=location")),
            ("local-p", "local-p attention (general)", local),
        )
        return [Row(name, title, (*layers, *settings)) for name, title, settings in steps]

    def systems(self) -> list[System]:
        seeds = range(1, self.seeds + 1)
        unknown = [
            System(member("unknown", seed), "unknown", seed, (member("local-p", seed),), replace=True)
            for seed in seeds
        ]
        together = tuple(member(row, seed) for row in LAST for seed in seeds)
        return [*super().systems(), *unknown, System("ensemble", "ensemble", 0, together, replace=True)]

    @property
    def sizes(self) -> Sizes:
        return Sizes(12_000, 200, 400, 14, 14)

    def findings(self, pairs: Sequence[Example], outcomes: Mapping[str, list[Outcome]]) -> Findings:
        titles = {row.name: row.title for row in self.rows()}
        titles |= {"unknown": "+ unknown words replaced", "ensemble": f"ensemble of {len(LAST) * self.seeds}"}
        rows = {name: pooled(outcomes[name], pairs) for name in titles}
        body: list[tuple[Cell, ...]] = []
        before = None
        for name, title in titles.items():
            own = outcomes[name]
            scores = [bleu(pooled([each], pairs)) for each in own]
            gain = p = there = None
            verdict: Cell = None
            if before is not None:
                gain, p = bleu(rows[name]) - bleu(rows[before]), chance(rows[before], rows[name])
                there = PUBLISHED[name] - PUBLISHED[before]
                verdict = "yes" if gain > 0 and p < SURE else "no" if gain < 0 and p < SURE else "not shown"
            body.append(
                (
                    *(title, None if name == "unknown" else mean([each.perplexity() for each in own])),
                    *(bleu(rows[name]), " ".join(f"{score:.1f}" for score in scores), gain),
                    None if p is None else f"{p:.4f}",
                    *(sum(line.split().count("<unk>") for each in own for line in each.outputs) // len(own),),
                    *(PUBLISHED[name], there, verdict),
                )
            )
            before = name
        heads = (
            "model",
            "perplexity",
            "BLEU",
            "by seed",
            "gain",
            "p",
            "<unk>",
            "Luong",
            "gain there",
            "as there",
        )
        notes = [
            f"BLEU and gain of a row: its seeds together ({self.seeds}). p: approximate randomisation over "
            "sentences, against the row before; it speaks of other sentences, not of other seeds.",
            f"As there: the gain has the sign that Luong et al. 2015 found, and p < {SURE}; no: the opposite "
            "sign, and p as small; else it is not shown.",
            "Luong: WMT'14 English to German, Luong et al. 2015, table 1; the ensemble there is of 8.",
            "perplexity counts <unk> as a word, so it is comparable between rows only.",
            "<unk>: unknown words in the outputs.",
        ]
        return Findings(
            [Table("Luong's ladder", heads, tuple(body))], {"ladder": panels(titles, rows, outcomes)}, notes
        )


def panels(
    titles: Mapping[str, str], rows: Mapping[str, Floats], outcomes: Mapping[str, list[Outcome]]
) -> list[Panel]:
    """BLEU beside the published, and perplexity."""
    names = list(titles.values())
    bands = [band(found) for found in rows.values()]
    own = Series(
        "here",
        names,
        [bleu(found) for found in rows.values()],
        [b.low for b in bands],
        [b.high for b in bands],
    )
    paper = Series("Luong et al. 2015", names, list(PUBLISHED.values()))
    trained = [name for name in titles if name != "unknown"]
    perplexity = [mean([each.perplexity() for each in outcomes[name]]) or 0.0 for name in trained]
    return [
        Panel((own, paper), "", "BLEU", "BLEU", kind="bar"),
        Panel(
            (Series("here", [titles[name] for name in trained], perplexity),),
            "",
            "perplexity",
            "perplexity",
            kind="bar",
        ),
    ]
