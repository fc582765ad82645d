"""`entarte data booking`: little goal-oriented dialogues, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte import atomic
from entarte.cli.parts import Force, Out, Seed, free

PARTS = ("train", "valid", "test")


def booking(
    out: Out,
    dialogues: Annotated[int, typer.Option(min=1, help="Training dialogues.")] = 1000,
    valid: Annotated[int, typer.Option(min=1, help="Validation dialogues.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test dialogues.")] = 200,
    text: Annotated[
        bool, typer.Option("--text", help="As running text, a dialogue a line, for a language model.")
    ] = False,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write little dialogues in which a table, a room or a car is booked.

    train.jsonl, valid.jsonl and test.jsonl: a list of turns a line, each an object with speaker (user or bot)
    and text; or train.txt and so on, with --text. What the bot says follows from what was said before, so a
    model can be right every time.
    """
    from entarte.grammar.booking import booking as drawn
    from entarte.grammar.booking import lines

    end = "txt" if text else "jsonl"
    free(out, PARTS, force, [end])
    atomic.make_folder(out)
    for number, (part, count) in enumerate(zip(PARTS, (dialogues, valid, test), strict=True)):
        found = lines(count, 3 * seed + number, text=text)
        atomic.write(out / f"{part}.{end}", "".join(line + "\n" for line in found).encode())
        typer.echo(f"{count:6,} dialogues in {out / part}.{end}")
    typer.echo("\nFor example")
    for speaker, said in next(drawn(1, 3 * seed)):
        typer.echo(f"{speaker:4}  {said}")
