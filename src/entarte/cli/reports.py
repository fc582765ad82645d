"""`entarte data reports`: documents with made-up names and their summaries, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write


def reports(
    out: Out,
    pairs: Annotated[int, typer.Option(min=1, help="Training pairs.")] = 2000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pairs.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test pairs.")] = 200,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write little reports with made-up names, and in one line what happened.

    train.tsv, valid.tsv and test.tsv: document TAB summary. No name of one is in another, so whatever names
    a name of the test rightly has copied it.
    """
    from entarte.grammar.reports import PARTS
    from entarte.grammar.reports import reports as drawn

    free(out, PARTS, force)
    counts = zip(PARTS, (pairs, valid, test), strict=True)
    write(out, {part: list(drawn(count, seed, part)) for part, count in counts})
