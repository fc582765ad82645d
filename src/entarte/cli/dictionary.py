"""`entarte dictionary`: a translation for each source word, learned from alignments and kept in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from entarte.cli.align import read_gold, texts
from entarte.cli.files import apart
from entarte.cli.opened import Pairs, load
from entarte.cli.progress import counted
from entarte.errors import InputError

Triple = tuple[str, str, frozenset[tuple[int, int]]]


def dictionary(
    pairs: Pairs,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="Link the words by this model's forced decoding …")
    ] = None,
    links: Annotated[
        Path | None, typer.Option("--links", "-l", help="… or take the links from this file (i-j, from 0).")
    ] = None,
    reverse: Annotated[
        Path | None, typer.Option("--reverse", "-r", metavar="MODEL", help="Keep what both directions say.")
    ] = None,
    least: Annotated[int, typer.Option(min=1, help="Fewest links of a word with its translation.")] = 2,
    share: Annotated[float, typer.Option(min=0, max=1, help="Least share of all links of the word.")] = 0.1,
) -> None:
    """Learn which word each source word is translated by, to replace unknown words with.

    For example: entarte dictionary train.en train.fr --model runs/mine --out en-fr.tsv, and then
    entarte translate runs/mine -s generate.unknown=look-up -s generate.dictionary=en-fr.tsv
    """
    from entarte import dictionary as book
    from entarte.reader import Notes

    if (model is None) == (links is None):
        raise InputError("the words are linked by --model or by --links", advice="Give one of them.")
    if reverse is not None and model is None:
        raise InputError("it is only read together with --model", setting="--reverse")
    for path in pairs:
        apart(str(path), out, None, links=links)
    notes = Notes()
    if links is not None:
        known = read_gold(links, None, False, pairs)
        found: Iterator[Triple] = (
            (source, target, each.sure) for (source, target), each in zip(texts(pairs, notes), known)
        )
    else:
        assert model is not None
        found = linked(model, reverse, pairs, notes)
    entries = book.learn(counted(found, "pairs"), least=least, share=share)
    if not entries:
        raise InputError(
            f"no word was linked {least} times to one other", advice="Give more pairs, or a lower --least."
        )
    book.write(out, entries)
    for note in notes:
        typer.echo(str(note), err=True)
    sure = sum(one.share for one in entries.values()) / len(entries)
    typer.echo(
        f"{len(entries):,} words; on average {100 * sure:.0f} % of a word's links are to its translation"
    )


def linked(model: Path, reverse: Path | None, pairs: list[Path], notes: object) -> Iterator[Triple]:
    """The pairs with the links that forced decoding gives; with both directions, those that both say."""
    from itertools import tee

    from entarte.linking import stream

    other = load(reverse, None) if reverse is not None else None
    one, two = tee(texts(pairs, notes))
    for (source, target), each in zip(
        one, stream(load(model, None), two, reverse=other, method="intersection")
    ):
        yield source, target, each.links
