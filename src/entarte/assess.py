"""How good a trained model is on some pairs: what it says, how probable the truth is, where it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from entarte.errors import InputError
from entarte.example import Example
from entarte.generate import Output, Translator
from entarte.metric import METRICS, TextMetric, statistics
from entarte.metric.aer import Aer
from entarte.metric.base import Score
from entarte.metric.bucket import FREQUENCIES, by_length, by_word_frequency
from entarte.metric.exact import Exact
from entarte.metric.links import Links
from entarte.metric.on_gold import OnGold
from entarte.metric.part import by_part
from entarte.metric.perplexity import Perplexity
from entarte.metric.pointing import Pointing
from entarte.metric.report import Report
from entarte.metric.significance import interval
from entarte.metric.table import Table
from entarte.metric.whole import Whole
from entarte.reader.text import written
from entarte.references import wanted
from entarte.span import words
from entarte.task.base import Task


class Assessment(NamedTuple):
    """The report, the outputs it speaks of, the alignment's score where gold links are known, and what the
    model is for."""

    report: Report
    outputs: list[Output]
    aer: Score | None
    task: Task

    def tables(self, examples: int) -> list[Table]:
        """What a person reads: scores, alignment, quality by length, the first translations."""
        scores, *rest = self.report.tables()
        tables = [scores]
        if self.aer is not None:
            tables.append(Aer.table(dict.fromkeys(self.report.scores, self.aer), {}))
        tables += rest
        if examples and self.task.metrics:
            rows = tuple(
                (source, said.text, " / ".join(known))
                for source, said, known in zip(
                    self.report.sources, self.outputs, self.report.references, strict=True
                )
            )
            tables.append(
                Table(self.task.outputs, (self.task.source, self.task.target, "reference"), rows[:examples])
            )
        return tables


def searched(translator: Translator) -> str:
    """How outputs are found."""
    search = translator.settings.search
    options = " ".join(f"{key}={value}" for key, value in search.options.items())
    return f"{search.kind} search, {options}"


def assess(
    translator: Translator,
    pairs: Sequence[Example],
    measures: Sequence[TextMetric],
    *,
    gold: Sequence[Links] | None = None,
    training: Mapping[str, int] | None = None,
    readings: bool = False,
    by: Literal["source", "target"] | None = None,
    lengths: Sequence[int] = (),
    frequencies: Sequence[int] = FREQUENCIES,
    samples: int = 0,
    seed: int = 1,
    shown: Callable[[Iterator[Output]], Iterator[Output]] = iter,
) -> Assessment:
    """Translate the sources and force the targets; measure both.

    gold         word links of the pairs, for AER; else those that the pairs carry
    training     how often each target word stands in the training data: word F1 by that
    readings     pairs of one source are several references for it; it is decoded once
    by           the side whose words are counted for the buckets of length; else the task says it
    lengths      last length of each bucket, in words; else the task says them
    frequencies  first frequency of each bucket
    samples      of the bootstrap, for 95 % intervals; 0: none
    shown        hands the outputs on and may count them
    """
    if not pairs:
        raise InputError("there is no pair to measure on")
    task = translator.aim
    asked = wanted(pairs, readings=readings)
    sources, references = [each.source for each in asked], [each.references for each in asked]
    forced = translator.force(
        [pair.source for pair in pairs],
        [pair.target or "" for pair in pairs],
        open=[pair.open for pair in pairs],
    )
    outputs = list(shown(translator.stream(sources))) if measures else [forced[e.pairs[0]] for e in asked]
    for each in measures:
        each.label = task.labels.get(each.name, each.label)
    rows: list[tuple[Any, Any]] = [
        (measure, statistics(measure, [each.text for each in outputs], references)) for measure in measures
    ]
    for name in task.surprise:
        surprise = METRICS[name]()
        assert isinstance(surprise, Perplexity)
        single = [
            surprise.sentence(each.log_probs, written(each.text), not pair.open)
            for each, pair in zip(forced, pairs, strict=True)
        ]
        rows.append((surprise, [sum(single[n] for n in each.pairs) for each in asked]))
    many = f"{len(pairs)} pairs"
    if readings:
        many += f" of {len(asked)} sources, each with all its readings"
    notes = [f"{many}; {searched(translator)}." if measures else f"{len(pairs)} texts; nothing was decoded."]
    known = {n: Links(pair.links) for n, pair in enumerate(pairs) if pair.links}
    if gold is not None:
        known = dict(enumerate(gold))
    aer = None
    if known and "aer" in task.links:
        measure = Aer()
        found = [forced[n].alignment.word_links() for n in known]
        rows.append((measure, measure.statistics(found, list(known.values()))))
        aer = measure.corpus(rows[-1][1])
        notes.append(f"AER of {len(known)} forced decodings: each target word's heaviest source word.")
    looks = [look for look in (OnGold(), Pointing()) if known and look.name in task.links]
    for look in looks:
        links = [each.possible for each in known.values()]
        rows.append((look, look.statistics([forced[n].alignment for n in known], links)))
    notes += [remark for measure, each in rows if (remark := measure.remark(each))]
    if cut := sum(not each.finished for each in outputs):
        notes.append(f"{cut} outputs ended at the length limit (generate.length_factor, length_constant).")
    name = translator.name
    by = by or task.by
    places = {n: at for at, each in enumerate(asked) for n in each.pairs}
    whole, linked = range(len(asked)), [places[n] for n in known]
    parts = by_part(
        [task.part(source) for source in sources],
        [(m, each, linked if isinstance(m, Aer | OnGold | Pointing) else whole) for m, each in rows],
        {name: (*part.metrics, *task.surprise, *task.links) for name, part in task.parts.items()},
    )
    groups = [pairs[each.pairs[0]].group for each in asked]
    if any(group is not None for group in groups):
        rows += [
            (Whole(), Whole().statistics([bool(row[1]) for row in each], groups))
            for measure, each in rows
            if type(measure) is Exact
        ]
    counts = [len(words(each.source if by == "source" else each.references[0])) for each in asked]
    said = [each.text for each in outputs]
    report = Report(
        title=f"{name} on {pairs[0].file or 'given pairs'}",
        scores={name: [measure.corpus(each) for measure, each in rows]},
        intervals={name: {m.name: interval(m, each, samples=samples, seed=seed) for m, each in rows}}
        if samples
        else {},
        lengths={
            name: {
                m.name: by_length(m, each, counts, lengths or task.lengths, samples=samples, seed=seed)
                for m, each in rows
                if len(each) == len(counts)
            }
        },
        words={name: by_word_frequency(said, references, training, frequencies)}
        if training is not None and measures
        else {},
        sources=sources,
        references=references,
        outputs={name: said},
        notes=notes,
        by=by,
        parts={name: parts} if len(parts) > 1 else {},
    )
    return Assessment(report, outputs, aer, task)
