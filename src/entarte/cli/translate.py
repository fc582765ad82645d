"""`entarte translate`: n lines in, n lines out, in constant memory; a prompt on a terminal."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from entarte.cli.opened import Mean, Members, Model, Overrides, load
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.generate import Output, Translator

FORMS = ("pharaoh", "json")
OVERLONG = "longer than generate.longest, read only so far"


def translate(
    model: Model,
    file: Annotated[str, typer.Argument(help="Lines to translate; - is standard input.")] = "-",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; else to standard output.")
    ] = None,
    alignments: Annotated[
        tuple[str, Path] | None,
        typer.Option("--alignments", "-a", metavar="pharaoh|json FILE", help="Write them too, one a line."),
    ] = None,
    scores: Annotated[bool, typer.Option("--scores", help="Write each score and a tab first.")] = False,
    members: Members = None,
    mean: Mean = "probabilities",
    overrides: Overrides = None,
) -> None:
    """Translate lines: as many come out as go in."""
    form, beside = alignments or ("", None)
    if beside is not None and form not in FORMS:
        raise InputError(f"there is no form '{form}' of alignments", advice=did_you_mean(form, FORMS))
    apart(file, output, beside)
    translator = load(model, overrides, members, mean)
    if file == "-" and output is beside is None and sys.stdin.isatty():
        prompt(translator, scores)
    else:
        lines(translator, file, output, form, beside, scores)


def lines(
    translator: Translator, file: str, output: Path | None, form: str, beside: Path | None, scores: bool
) -> None:
    """Translate a file as it is read."""
    from entarte.reader import Notes, read_lines
    from entarte.reader.files import label

    notes = Notes()
    with ExitStack() as stack:
        said = stack.enter_context(whole(output)) if output is not None else sys.stdout.buffer
        links = stack.enter_context(whole(beside)) if beside is not None else None
        for number, each in enumerate(translator.stream(read_lines(file, notes)), start=1):
            if each.unread:
                notes.add(label(file), OVERLONG, number)
            said.write((head(each, scores) + each.text + "\n").encode())
            if links is not None:
                alignment = each.alignment
                text = alignment.pharaoh() if form == "pharaoh" else alignment.to_json(digits=6)
                links.write((text + "\n").encode())
        said.flush()
    for note in notes:
        typer.echo(str(note), err=True)


def head(output: Output, scores: bool) -> str:
    """What stands before an output."""
    return f"{output.score:.4f}\t" if scores else ""


def prompt(translator: Translator, scores: bool) -> None:
    """Line by line with a person."""
    import readline  # noqa: F401 - gives `input` a history and keys to edit with

    typer.echo(f"{translator.name}: type a sentence; Ctrl-D ends.", err=True)
    while True:
        try:
            line = input("> ")
        except EOFError:
            typer.echo(err=True)
            return
        for each in translator.translate([line]):
            typer.echo(head(each, scores) + each.text)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is written beside its place and there when all is done; a pipe or device as it is.

    Raises SetupError where it cannot be written.
    """
    from entarte import atomic

    regular = not path.exists() or path.is_file()
    beside = path.with_name(path.name + ".part") if regular else path
    with atomic.writing(path):
        try:
            with beside.open("wb") as file:
                yield file
            if regular:
                beside.replace(path)
        except BaseException:
            if regular:
                beside.unlink(missing_ok=True)
            raise


def apart(file: str, output: Path | None, beside: Path | None) -> None:
    """InputError where two of input, output and alignments are one file."""
    sides = {"the input": file if file != "-" else 0, "--output": output or 1, "--alignments": beside}
    seen: dict[object, str] = {}
    for name, place in sides.items():
        if place is None:
            continue
        for key in keys(place):
            if seen.setdefault(key, name) != name:
                raise InputError(
                    f"{seen[key]} and {name} are the same file",
                    file=place if isinstance(place, str | Path) else file,
                    advice="Name another file.",
                )


def keys(place: str | Path | int) -> list[object]:
    """What tells a file from others: its resolved name, and its place on the disk where it exists."""
    named: list[object] = [] if isinstance(place, int) else [str(Path(place).resolve())]
    try:
        facts = os.stat(place)
    except OSError:
        return named
    if stat.S_ISREG(facts.st_mode):
        named.append((facts.st_dev, facts.st_ino))
    return named
