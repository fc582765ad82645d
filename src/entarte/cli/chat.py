"""`entarte chat`: a conversation in the terminal, or lines in and answers out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.opened import Model, Overrides
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
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed draws the same answers.")] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", "-t", help="Below 1: more of the probable.")
    ] = None,
    top_k: Annotated[int | None, typer.Option(help="Draw from so many most probable pieces; 0: all.")] = None,
    top_p: Annotated[
        float | None, typer.Option(help="Draw from the fewest pieces that have this share; 1: all.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """Talk with a model of dialogues.

    On a terminal it prompts, and knows /look, /history, /reset, /help and /quit. From a pipe each line has
    one line of answer; an empty line and a command have an empty one.
    """
    from entarte.cli.opened import load
    from entarte.conversation import Conversation

    translator = load(model, overrides)
    given = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    options = {name: value for name, value in given.items() if value is not None}
    kind = translator.settings.search.kind
    if options and kind != "sample":
        raise InputError(
            f"the search '{kind}' draws nothing",
            setting=f"--{next(iter(options)).replace('_', '-')}",
            advice="Leave it out, or set generate.kind=sample.",
        )
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


def typed() -> Iterator[str]:
    """Lines that a person types, to the end."""
    import readline  # noqa: F401 - gives `input` a history and keys to edit with

    while True:
        try:
            yield input("> ")
        except EOFError:
            typer.echo(err=True)
            return


def piped() -> Iterator[str]:
    """Lines of standard input, each as soon as it is there."""
    from entarte.reader import read_lines

    return read_lines("-")
