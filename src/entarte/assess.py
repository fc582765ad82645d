"""How good a trained model is on some pairs: what it says, how probable the truth is, where it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from entarte.errors import InputError
from entarte.example import Example
from entarte.generate import Output, Translator
from entarte.metric import TextMetric, statistics
from entarte.metric.aer import Aer
from entarte.metric.base import Score
from entarte.metric.bucket import FREQUENCIES, LENGTHS, by_length, by_word_frequency
from entarte.metric.links import Links
from entarte.metric.perplexity import Perplexity
from entarte.metric.report import Report
from entarte.metric.significance import interval
from entarte.metric.table import Table
from entarte.span import words
from entarte.task import TASKS
from entarte.task.base import Task


class Assessment(NamedTuple):
    """The report, the outputs it speaks of, the alignment's score where gold links are known, and what the
    model is for."""

    report: Report
    outputs: list[Output]
    aer: Score | None
    task: type[Task]

    def tables(self, examples: int) -> list[Table]:
        """What a person reads: scores, alignment, quality by length, the first translations."""
        scores, *rest = self.report.tables()
        tables = [scores]
        if self.aer is not None:
            tables.append(Aer.table(dict.fromkeys(self.report.scores, self.aer), {}))
        tables += rest
        if examples:
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


def assess(
    translator: Translator,
    pairs: Sequence[Example],
    measures: Sequence[TextMetric],
    *,
    gold: Sequence[Links] | None = None,
    training: Mapping[str, int] | None = None,
    lengths: Sequence[int] = LENGTHS,
    frequencies: Sequence[int] = FREQUENCIES,
    samples: int = 0,
    seed: int = 1,
    shown: Callable[[Iterator[Output]], Iterator[Output]] = iter,
) -> Assessment:
    """Translate the sources and force the targets; measure both.

    gold         word links of the pairs, for AER; else those that the pairs carry
    training     how often each target word stands in the training data: word F1 by that
    lengths      last source length of each bucket, in words
    frequencies  first frequency of each bucket
    samples      of the bootstrap, for 95 % intervals; 0: none
    shown        hands the outputs on and may count them
    """
    if not pairs:
        raise InputError("there is no pair to measure on")
    sources, references = [pair.source for pair in pairs], [pair.target or "" for pair in pairs]
    outputs = list(shown(translator.stream(sources)))
    forced = translator.force(sources, references)
    rows: list[tuple[Any, Any]] = [
        (measure, statistics(measure, [each.text for each in outputs], references)) for measure in measures
    ]
    perplexity = Perplexity()
    rows.append((perplexity, [perplexity.sentence(each.log_probs) for each in forced]))
    search = translator.settings.search
    options = " ".join(f"{key}={value}" for key, value in search.options.items())
    notes = [f"{len(pairs)} pairs; {search.kind} search, {options}."]
    known = {n: Links(pair.links) for n, pair in enumerate(pairs) if pair.links}
    if gold is not None:
        known = dict(enumerate(gold))
    aer = None
    if known:
        measure = Aer()
        found = [forced[n].alignment.word_links() for n in known]
        rows.append((measure, measure.statistics(found, list(known.values()))))
        aer = measure.corpus(rows[-1][1])
        notes.append(f"AER of {len(known)} forced decodings: each target word's heaviest source word.")
    notes += [remark for measure, each in rows if (remark := measure.remark(each))]
    if cut := sum(not each.finished for each in outputs):
        notes.append(f"{cut} outputs ended at the length limit (generate.length_factor, length_constant).")
    name = translator.name
    counts = [len(words(line)) for line in sources]
    said = [each.text for each in outputs]
    report = Report(
        title=f"{name} on {pairs[0].file or 'given pairs'}",
        scores={name: [measure.corpus(each) for measure, each in rows]},
        intervals={name: {m.name: interval(m, each, samples=samples, seed=seed) for m, each in rows}}
        if samples
        else {},
        lengths={
            name: {
                m.name: by_length(m, each, counts, lengths, samples=samples, seed=seed)
                for m, each in rows
                if len(each) == len(counts)
            }
        },
        words={} if training is None else {name: by_word_frequency(said, references, training, frequencies)},
        sources=sources,
        references=[[line] for line in references],
        outputs={name: said},
        notes=notes,
    )
    return Assessment(report, outputs, aer, TASKS[translator.settings.task.kind])
