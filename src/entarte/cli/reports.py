"""`entarte data reports`: documents with made-up names and their summaries, written as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entarte import atomic
from entarte.errors import InputError


def reports(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    pairs: Annotated[int, typer.Option(min=1, help="Training pairs.")] = 2000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pairs.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test pairs.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pairs.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace what the folder holds.")] = False,
) -> None:
    """Write little reports with made-up names, and in one line what happened.

    train.tsv, valid.tsv and test.tsv: document TAB summary. No name of one is in another, so whatever names
    a name of the test rightly has copied it.
    """
    from entarte.grammar.reports import PARTS
    from entarte.grammar.reports import reports as drawn

    names = [f"{part}.tsv" for part in PARTS]
    if out.is_dir() and not force and (there := [name for name in names if (out / name).exists()]):
        raise InputError(f"already holds {there[0]}", file=out, advice="Use --force, or another folder.")
    atomic.make_folder(out)
    for part, name, count in zip(PARTS, names, (pairs, valid, test), strict=True):
        examples = list(drawn(count, seed, part))
        atomic.write(out / name, "".join(f"{each.source}\t{each.target}\n" for each in examples).encode())
        typer.echo(f"{count:6,} pairs in {out / name}")
    typer.echo(f"\nFor example\n{examples[0].source}\n{examples[0].target}")
