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
        prefix, found = of(task, words)
        drawn = chance.sample(found, most) if 0 < most < len(found) else found
        pairs += drawn
        counts.append(f"{len(drawn):8,} of {len(found):,} pairs: {prefix}")
    chance.shuffle(pairs)
    for line in counts:
        typer.echo(line)
    write(out, {name: pairs})


def of(task: str, words: int) -> tuple[str, list[Example]]:
    """The prefix of a task, and its pairs behind it."""
    prefix, equals, files = task.partition("=")
    prefix = " ".join(prefix.split())
    if not equals or not prefix or not files or ":" in prefix:
        raise InputError(
            f"expected PREFIX=FILE, not '{task}'", advice='For example: "translate to french=a.en,a.fr"'
        )
    return prefix, list(behind(prefix, files, words))


def behind(prefix: str, files: str, words: int) -> Iterator[Example]:
    """The pairs of some files; those with an empty side are left out."""
    from entarte.reader import read
    from entarte.span import word_count

    path, *columns = files.split(":")
    if len(columns) not in (0, 2) or not path:
        raise InputError(
            f"'{files}' names {len(columns)} columns",
            advice="Give source and target, as mails.jsonl:body:subject",
        )
    source, target = columns or ("", "")
    for pair in read([Path(each) for each in path.split(",")], source=source, target=target, both=True):
        said = " ".join((pair.target or "").split())
        if not pair.source.strip() or not said:
            continue
        if words and max(word_count(pair.source), word_count(said)) > words:
            continue
        yield replace(pair, source=f"{prefix}: {' '.join(pair.source.split())}", target=said, links=None)
