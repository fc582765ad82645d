"""`entarte align`: word links for pairs that are given, in one direction or both."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.files import apart, whole
from entarte.cli.opened import (
    OVERLONG,
    GoldBase,
    Mean,
    Members,
    Model,
    OutputFile,
    Pairs,
    TransposeGold,
    load,
)
from entarte.cli.progress import counted
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.linking import Linked
    from entarte.metric.links import Links


def align(
    model: Model,
    pairs: Pairs,
    output: OutputFile = None,
    reverse: Annotated[
        Path | None,
        typer.Option("--reverse", "-r", metavar="MODEL", help="A model of the other direction, to join."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Join by intersection, union, grow-diag, grow-diag-final or grow-diag-final-and (default)."
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Link all that weighs at least this much; else each target word's heaviest."),
    ] = None,
    shift: Annotated[
        bool,
        typer.Option("--shift", help="Go by the look after a word was said, not by that which says it."),
    ] = False,
    base: Annotated[int, typer.Option(min=0, max=1, help="What to call the first word.")] = 0,
    gold: Annotated[
        Path | None, typer.Option("--gold", "-g", help="Right links (i-j sure, i?j possible): say the AER.")
    ] = None,
    gold_base: GoldBase = None,
    transpose_gold: TransposeGold = False,
    members: Members = None,
    mean: Mean = "probabilities",
) -> None:
    """Align the words of given pairs: each target is forced, and the weights tell where the decoder looked.

    One line a pair, links source-target, words counted from 0 as blanks separate them (Pharaoh). The end of
    the sentence is no word.
    """
    from entarte.linking import DEFAULT, stream
    from entarte.metric.links import pharaoh
    from entarte.metric.symmetrise import METHODS
    from entarte.reader import Notes
    from entarte.reader.files import label

    if method is not None and method not in METHODS:
        raise InputError(
            f"there is no way '{method}' to join two alignments",
            setting="--method",
            advice=did_you_mean(method, METHODS),
        )
    if method is not None and reverse is None:
        raise InputError("it is only read together with --reverse", setting="--method")
    if gold is None and (gold_base is not None or transpose_gold):
        name = "--transpose-gold" if transpose_gold else "--gold-base"
        raise InputError("it is only read together with --gold", setting=name)
    if threshold is not None and not 0 < threshold <= 1:
        raise InputError(f"{threshold} is not above 0 and at most 1", setting="--threshold")
    for path in pairs:
        apart(str(path), output, None)
    known = read_gold(gold, gold_base, transpose_gold, pairs) if gold is not None else None
    translator = load(model, None, members, mean)
    other = load(reverse, None) if reverse is not None else None
    found: list[Linked] = []
    notes = Notes()
    with ExitStack() as stack:
        said = stack.enter_context(whole(output)) if output is not None else sys.stdout.buffer
        streamed = stream(
            translator,
            texts(pairs, notes, translator.settings.files),
            reverse=other,
            method=method or DEFAULT,
            threshold=threshold,
            shift=shift,
        )
        for number, each in enumerate(counted(streamed, "pairs", output is not None), start=1):
            if each.unread:
                notes.add(label(pairs[0]), OVERLONG, number)
            said.write((pharaoh(each.links, base=base) + "\n").encode())
            if known is not None:
                found.append(each)
        said.flush()
    for note in notes:
        typer.echo(str(note), err=True)
    if known is not None:
        judge(found, known, method or DEFAULT)


def texts(paths: list[Path], notes: object, files: bool = False) -> Iterator[tuple[str, str]]:
    """The pairs of the files; `files`: their sources name files."""
    from entarte.reader import read

    for pair in read(paths, notes=notes, both=True, files=files):  # type: ignore[arg-type]
        yield pair.source, pair.target or ""


def read_gold(path: Path, base: int | None, transposed: bool, pairs: list[Path]) -> list[Links]:
    """Gold links, checked against the words of the pairs before anything is decoded."""
    from entarte.cli.aer import aligned
    from entarte.reader import Notes
    from entarte.span import word_count

    if "-" in map(str, pairs):
        raise InputError("it is only read together with pairs in files", setting="--gold")
    sizes = [(word_count(source), word_count(target)) for source, target in texts(pairs, Notes())]
    return aligned(path, base, transposed, sizes, "--gold-base", "--transpose-gold")


def judge(found: list[Linked], gold: list[Links], method: str) -> None:
    """A row for each direction and for both together."""
    from entarte.metric.aer import Aer

    measure = Aer()
    systems = {"forward": [each.forward for each in found]}
    if found and found[0].backward is not None:
        systems["backward"] = [each.backward or frozenset() for each in found]
        systems[method] = [each.links for each in found]
    scores = {name: measure.corpus(measure.statistics(each, gold)) for name, each in systems.items()}
    typer.echo(measure.table(scores, {}).to_text(), err=True)
