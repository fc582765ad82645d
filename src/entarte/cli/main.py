"""`entarte`: the commands, and what becomes of an error.

exit code 0  done                    2  what was given cannot be used (see entarte.errors)
          1  the pipe was closed     3  the surroundings do not allow it
        130  interrupted (Ctrl-C)    4  a file of ours is damaged
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from entarte import __version__
from entarte.atomic import FULL
from entarte.cli.aer import aer
from entarte.cli.align import align
from entarte.cli.card import card
from entarte.cli.chat import chat
from entarte.cli.check import check
from entarte.cli.compare import compare
from entarte.cli.data import app as data
from entarte.cli.describe import describe
from entarte.cli.dictionary import dictionary
from entarte.cli.evaluate import evaluate
from entarte.cli.experiment import app as experiment
from entarte.cli.explore import explore, index
from entarte.cli.export import export
from entarte.cli.force import force
from entarte.cli.recipes import recipes
from entarte.cli.sample import sample
from entarte.cli.score import score
from entarte.cli.settings import settings
from entarte.cli.show import show
from entarte.cli.train import train
from entarte.cli.transcribe import transcribe
from entarte.cli.translate import translate
from entarte.errors import EntarteError, SetupError

app = typer.Typer(
    name="entarte",
    help="Sequence-to-sequence learning with attention, and a view of where the decoder looked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"entarte {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """What stands before a command."""


for command in (
    train,
    translate,
    sample,
    chat,
    transcribe,
    align,
    force,
    dictionary,
    show,
    card,
    check,
    evaluate,
    describe,
    export,
    recipes,
    settings,
    score,
    compare,
    aer,
    explore,
    index,
):
    app.command()(command)
app.add_typer(data, name="data")
app.add_typer(experiment, name="experiment")


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. A person's mistake is a message, ours is a traceback."""
    try:
        with standard_output():
            return run(sys.argv[1:] if words is None else words)
    except EntarteError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        return 1


def run(words: Sequence[str]) -> int:
    """Run a command line; its exit code, or the error that ended it."""
    try:
        app(list(words), prog_name="entarte")
    except SystemExit as end:
        if isinstance(getattr(end.__context__, "__cause__", None), KeyboardInterrupt):
            complain("interrupted", "")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextmanager
def standard_output() -> Iterator[None]:
    """A full disk behind standard output is a SetupError, not a traceback at the very end."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        full = error.errno in FULL and error.filename is None
        if full or isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes nowhere
        if full:
            raise SetupError("the disk is full", file="standard output", advice="Make room.") from error
        raise


def complain(message: str, head: str = "error: ") -> None:
    """A message on standard error, red where that is a terminal."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True).print(Text(head, "bold red") + Text(message), soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
