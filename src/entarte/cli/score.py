"""`entarte score`: outputs against references, in numbers; no model is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entarte.cli.measuring import (
    AsJson,
    AsMarkdown,
    Lowercase,
    Metrics,
    Outputs,
    Plot,
    Readings,
    Reference,
    Seed,
    Source,
    Tokenize,
    chosen,
    drawable,
    form,
    measured,
    numbers,
    show,
    texts,
)
from entarte.errors import InputError


def score(
    outputs: Outputs,
    reference: Reference,
    metrics: Metrics = "bleu,chrf,ter",
    source: Source = None,
    lengths: Annotated[
        str | None, typer.Option(help="With --source: last length of each bucket, as 10,20,30.")
    ] = None,
    train: Annotated[
        Path | None, typer.Option(help="Training targets: also give word F1 by training frequency.")
    ] = None,
    frequencies: Annotated[
        str | None, typer.Option(help="With --train: first frequency of each bucket, as 1,2,5,10.")
    ] = None,
    readings: Readings = False,
    tokenize: Tokenize = None,
    lowercase: Lowercase = False,
    samples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for 95 % intervals.")] = 0,
    seed: Seed = 1,
    plot: Plot = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Score outputs against references: BLEU and others, by source length, by word frequency."""
    from entarte.metric.bucket import FREQUENCIES, LENGTHS, by_length, by_word_frequency, word_frequencies
    from entarte.metric.lines import read_lines
    from entarte.metric.report import Report
    from entarte.metric.significance import interval

    form(as_json, as_markdown)
    drawable(plot)
    needs("lengths", lengths, "--source", source)
    needs("frequencies", frequencies, "--train", train)
    measures = chosen(metrics, tokenize, lowercase)
    known, systems, sources = texts(reference, readings, outputs, source)
    rows = measured(measures, systems, known)
    bands, buckets, words = {}, {}, {}
    if samples:
        bands = {
            name: {m.name: interval(m, each[m.name], samples=samples, seed=seed) for m in measures}
            for name, each in rows.items()
        }
    if source is not None:
        ends = numbers("lengths", lengths) or LENGTHS
        counts = [len(line.split()) for line in sources]
        buckets = {
            name: {
                m.name: by_length(m, each[m.name], counts, ends, samples=samples, seed=seed) for m in measures
            }
            for name, each in rows.items()
        }
    if train is not None:
        starts = numbers("frequencies", frequencies) or FREQUENCIES
        seen = word_frequencies(read_lines(train))
        words = {name: by_word_frequency(lines, known, seen, starts) for name, lines in systems.items()}
    show(
        Report(
            title="Scores",
            scores={name: [m.corpus(each[m.name]) for m in measures] for name, each in rows.items()},
            intervals=bands,
            lengths=buckets,
            words=words,
        ),
        as_json,
        as_markdown,
        plot=plot,
    )


def needs(name: str, value: str | None, other: str, given: Path | None) -> None:
    """InputError for an option that nothing would read."""
    if value is not None and given is None:
        raise InputError(f"it is only read together with {other}", setting=f"--{name}")
