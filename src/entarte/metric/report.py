"""What was measured, as one object that any command can show: JSON, Markdown, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entarte.metric.base import Score
from entarte.metric.bucket import LengthBucket, WordBucket
from entarte.metric.significance import Comparison, Differing, Interval
from entarte.metric.table import MARKS, Cell, Table, visible

FORMAT = 1


@dataclass(frozen=True)
class Versus:
    """A second system held against a first: the tests, and the sentences that differ most."""

    first: str
    second: str
    comparisons: tuple[Comparison, ...]
    metric: str = ""  # the one that `better` and `worse` are sorted by
    better: tuple[Differing, ...] = ()
    worse: tuple[Differing, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that was measured on one test set. Outer keys are systems, inner ones metrics.

    sources, references, outputs    the texts (whole files), where sentences are to be shown
    notes                           what a reader must know to trust the numbers
    by                              the side whose length the buckets count, source or target
    parts                           scores by part (kind of question, task) in place of metric
    """

    title: str
    scores: Mapping[str, Sequence[Score]]
    intervals: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    lengths: Mapping[str, Mapping[str, Sequence[LengthBucket]]] = field(default_factory=dict)
    words: Mapping[str, Sequence[WordBucket]] = field(default_factory=dict)
    versus: Sequence[Versus] = ()
    sources: Sequence[str] = ()
    references: Sequence[Sequence[str]] = ()
    outputs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    by: str = "source"
    parts: Mapping[str, Mapping[str, Sequence[Score]]] = field(default_factory=dict)

    def tables(self) -> list[Table]:
        """All that a person reads, in order."""
        return [
            self.score_table(),
            *self.part_tables(),
            *self.length_tables(),
            *self.word_tables(),
            *self.versus_tables(),
        ]

    def score_table(self) -> Table:
        """A row per system, a column per metric; with intervals where there are any."""
        names = list(dict.fromkeys(score.name for scores in self.scores.values() for score in scores))
        banded = {name for bands in self.intervals.values() for name in bands}
        columns = ["system"]
        for name in names:
            columns.append(self.label(name))
            if name in banded:
                columns.append(f"{self.label(name)} interval")
        rows: list[tuple[Cell, ...]] = []
        for system, scores in self.scores.items():
            by_name = {score.name: score for score in scores}
            row: list[Cell] = [system]
            for name in names:
                row.append(by_name[name].value if name in by_name else None)
                if name in banded:
                    row.append(_band(self.intervals.get(system, {}).get(name)))
            rows.append(tuple(row))
        return Table("Scores", tuple(columns), tuple(rows))

    def part_tables(self) -> list[Table]:
        """Of each system a row per part, and a column per metric that some part has."""
        tables = []
        for system, parts in self.parts.items():
            names = list(dict.fromkeys(score.label for scores in parts.values() for score in scores))
            rows: list[tuple[Cell, ...]] = []
            for part, scores in parts.items():
                values = {score.label: score.value for score in scores}
                count = max((score.sentences for score in scores), default=0)
                rows.append((part or "–", count, *map(values.get, names)))
            title = "By part" if len(self.parts) == 1 else f"By part: {system}"
            tables.append(Table(title, ("part", "sentences", *names), tuple(rows)))
        return tables

    def length_tables(self) -> list[Table]:
        """For each metric, a row per bucket of length and a column per system; of one system, one
        table with a column per metric."""
        metrics = dict.fromkeys(metric for each in self.lengths.values() for metric in each)
        if len(self.lengths) == 1 and len(metrics) > 1:
            return [self._lengths_of_one(next(iter(self.lengths.values())))]
        tables = []
        for metric in metrics:
            systems = {system: each[metric] for system, each in self.lengths.items() if metric in each}
            first = next(iter(systems.values()))
            rows: list[tuple[Cell, ...]] = []
            for at, bucket in enumerate(first):
                values: list[Cell] = []
                for buckets in systems.values():
                    score = buckets[at].score
                    values.append(None if score is None else score.value)
                rows.append((bucket.label, bucket.sentences, *values))
            title = f"{self.label(metric)} by {self.by} length (words)"
            tables.append(Table(title, ("length", "sentences", *systems), tuple(rows)))
        return tables

    def _lengths_of_one(self, measured: Mapping[str, Sequence[LengthBucket]]) -> Table:
        first = next(iter(measured.values()))
        rows: list[tuple[Cell, ...]] = []
        for at, bucket in enumerate(first):
            scores = [buckets[at].score for buckets in measured.values()]
            values = (None if score is None else score.value for score in scores)
            rows.append((bucket.label, bucket.sentences, *values))
        columns = ("length", "sentences", *map(self.label, measured))
        return Table(f"By {self.by} length (words)", columns, tuple(rows))

    def word_tables(self) -> list[Table]:
        """A row per bucket of training frequency, F1 of each system."""
        if not self.words:
            return []
        first = next(iter(self.words.values()))
        rows: list[tuple[Cell, ...]] = [
            (bucket.label, bucket.wanted, *(buckets[at].f1 for buckets in self.words.values()))
            for at, bucket in enumerate(first)
        ]
        columns = ("times in training", "words in the reference", *self.words)
        return [Table("Word F1 by training frequency", columns, tuple(rows))]

    def versus_tables(self) -> list[Table]:
        """The tests of each pair of systems, then the sentences that differ most."""
        tables = []
        for pair in self.versus:
            columns = (
                *("metric", pair.first, pair.second, "difference"),
                *("95 % of difference", "better in %", "p", "test"),
            )
            rows: list[tuple[Cell, ...]] = [
                (
                    self.label(each.metric),
                    each.first,
                    each.second,
                    each.difference,
                    _band(each.interval),
                    None if each.better is None else 100 * each.better,
                    f"{each.p:.4f}",
                    f"{each.method} × {each.samples}",
                )
                for each in pair.comparisons
            ]
            tables.append(Table(f"{pair.second} against {pair.first}", columns, tuple(rows)))
            for name, found in ((pair.second, pair.better), (pair.first, pair.worse)):
                if found:
                    title = f"Where {name} is most better ({self.label(pair.metric)})"
                    tables.append(self._differing(title, pair, found))
        return tables

    def to_markdown(self, tables: Sequence[Table] | None = None) -> str:
        """The whole report (with these tables instead of its own); signatures and notes at the end."""
        parts = [f"# {self.title.translate(MARKS)}"]
        for table in self.tables() if tables is None else tables:
            parts += [f"## {table.title.translate(MARKS)}", table.to_markdown()]
        signatures = [f"- {label}: `{text}`" for label, text in self.signatures().items()]
        parts += ["## How it was measured", "\n".join([*signatures, *(f"- {note}" for note in self.notes)])]
        return "\n\n".join(parts) + "\n"

    def to_text(self, tables: Sequence[Table] | None = None) -> str:
        """The same for a terminal."""
        parts = []
        for table in self.tables() if tables is None else tables:
            parts.append(f"{visible(table.title)}\n\n{table.to_text()}")
        signatures = [f"{label}: {text}" for label, text in self.signatures().items()]
        return "\n\n".join([*parts, "\n".join([*signatures, *self.notes])]) + "\n"

    def signatures(self) -> dict[str, str]:
        """How each metric was measured, by its label."""
        return {score.label: score.signature for each in self.scores.values() for score in each}

    def to_json(self) -> dict[str, Any]:
        """Every number with all its digits. `json.dump(…, allow_nan=False)` takes it."""
        return {
            "format": FORMAT,
            "title": self.title,
            "scores": {name: [score.to_json() for score in each] for name, each in self.scores.items()},
            "intervals": {
                name: {metric: band.to_json() for metric, band in each.items()}
                for name, each in self.intervals.items()
            },
            "lengths": {
                name: {metric: [bucket.to_json() for bucket in found] for metric, found in each.items()}
                for name, each in self.lengths.items()
            },
            "parts": {
                name: {part: [score.to_json() for score in scores] for part, scores in each.items()}
                for name, each in self.parts.items()
            },
            "words": {name: [bucket.to_json() for bucket in each] for name, each in self.words.items()},
            "versus": [
                {
                    "first": pair.first,
                    "second": pair.second,
                    "comparisons": [each.to_json() for each in pair.comparisons],
                    "metric": pair.metric,
                    "better": [self._shown(pair, each) for each in pair.better],
                    "worse": [self._shown(pair, each) for each in pair.worse],
                }
                for pair in self.versus
            ],
            "notes": list(self.notes),
        }

    def label(self, metric: str) -> str:
        """What tables call a metric."""
        for scores in self.scores.values():
            for score in scores:
                if score.name == metric:
                    return score.label
        return metric

    def _texts(self, pair: Versus, sentence: int) -> dict[str, str]:
        """Source, reference and both outputs of a sentence, as far as they are known."""
        texts = {}
        if self.sources:
            texts["source"] = self.sources[sentence]
        if self.references:
            texts["reference"] = " / ".join(self.references[sentence])
        for role, system in (("first", pair.first), ("second", pair.second)):
            if system in self.outputs:
                texts[role] = self.outputs[system][sentence]
        return texts

    def _shown(self, pair: Versus, found: Differing) -> dict[str, Any]:
        return {**found.to_json(), "texts": self._texts(pair, found.sentence)}

    def _differing(self, title: str, pair: Versus, found: Sequence[Differing]) -> Table:
        texts = [self._texts(pair, each.sentence) for each in found]
        names = {"first": f"{pair.first} wrote", "second": f"{pair.second} wrote"}
        columns = ("line", pair.first, pair.second, *(names.get(key, key) for key in texts[0]))
        rows: list[tuple[Cell, ...]] = [
            (each.sentence + 1, each.first, each.second, *text.values()) for each, text in zip(found, texts)
        ]
        return Table(title, columns, tuple(rows))


def _band(band: Interval | None) -> str | None:
    return None if band is None else f"{band.low:.2f} … {band.high:.2f}"
