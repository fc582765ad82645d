"""`entarte export`: a model as a folder that translates without torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.opened import Model, Overrides, load
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.engine.shortlist import Shortlists
    from entarte.generate import Translator


def export(
    model: Model,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write.")],
    to: Annotated[
        str,
        typer.Option(
            help="onnx: float32, says what the model says; bfloat16: nearly so, by torch on processors that "
            "multiply it; int8: smallest and fastest."
        ),
    ] = "int8",
    shortlist: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PAIRS",
            help="Learn from these pairs which words a translation may hold; given once or twice.",
        ),
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Lines to compare model and export on; else drawn by chance.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """Export a model for fast translation on the processor: `entarte translate FOLDER` then needs no torch,
    but for bfloat16.

    For example: entarte export runs/mine --to int8 --out mine-int8 --check valid.en
    """
    if shortlist and to != "int8":
        raise InputError("shortlists are for int8", setting="--shortlist", advice="Add --to int8.")
    if out.exists():
        raise InputError("exists already", file=out, advice="Name another folder.")
    from entarte import export as exporting
    from entarte.reader import read_lines

    lines = [] if check is None else [line for line in read_lines(str(check)) if line.strip()]
    if check is not None and not lines:
        raise InputError("holds no line to compare on", file=check)
    translator = load(model, overrides)
    lists = learn(translator, shortlist) if shortlist else None
    made = exporting.export(translator, to, out, shortlists=lists, lines=lines)
    typer.echo(f"{out}: {made.size / 1e6:.1f} MB")
    typer.echo(f"{to}: {made.parity}")
    if made.note:
        typer.echo(made.note, err=True)


def learn(translator: Translator, files: list[Path]) -> Shortlists:
    """Shortlists from pairs, and a line on how much of the pairs is on them."""
    from itertools import islice

    from entarte.cli.align import texts
    from entarte.cli.progress import counted
    from entarte.export import shortlist
    from entarte.reader import Notes

    def pairs() -> Iterator[tuple[str, str]]:
        return texts(files, Notes())

    lists = shortlist.learn(translator, counted(pairs(), "pairs"))
    share, long = shortlist.share(lists, translator, islice(pairs(), 1000))
    typer.echo(f"shortlists: {long:.0f} words on average; they hold {100 * share:.1f} % of the target pieces")
    return lists
