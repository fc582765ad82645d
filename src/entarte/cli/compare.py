"""`entarte compare`: whether outputs differ by more than luck, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.evaluate import gold_links
from entarte.cli.force import forced
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
    is_model,
    measured,
    show,
    texts,
)
from entarte.cli.opened import GoldBase, TransposeGold
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.metric.links import Links
    from entarte.metric.report import Versus

TESTS = ("both", "bootstrap", "randomisation")


def compare(
    outputs: Outputs,
    reference: Reference,
    metrics: Metrics = "bleu,chrf,ter",
    source: Source = None,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", "-g", help="Word links of the references, i-j or i?j: models' AER too."),
    ] = None,
    gold_base: GoldBase = None,
    transpose_gold: TransposeGold = False,
    test: Annotated[str, typer.Option(help="bootstrap, randomisation or both.")] = "both",
    samples: Annotated[
        int | None, typer.Option(min=1, help="Of either test; else 1000 (bootstrap), 10000 (randomisation).")
    ] = None,
    differing: Annotated[int, typer.Option(min=0, help="Sentences to show, each way.")] = 5,
    readings: Readings = False,
    tokenize: Tokenize = None,
    lowercase: Lowercase = False,
    seed: Seed = 1,
    plot: Plot = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Hold outputs against the first: is a difference more than luck, and where do they differ most?

    A folder is a model, which translates the sources; models with the same pieces are compared by
    perplexity too.
    """
    from entarte.example import Example
    from entarte.metric.report import Report, Versus
    from entarte.metric.significance import bootstrap, randomisation
    from entarte.metric.significance import differing as differ

    form(as_json, as_markdown)
    drawable(plot)
    if len(outputs) < 2:
        raise InputError("one file of outputs cannot be compared", advice="Give two or more")
    if test not in TESTS:
        raise InputError(f"there is no test '{test}'", setting="test", advice=did_you_mean(test, TESTS))
    measures = chosen(metrics, tokenize, lowercase)
    known, systems, sources = texts(reference, readings, outputs, source)
    rows = measured(measures, systems, known)
    models = [name for name in rows if is_model(Path(name))]
    if gold is not None and len(models) < len(rows):
        plain = next(name for name in rows if name not in models)
        raise InputError(
            "only a model says where it looked: this file holds outputs alone",
            file=plain,
            setting="--gold",
            advice="Compare folders of models, or score files of links with `entarte aer`.",
        )
    if len(models) == len(rows):
        pairs_known = [Example(read, said[0]) for read, said in zip(sources, known, strict=True)]
        links = None if gold is None else gold_links(gold, pairs_known, gold_base, transpose_gold)
        measures = [*measures, *told(rows, sources, known, links)]
    first, *others = rows
    pairs: list[Versus] = []
    for other in others:
        found = []
        for m in measures:
            one, two = rows[first][m.name], rows[other][m.name]
            if test != "randomisation":
                found.append(bootstrap(m, one, two, samples=samples or 1000, seed=seed))
            if test != "bootstrap":
                found.append(randomisation(m, one, two, samples=samples or 10_000, seed=seed))
        leader = measures[0]
        ways = differ(leader, rows[first][leader.name], rows[other][leader.name], count=differing)
        pairs.append(Versus(first, other, tuple(found), leader.name, *map(tuple, ways)))
    notes = ["p speaks of other sentences of this kind, not of other random seeds of the training."]
    tested = len(measures) * len(others)
    if tested > 1:
        notes.append(f"p is of each test alone: of {tested} comparisons some may look significant by chance.")
    if test != "randomisation" and any(m.name.startswith("distinct") for m in measures):
        notes.append("A bootstrap sample repeats sentences, which lowers distinct-n: trust randomisation.")
    show(
        Report(
            title="Comparison",
            scores={name: [m.corpus(each[m.name]) for m in measures] for name, each in rows.items()},
            versus=pairs,
            sources=sources,
            references=known,
            outputs=systems,
            notes=notes,
        ),
        as_json,
        as_markdown,
        plot=plot,
    )


def told(
    rows: dict[str, Any], sources: list[str], known: list[list[str]], gold: list[Links] | None
) -> list[Any]:
    """What is measured with the references forced, with its rows: perplexity, where the models share the
    target vocabulary and each source has one reference; AER, where gold links are known."""
    from entarte.cli.opened import load
    from entarte.cli.progress import counted
    from entarte.metric.aer import Aer
    from entarte.metric.perplexity import Perplexity

    models = {name: load(Path(name), None) for name in rows}
    alike = len({model.target.vocabulary for model in models.values()}) == 1
    likely = Perplexity() if alike and all(len(one) == 1 for one in known) else None
    right = None if gold is None else Aer()
    for name, model in models.items() if likely or right else ():
        pairs = zip(sources, (one[0] for one in known), strict=True)
        outputs = list(counted(forced(model, pairs), f"forcing {name}", total=len(known)))
        if likely:
            rows[name][likely.name] = [likely.sentence(each.log_probs) for each in outputs]
        if right:
            found = [each.alignment.word_links() for each in outputs]
            rows[name][right.name] = right.statistics(found, gold or [])
    return [each for each in (likely, right) if each]
