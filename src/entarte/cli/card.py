"""`entarte card`: evidence cards of one sentence, or a report of a whole file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.check import Checked, Lexicon, Only, Reverse, opened, translated
from entarte.cli.opened import Model, load
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.card import Card
    from entarte.check import Check
    from entarte.generate import Output, Translator


def card(
    model: Model,
    source: Annotated[
        str, typer.Argument(help="A sentence, or a recording; or a file of lines, or -: a report.")
    ],
    target: Annotated[
        str | None,
        typer.Option("--target", "-t", help="Judge this output instead (a file, if SOURCE is one)."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", "-r", help="What should come out (a file, if SOURCE is one).")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page that needs nothing else.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write Markdown.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write JSON.")] = None,
    only: Only = "all",
    dictionary: Lexicon = None,
    reverse: Reverse = None,
    n_best: Annotated[int, typer.Option(min=1, help="Alternatives, the best included; beam search.")] = 3,
    limit: Annotated[int, typer.Option(min=0, help="Only the first lines; 0: all.")] = 0,
    worst: Annotated[int, typer.Option(min=0, help="Suspicious outputs of a report to print.")] = 5,
    overrides: Checked = None,
) -> None:
    """Show what speaks for and against an output: probabilities, alignment, checks, alternatives, origin."""
    from entarte.card import Report
    from entarte.check.choose import named

    translator, checks = opened(model, overrides, named(only))
    recording = translator.settings.files  # a source is the name of a file, not a sentence
    many = source == "-" or (Path(source).is_file() and not recording)
    sources = lines(source, limit) if many else one(source)
    targets = side(target, many, len(sources), "--target", limit)
    references = side(reference, many, len(sources), "--reference", limit)
    if targets:
        outputs = translator.force(sources, targets)
    else:
        outputs = translated(translator, sources, **alternatives(translator, n_best))
    made = made_cards(translator, outputs, references, checks, dictionary, reverse)
    thing: Card | Report = made[0]
    if many:
        thing = report = Report(f"{source} by {translator.name}", tuple(made))
        tables = [report.summary(), report.worst(worst)] if worst else [report.summary()]
        typer.echo("\n\n".join(f"{table.title}\n\n{table.to_text()}" for table in tables))
    elif html is markdown is json is None:
        typer.echo(made[0].to_markdown(), nl=False)
    for ending, path in (("html", html), ("md", markdown), ("json", json)):
        if path is not None:
            typer.echo(f"wrote {thing.save(path, ending)}")


def made_cards(
    translator: Translator,
    outputs: Sequence[Output],
    references: Sequence[str],
    checks: Sequence[Check],
    dictionary: Path | None,
    reverse: Path | None,
) -> list[Card]:
    """The cards, while they are counted."""
    from entarte.card import cards
    from entarte.check import Aids, Dictionary
    from entarte.check.measure import with_backward
    from entarte.cli.progress import counted

    words = Dictionary.read(dictionary) if dictionary else None
    aids = [Aids(dictionary=words)] * len(outputs)
    aids = with_backward(load(reverse, None) if reverse else None, outputs, aids)
    made = cards(translator, outputs, references=references, checks=checks, aids=aids)
    return list(counted(made, "cards", total=len(outputs)))


def one(sentence: str) -> list[str]:
    """A sentence as it was typed."""
    if "\n" in sentence or not sentence.strip():
        raise InputError("the sentence must be one line with something in it")
    return [sentence]


def lines(file: str, limit: int) -> list[str]:
    """The lines of a file."""
    from entarte.reader import Notes, read_lines

    notes = Notes()
    found = list(islice(read_lines(file, notes), limit or None))
    for note in notes:
        typer.echo(str(note), err=True)
    if not found:
        raise InputError("there is no line in it", file=file)
    return found


def side(text: str | None, many: bool, count: int, option: str, limit: int) -> list[str]:
    """What was given with an option: a text, or the lines of a file, as many as there are sources."""
    if text is None:
        return []
    found = lines(text, limit) if many else one(text)
    if len(found) != count:
        raise InputError(f"{len(found)} lines in {option}, but {count} sources", file=text)
    return found


def alternatives(translator: Translator, n_best: int) -> dict[str, int]:
    """The settings of a search that gives so many outputs, where it can."""
    options = translator.settings.search.options
    if translator.settings.search.kind != "beam" or n_best <= options["n_best"]:
        return {}
    return {"n_best": min(n_best, options["beam"])}
