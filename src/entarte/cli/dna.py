"""`entarte data frames` and `entarte data genes`: coding sequences with their proteins, made up and real."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write


def frames(
    out: Out,
    pairs: Annotated[int, typer.Option(min=1, help="Training pairs.")] = 4000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pairs.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Test pairs.")] = 200,
    shortest: Annotated[int, typer.Option(min=1, help="Codons of the shortest frame.")] = 5,
    longest: Annotated[int, typer.Option(min=1, help="Codons of the longest, without the stop.")] = 30,
    leader: Annotated[int, typer.Option(min=0, help="Most untranslated bases before the start.")] = 0,
    trailer: Annotated[int, typer.Option(min=0, help="Most bases behind the stop codon.")] = 0,
    bias: Annotated[
        float, typer.Option(min=0, help="Of the codon usage; 0: all synonyms alike, 2: like a bacterium.")
    ] = 0.0,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write random reading frames, their proteins, and gold links of each residue and its codon.

    train.tsv, valid.tsv and test.tsv: bases TAB residues; train.align and so on: links of base and residue.
    No sequence is in two of them.
    """
    from entarte.grammar.frames import PARTS
    from entarte.grammar.frames import frames as drawn

    free(out, PARTS, force)
    counts = zip(PARTS, (pairs, valid, test), strict=True)
    options = {"shortest": shortest, "longest": longest, "leader": leader, "trailer": trailer, "bias": bias}
    write(out, {part: list(drawn(count, seed, part, **options)) for part, count in counts})  # type: ignore[arg-type]


def genes(
    file: Annotated[Path, typer.Argument(help="TSV with a coding sequence and its protein in each line.")],
    out: Out,
    name: Annotated[str, typer.Option(help="Of what is written: train, valid or test.")] = "train",
    source: Annotated[str, typer.Option(help="Column of the sequence: number from 1, or name.")] = "",
    target: Annotated[str, typer.Option(help="Column of the protein.")] = "",
    codons: Annotated[
        int, typer.Option(min=0, help="Cut into pieces of so many codons at most; 0: leave whole.")
    ] = 0,
    force: Force = False,
) -> None:
    """Check real genes against the genetic code, cut them at codon boundaries, and write gold links.

    Genes that hold other letters than bases, or whose protein is not what the code says, are refused with
    their line. The first residue may differ: a start codon says M, whatever it says elsewhere.
    """
    from entarte.grammar.genes import genes as read

    free(out, [name], force)
    write(out, {name: list(read(str(file), source=source, target=target, codons=codons))})
