"""`entarte translate` with an export: the same lines, files and messages, mostly without torch."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from entarte.cli.files import whole
from entarte.cli.opened import OVERLONG
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.reader.files import File


def refuse(options: Mapping[str, object]) -> None:
    """InputError for an option that an export does not have."""
    for name, value in options.items():
        if value:
            raise InputError(
                "an export does not have this option",
                setting=f"--{name}",
                advice="Translate with the model that it was made from.",
            )


def alone(workers: int, shortlist: bool) -> None:
    """InputError for an option that only an export has."""
    for name, value in {"workers": workers, "shortlist": shortlist}.items():
        if value:
            raise InputError(
                "only an export has this option",
                setting=f"--{name}",
                advice="Make one: entarte export MODEL --to int8 --out FOLDER",
            )


def translate(
    model: Path, file: File, output: Path | None, form: str, beside: Path | None, *,
    write: Any, scores: bool, nbest: int, workers: int, shortlist: bool, overrides: Sequence[str],
) -> None:  # fmt: skip
    """Translate a file as it is read.

    write   from the number of a line and its output to what is written
    scores  whether that reads scores
    """
    from entarte.cli.progress import counted
    from entarte.engine import load
    from entarte.engine.engine import cores
    from entarte.reader import Notes, read_lines
    from entarte.reader.files import label

    engine = load(model)
    engine.way = engine.way.overridden(overrides)
    if engine.note:
        typer.echo(engine.note, err=True)
    options: dict[str, Any] = {"n_best": nbest} if nbest else {}
    looks = beside is not None or bool(form) or scores
    settings: dict[str, Any] = {
        "workers": workers or cores(),
        "shortlist": shortlist,
        "looks": looks,
        "scores": scores,
    }
    if file == "-" and output is beside is None and sys.stdin.isatty():
        prompt(engine, settings | {"workers": 1}, write)
        return
    notes = Notes()
    outputs = engine.stream(read_lines(file, notes), **settings, **options)
    with ExitStack() as stack:
        said = stack.enter_context(whole(output)) if output is not None else sys.stdout.buffer
        links = stack.enter_context(whole(beside)) if beside is not None else None
        for number, each in enumerate(counted(outputs, "lines", output is not None)):
            if each.unread:
                notes.add(label(file), OVERLONG, number + 1)
            said.write((write(number, each) + "\n").encode())
            if links is not None:
                text = each.alignment.pharaoh() if form == "pharaoh" else each.alignment.to_json(digits=6)
                links.write((text + "\n").encode())
        said.flush()
    for note in notes:
        typer.echo(str(note), err=True)


def prompt(engine: Any, settings: Mapping[str, Any], write: Any) -> None:
    """Line by line with a person."""
    from entarte.cli.typed import typed

    typer.echo(f"{engine.name}: type a sentence; Ctrl-D ends.", err=True)
    for number, line in enumerate(typed()):
        for each in engine.stream([line], **settings):
            typer.echo(write(number, each))
