"""`entarte force`: how probable given targets are, piece by piece, and where the decoder looks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.align import texts
from entarte.cli.files import apart, whole
from entarte.cli.opened import OVERLONG, Mean, Members, Model, OutputFile, Pairs, load
from entarte.cli.progress import counted
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.generate import Output, Translator

FORMS = ("pharaoh", "json")


def force(
    model: Model,
    pairs: Pairs,
    output: OutputFile = None,
    alignments: Annotated[
        tuple[str, Path] | None,
        typer.Option("--alignments", "-a", metavar="pharaoh|json FILE", help="Write them too, one a line."),
    ] = None,
    words: Annotated[bool, typer.Option("--words", "-w", help="Join pieces to words.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write a JSON object a line: pieces, scores, links.")
    ] = False,
    members: Members = None,
    mean: Mean = "probabilities",
) -> None:
    """Force given targets: one line a pair, log p(target | source), TAB, each piece and its log-probability.

    The end of the sentence is said too, as </s>. The perplexity of all is written to standard error.
    """
    from entarte.reader import Notes
    from entarte.reader.files import label

    form, beside = alignments or ("", None)
    if beside is not None and form not in FORMS:
        raise InputError(f"there is no form '{form}' of alignments", advice=did_you_mean(form, FORMS))
    if words and as_json:
        raise InputError("--json writes pieces", advice="Leave out --words.")
    for path in pairs:
        apart(str(path), output, beside)
    translator = load(model, None, members, mean)
    notes = Notes()
    total, said = 0.0, 0
    with ExitStack() as stack:
        lines = (
            stack.enter_context(whole(output)) if output is not None else typer.get_binary_stream("stdout")
        )
        links = stack.enter_context(whole(beside)) if beside is not None else None
        given = texts(pairs, notes, translator.settings.files)
        streamed = counted(forced(translator, given), "pairs", output is not None)
        for number, each in enumerate(streamed, start=1):
            if each.unread:
                notes.add(label(pairs[0]), OVERLONG, number)
            total, said = total + each.log_prob, said + len(each.log_probs)
            text = json.dumps(each.to_dict(), ensure_ascii=False) if as_json else line(each, words)
            lines.write((text + "\n").encode())
            if links is not None:
                alignment = each.alignment
                text = alignment.pharaoh() if form == "pharaoh" else alignment.to_json(digits=6)
                links.write((text + "\n").encode())
        lines.flush()
    for note in notes:
        typer.echo(str(note), err=True)
    typer.echo(f"perplexity {math.exp(min(-total / said, 700)):.4f} over {said:,} pieces", err=True)


def forced(translator: Translator, pairs: Iterator[tuple[str, str]]) -> Iterator[Output]:
    """The pairs, forced in portions."""
    from entarte.generate import CHUNK

    while chunk := list(islice(pairs, translator.settings.generate.batch * CHUNK)):
        yield from translator.force([source for source, _ in chunk], [target for _, target in chunk])


def line(output: Output, words: bool) -> str:
    """Log-probability, TAB, then every piece or word with its own, separated by blanks."""
    alignment = output.alignment.words() if words else output.alignment
    return f"{output.log_prob:.4f}\t" + " ".join(f"{row.text}:{row.log_prob:.4f}" for row in alignment.rows)
