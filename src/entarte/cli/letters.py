"""`entarte data spelling`, `inflection` and `scan`: words and how they are said, lemmas and forms, commands
and actions, written as files."""

from __future__ import annotations

from typing import Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write

Words = Annotated[int, typer.Option(min=1, help="Training words.")]
Valid = Annotated[int, typer.Option(min=1, help="For validation.")]
Test = Annotated[int, typer.Option(min=1, help="To be tested on.")]


def spelling(
    out: Out,
    words: Words = 3000,
    valid: Valid = 200,
    test: Test = 500,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write made-up words and how they are said, by the rules of a made-up spelling.

    train.tsv, valid.tsv and test.tsv: word TAB phonemes with stress. Words with oo have two readings, on
    lines of their own. No word of one part is in another.
    """
    from entarte.grammar.reports import PARTS
    from entarte.grammar.spelling import spelling as drawn

    free(out, PARTS, force)
    counts = zip(PARTS, (words, valid, test), strict=True)
    write(out, {part: list(drawn(count, seed, part)) for part, count in counts})


def inflection(
    out: Out,
    words: Words = 3000,
    valid: Valid = 200,
    test: Test = 500,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write made-up lemmas, forms and features of a made-up language with suffixes.

    train.tsv, valid.tsv and test.tsv: lemma TAB form TAB features, as N;PL;LOC. No lemma of one part is in
    another.
    """
    from entarte.example import Example
    from entarte.grammar.inflection import inflection as drawn
    from entarte.grammar.reports import PARTS

    free(out, PARTS, force)
    counts = zip(PARTS, (words, valid, test), strict=True)
    rows = {part: drawn(count, seed, part) for part, count in counts}
    write(  # the features are a third column
        out,
        {
            part: [Example(each.lemma, f"{each.form}\t{each.features}") for each in found]
            for part, found in rows.items()
        },
    )


def scan(
    out: Out,
    split: Annotated[str, typer.Option(help="simple, length, jump or turn-left.")] = "simple",
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write the commands of SCAN and the actions that obey them (Lake and Baroni 2018).

    train.tsv, valid.tsv and test.tsv: command TAB actions. simple: train and test are alike. length: tested
    on more than 22 actions, trained on up to 22. jump, turn-left: met alone, and tested in company.
    """
    from entarte.grammar.reports import PARTS
    from entarte.grammar.scan import scan as drawn

    parts = drawn(split, seed)
    free(out, PARTS, force)
    write(out, parts)
