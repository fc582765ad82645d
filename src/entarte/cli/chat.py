"""`entarte chat`: a conversation in the terminal, or lines in and answers out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.drawn import Chance, Temperature, TopK, TopP, given
from entarte.cli.opened import Model, Overrides
from entarte.cli.typed import typed
from entarte.errors import EntarteError, InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.conversation import Conversation

COMMANDS = {
    "/look": "where it looked as it gave its last answer; /look FILE writes a picture (.png, .svg, .html …)",
    "/history": "what it reads",
    "/reset": "forget what was said",
    "/help": "this",
    "/quit": "end; so does Ctrl-D",
}


def chat(
    model: Model,
    turns: Annotated[
        int | None, typer.Option(min=0, help="Turns that it reads; 0: all; else as in its training.")
    ] = None,
    seed: Chance = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    top_p: TopP = None,
    overrides: Overrides = None,
) -> None:
    """Talk with a model of dialogues.

    On a terminal it prompts, and knows /look, /history, /reset, /help and /quit. From a pipe each line has
    one line of answer; an empty line and a command have an empty one.
    """
    from entarte.cli.opened import load
    from entarte.conversation import Conversation

    translator = load(model, overrides)
    options = given(translator, temperature=temperature, top_k=top_k, top_p=top_p)
    talk = Conversation(translator, turns=turns, seed=seed, **options)
    person = sys.stdin.isatty()
    if person:
        typer.echo(f"{translator.name}: say something; /help says what else.", err=True)
    try:
        for line in typed() if person else piped():
            if line.strip() == "/quit":
                break
            answer = answered(talk, line)
            if answer or not person:
                typer.echo(answer)
                sys.stdout.flush()
    except KeyboardInterrupt:
        typer.echo(err=True)


def answered(talk: Conversation, line: str) -> str:
    """What it says to a line; nothing to an empty one and to a command, whose words go to standard error."""
    if not line.strip():
        return ""
    if line.startswith("/"):
        try:
            done(talk, *line.split(maxsplit=1))
        except EntarteError as error:  # a mistyped command ends no conversation
            typer.echo(str(error), err=True)
        return ""
    return talk.say(line).text


def done(talk: Conversation, command: str, rest: str = "") -> None:
    """Carry out a command. Raises InputError for one that there is not."""
    if command == "/look":
        look(talk, rest.strip())
    elif command == "/history":
        typer.echo(talk.source or "nothing was said yet", err=True)
    elif command == "/reset":
        talk.reset()
        typer.echo("forgotten", err=True)
    elif command == "/help":
        for name, text in COMMANDS.items():
            typer.echo(f"{name:9} {text}", err=True)
    else:
        raise InputError(f"there is no command '{command}'", advice=did_you_mean(command, COMMANDS))


def look(talk: Conversation, path: str) -> None:
    """Where it looked as it gave its last answer."""
    from rich.console import Console

    from entarte.plot import terminal

    if talk.last is None:
        raise InputError("nothing was said yet")
    alignment = talk.last.alignment.words()
    if path:
        typer.echo(f"wrote {alignment.save(Path(path))}", err=True)
    else:
        terminal.show(alignment, console=Console(stderr=True, highlight=False))


def piped() -> Iterator[str]:
    """Lines of standard input, each as soon as it is there."""
    from entarte.reader import read_lines

    return read_lines("-")
