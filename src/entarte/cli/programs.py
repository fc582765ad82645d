"""`entarte data code`: descriptions with made-up names and their lines of Python, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write


def code(
    out: Out,
    pairs: Annotated[int, typer.Option(min=1, help="Training pairs.")] = 3000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pairs.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test pairs.")] = 200,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write lines of Python with made-up names, and what they do in English.

    train.tsv, valid.tsv and test.tsv: description TAB code. No name, number or literal of one is in another,
    so whatever says one of the test rightly has copied it.
    """
    from entarte.grammar.programs import programs
    from entarte.grammar.reports import PARTS

    free(out, PARTS, force)
    counts = zip(PARTS, (pairs, valid, test), strict=True)
    write(out, {part: list(programs(count, seed, part)) for part, count in counts})
