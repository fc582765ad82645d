"""Pairs from files: plain parallel lines, TSV, JSONL; gzip or not; streamed.

read(paths, …)      Examples, one at a time, in constant memory
read_lines(file)    lines alone, for what is only to be translated
Notes               what was noticed and let pass: byte-order marks, CRLF
READERS             format → reader(paths, source, target, notes) -> Examples
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.jsonl import jsonl
from entarte.reader.links import linked
from entarte.reader.notes import Note, Notes
from entarte.reader.parallel import parallel
from entarte.reader.tsv import tsv

__all__ = ["READERS", "Note", "Notes", "guess", "read", "read_lines"]

Reader = Callable[[Sequence[str], str, str, Notes], Iterator[Example]]

READERS: dict[str, Reader] = {"lines": parallel, "tsv": tsv, "jsonl": jsonl}

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
) -> Iterator[Example]:
    """The pairs of some files, in order.

    paths           one file that holds both sides, or two of lines, source first
    format          auto (see ``guess``), or a name in READERS
    source, target  column (TSV: name or number from 1) or key (JSONL, dots go inside)
    links           a Pharaoh file of gold word links
    notes           where to write what was noticed; complete when the last pair was given
    both            refuse a single file of lines, which has no targets

    Raises InputError: at once for arguments, on the way for what is in the files, at the end where there
    is no pair or one side is empty throughout.
    """
    files = [str(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not files:
        raise InputError("no file is named")
    kind = guess(files) if format == "auto" else format
    if kind not in READERS:
        raise InputError(
            f"there is no format '{kind}'",
            setting="data.format",
            advice=did_you_mean(kind, ["auto", *READERS]),
        )
    if both and kind == "lines" and len(files) == 1:
        raise InputError(
            "one file of lines holds sources only, and pairs are needed",
            file=files[0],
            advice="Name two files, source first; or a TSV or JSONL file (data.format says which).",
        )
    notes = Notes() if notes is None else notes
    pairs = READERS[kind](files, source, target, notes)
    if links:
        pairs = linked(pairs, str(links), notes)
    return _sound(pairs, files)


def _sound(pairs: Iterator[Example], files: Sequence[str]) -> Iterator[Example]:
    """The same pairs; InputError at the end where there are none, or none has text."""
    count = 0
    empty = {0: True, 1: True}
    for pair in pairs:
        count += 1
        if empty[0] and pair.source.strip():
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
