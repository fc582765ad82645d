"""Pairs from files: plain parallel lines, TSV, JSONL; gzip or not; streamed.

read(paths, …)      Examples, one at a time, in constant memory
read_lines(file)    lines alone, for what is only to be translated
Notes               what was noticed and let pass: byte-order marks, CRLF
READERS             format → reader(paths, source, target, notes) -> Examples
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.reader.dialogue import babi, dialogue
from entarte.reader.files import read_lines
from entarte.reader.formed import Form, formed
from entarte.reader.jsonl import jsonl
from entarte.reader.links import linked
from entarte.reader.named import named
from entarte.reader.notes import Note, Notes
from entarte.reader.parallel import parallel
from entarte.reader.text import text
from entarte.reader.tsv import tsv

__all__ = ["READERS", "Note", "Notes", "guess", "read", "read_lines"]

Reader = Callable[..., Iterator[Example]]
"""(paths, source, target, notes) → pairs; keyword-only arguments are settings that it has beside these."""

READERS: dict[str, Reader] = {
    "lines": parallel,
    "tsv": tsv,
    "jsonl": jsonl,
    "text": text,
    "dialogue": dialogue,
    "babi": babi,
}

ENDINGS = {".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


def guess(paths: Sequence[str]) -> str:
    """The format of some files: two are lines, one goes by the end of its name, without ``.gz``.

    >>> guess(["a.en", "a.fr"]), guess(["pairs.TSV.gz"]), guess(["a.txt"])
    ('lines', 'tsv', 'lines')
    """
    if len(paths) != 1:
        return "lines"
    name = Path(paths[0].lower().removesuffix(".gz"))
    return ENDINGS.get(name.suffix, "lines")


def read(
    paths: str | Path | Sequence[str | Path],
    *,
    format: str = "auto",
    source: str = "",
    target: str = "",
    links: str | Path | None = None,
    notes: Notes | None = None,
    both: bool = False,
    window: int = 0,
    turns: int = 0,
    speaker: str = "",
    features: str = "",
    glued: bool = False,
    form: Form | None = None,
    files: bool = False,
) -> Iterator[Example]:
    """The pairs of some files, in order.

    paths           one file that holds both sides, or two of lines, source first
    format          auto (see ``guess``), or a name in READERS
    source, target  column (TSV: name or number from 1) or key (JSONL, dots go inside)
    links           a Pharaoh file of gold word links
    notes           where to write what was noticed; complete when the last pair was given
    both            refuse a single file of lines, which has no targets
    window, glued   of running text; turns, speaker  of dialogues; features  of TSV and JSONL: see
                    their readers
    form            what brings each pair into the form that a task has; links speak of it as it is then
    files           a source names a file, from the folder of the file that lists it; the sources of what is
                    given are paths from the working directory. Each must be there

    Raises InputError: at once for arguments, on the way for what is in the files, at the end where there
    is no pair or one side is empty throughout.
    """
    names = [str(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not names:
        raise InputError("no file is named")
    kind = guess(names) if format == "auto" else format
    if kind not in READERS:
        raise InputError(
            f"there is no format '{kind}'",
            setting="data.format",
            advice=did_you_mean(kind, ["auto", *READERS]),
        )
    if both and kind == "lines" and len(names) == 1:
        raise InputError(
            "one file of lines holds sources only, and pairs are needed",
            file=names[0],
            advice="Name two files, source first; or a TSV or JSONL file (data.format says which).",
        )
    notes = Notes() if notes is None else notes
    pairs = READERS[kind](names, source, target, notes, **_own(kind, window, turns, speaker, features, glued))
    if form:
        pairs = formed(pairs, form)
    if links:
        pairs = linked(pairs, str(links), notes)
    if files:
        pairs = named(pairs)
    return _sound(pairs, names)


def _own(kind: str, window: int, turns: int, speaker: str, features: str, glued: bool) -> dict[str, Any]:
    """The settings that a reader has of its own. InputError for one that it would not read."""
    given = {"window": window, "turns": turns, "speaker": speaker, "features": features}
    able = {name: set(signature(reader).parameters) for name, reader in READERS.items()}
    for name, value in given.items():
        if value and name not in able[kind]:
            readers = " and ".join(f"'{each}'" for each, own in able.items() if name in own)
            raise InputError(
                f"format '{kind}' has no {name}",
                setting=f"data.{name}",
                advice=f"It is read with data.format={readers}; leave it out.",
            )
    return {name: value for name, value in (given | {"glued": glued}).items() if name in able[kind]}


def _sound(pairs: Iterator[Example], files: Sequence[str]) -> Iterator[Example]:
    """The same pairs; InputError at the end where there are none, or none has text."""
    count = 0
    empty = {0: True, 1: True}
    for pair in pairs:
        count += 1
        if empty[0] and (pair.alone or pair.source.strip()):
            empty[0] = False
        if empty[1] and (pair.target is None or pair.target.strip()):
            empty[1] = False
        yield pair
    if not count:
        raise InputError("the file is empty: there is nothing to read", file=files[0])
    for side, name in enumerate(("source", "target")):
        if empty[side]:
            raise InputError(
                f"all {count:,} lines are empty on the {name} side" if len(files) == 1 else
                f"all {count:,} lines are empty",
                file=files[min(side, len(files) - 1)],
            )  # fmt: skip
