"""`entarte data stories`: stories, questions and answers, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write


def stories(
    out: Out,
    pairs: Annotated[int, typer.Option(min=1, help="Training pairs.")] = 10000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pairs.")] = 200,
    test: Annotated[int, typer.Option(min=1, help="Test pairs.")] = 500,
    kinds: Annotated[
        str, typer.Option(help="Of questions: where, find, who, what, whether, count; else all of them.")
    ] = "",
    shortest: Annotated[int, typer.Option(min=2, help="Sentences of the shortest story.")] = 3,
    longest: Annotated[int, typer.Option(min=2, help="Sentences of the longest.")] = 8,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write little stories, each with a question, its answer, and the sentences that it rests on.

    train.tsv, valid.tsv and test.tsv: story and question TAB answer; train.align and so on: links of the
    answer's words to the words of these sentences. No person of one part is in another.
    """
    from entarte.grammar.stories import KINDS, PARTS
    from entarte.grammar.stories import stories as drawn

    free(out, PARTS, force)
    asked = [kind.strip() for kind in kinds.split(",") if kind.strip()] or KINDS
    counts = zip(PARTS, (pairs, valid, test), strict=True)
    write(
        out,
        {
            part: list(drawn(count, seed, part, kinds=asked, shortest=shortest, longest=longest))
            for part, count in counts
        },
    )
