"""`entarte data mix`: pairs of several tasks in one file, each source behind the prefix of its task."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.example import Example
    from entarte.filter import FilterReport


def mix(
    tasks: Annotated[
        list[str],
        typer.Argument(
            metavar="PREFIX=FILE…",
            help='As "summarise=pairs.tsv", "translate to french=a.en,a.fr", "title=mail.jsonl:body:title".',
        ),
    ],
    out: Out,
    name: Annotated[str, typer.Option(help="Of what is written: train, valid or test.")] = "train",
    most: Annotated[int, typer.Option(min=0, help="Most pairs of a task, drawn by chance; 0: all.")] = 0,
    words: Annotated[
        int, typer.Option(min=0, help="Leave out pairs with more words than this on a side; 0: none.")
    ] = 0,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write pairs of several tasks into one file, in random order.

    A task is a prefix and its files: one of TSV or JSONL, or two of lines with a comma between them. Behind
    the file may stand the columns or keys of source and target. Each source becomes "PREFIX: source".
    """
    free(out, [name], force)
    chance = random.Random(seed)
    pairs: list[Example] = []
    counts: list[str] = []
    for task in tasks:
        prefix, found, report = of(task, words)
        drawn = chance.sample(found, most) if 0 < most < len(found) else found
        pairs += drawn
        counts.append(f"{len(drawn):8,} of {len(found):,} pairs: {prefix}")
        counts += [f"{'':9}{line}".replace("data.max_words", "--words") for line in report.lines()]
    chance.shuffle(pairs)
    for line in counts:
        typer.echo(line)
    write(out, {name: pairs})


def of(task: str, words: int) -> tuple[str, list[Example], FilterReport]:
    """The prefix of a task, its pairs behind it, and which were left out."""
    from entarte.filter import FilterReport

    prefix, equals, files = task.partition("=")
    prefix = " ".join(prefix.split())
    if not equals or not prefix or not files or ":" in prefix:
        raise InputError(
            f"expected PREFIX=FILE, not '{task}'", advice='For example: "translate to french=a.en,a.fr"'
        )
    report = FilterReport()
    return prefix, list(behind(prefix, files, words, report)), report


def behind(prefix: str, files: str, words: int, report: FilterReport) -> Iterator[Example]:
    """The pairs of some files; those with an empty side, or too many words on one, are left out."""
    from entarte.filter import Filter
    from entarte.reader import read

    path, *columns = files.split(":")
    if len(columns) not in (0, 2) or not path:
        raise InputError(
            f"'{files}' names {len(columns)} columns",
            advice="Give source and target, as mails.jsonl:body:subject",
        )
    source, target = columns or ("", "")
    pairs = read([Path(each) for each in path.split(",")], source=source, target=target, both=True)
    for pair in Filter(max_words=words)(pairs, report):
        said = " ".join((pair.target or "").split())
        yield replace(pair, source=f"{prefix}: {' '.join(pair.source.split())}", target=said, links=None)
