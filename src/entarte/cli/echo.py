"""`entarte data echo`: texts that say some words twice, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte import atomic
from entarte.cli.parts import Force, Out, Seed, free
from entarte.errors import InputError

PARTS = ("train", "valid", "test")


def echo(
    out: Out,
    texts: Annotated[int, typer.Option(min=1, help="Training texts.")] = 2000,
    valid: Annotated[int, typer.Option(min=1, help="Validation texts.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test texts.")] = 200,
    shortest: Annotated[int, typer.Option(min=1, help="Words of the shortest half.")] = 4,
    longest: Annotated[int, typer.Option(min=1, help="Words of the longest.")] = 10,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write texts that say some random words twice, one a line, for language models.

    The first half cannot be foreseen. The second is certain to whoever remembers, or looks back.
    """
    from entarte.grammar.echo import echo as drawn

    if longest < shortest:
        raise InputError(f"{longest} is less than the {shortest} of the shortest half", setting="--longest")
    free(out, PARTS, force, ["txt"])
    atomic.make_folder(out)
    for number, (part, count) in enumerate(zip(PARTS, (texts, valid, test), strict=True)):
        found = list(drawn(count, 3 * seed + number, shortest=shortest, longest=longest))
        atomic.write(out / f"{part}.txt", "".join(line + "\n" for line in found).encode())
        typer.echo(f"{count:6,} texts in {out / part}.txt")
    typer.echo(f"\nFor example\n{found[-1]}")
