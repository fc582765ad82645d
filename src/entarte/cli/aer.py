"""`entarte aer`: word alignments against gold ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.measuring import AsJson, AsMarkdown, Plot, Seed, drawable, form, names, same, show
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.metric.links import Links


def aer(
    links: Annotated[list[Path], typer.Argument(help="Files of links i-j, one line a pair.")],
    gold: Annotated[Path, typer.Option("--gold", "-g", help="Right links: i-j sure, i?j possible.")],
    source: Annotated[Path | None, typer.Option("--source", "-s", help="Source words, to check by.")] = None,
    target: Annotated[Path | None, typer.Option("--target", "-t", help="Target words, to check by.")] = None,
    base: Annotated[
        int | None, typer.Option(min=0, max=1, help="What the links call the first word (else 0).")
    ] = None,
    gold_base: Annotated[
        int | None, typer.Option(min=0, max=1, help="What the gold calls the first word (else 0).")
    ] = None,
    transpose: Annotated[bool, typer.Option("--transpose", help="The links have the target first.")] = False,
    transpose_gold: Annotated[
        bool, typer.Option("--transpose-gold", help="The gold has the target first.")
    ] = False,
    samples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for 95 % intervals.")] = 0,
    seed: Seed = 1,
    plot: Plot = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Alignment error rate of word links against gold, with precision, recall and F1."""
    from entarte.metric.aer import Aer
    from entarte.metric.lines import read_lines
    from entarte.metric.report import Report
    from entarte.metric.significance import interval
    from entarte.span import words

    form(as_json, as_markdown)
    drawable(plot)
    if (source is None) != (target is None):
        raise InputError("--source and --target belong together", advice="Give both or none")
    sizes = None
    if source is not None and target is not None:
        sides = [[len(words(line)) for line in read_lines(side)] for side in (source, target)]
        same(sides[1], target, sides[0], source)
        sizes = list(zip(*sides))
    known = aligned(gold, gold_base, transpose_gold, sizes, "--gold-base", "--transpose-gold")
    measure = Aer()
    scores, bands = {}, {}
    for name, path in names(links).items():
        found = aligned(path, base, transpose, sizes, "--base", "--transpose")
        same(found, path, known, gold)
        rows = measure.statistics(found, known)
        scores[name] = measure.corpus(rows)
        if samples:
            bands[name] = interval(measure, rows, samples=samples, seed=seed)
    notes = [] if sizes else ["Without --source and --target no link could be checked against the words."]
    report = Report(
        title="Word alignment",
        scores={name: [each] for name, each in scores.items()},
        intervals={name: {measure.name: each} for name, each in bands.items()},
        notes=notes,
    )
    show(report, as_json, as_markdown, [measure.table(scores, bands)], plot)


def aligned(
    path: Path,
    base: int | None,
    transposed: bool,
    sizes: list[tuple[int, int]] | None,
    base_option: str,
    transpose_option: str,
) -> list[Links]:
    """Links of a file, source first, from 0, checked as far as can be."""
    from entarte.metric.links import check, from_one, read

    found = read(path, base=base or 0)
    if transposed:
        found = [each.transposed() for each in found]
    if sizes is not None:
        options = f"Here: {base_option} 1, {transpose_option}"
        try:
            check(found, sizes, file=path, base_known=base is not None)
        except InputError as error:
            advice = f"{error.advice}. {options}"
            raise InputError(error.message, file=path, line=error.line, advice=advice) from None
    elif base is None and from_one(found):
        raise InputError(
            "no link of any line touches word 0 of either side, so the positions seem to count from 1",
            file=path,
            advice=f"Say {base_option} 1, or {base_option} 0 if that is right",
        )
    return found
