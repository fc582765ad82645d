"""Pairs in the columns of one file, between tabs. Quotation marks are text like any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.notes import Notes
from entarte.reader.tags import tagged

NAMES = ("source", "target", "features")
HEADER = "the first line, 'source' and 'target', was taken as names of columns"


def tsv(
    paths: Sequence[str], source: str, target: str, notes: Notes, *, features: str = ""
) -> Iterator[Example]:
    """``source`` and ``target``: a column's number from 1, or its name in the first line; so too
    ``features``, which follow the source as tags (see ``tags``).

    The first line is a header where a name is given, or where no column is and it reads ``source`` and
    ``target``. By default the first and the second column. Raises InputError, with file and line, for a
    column that is not there.
    """
    if len(paths) != 1:
        raise InputError(f"a TSV file holds both sides; {len(paths)} files are named", setting="data.format")
    path, asked = paths[0], (source, target, *([features] if features else []))
    numbered = [_number(text) for text in asked]
    named = any(text and number is None for text, number in zip(asked, numbered, strict=True))
    places = [0, 1]
    for number, line in enumerate(read_lines(path, notes), start=1):
        fields = line.split("\t")
        if number == 1:
            if not source and not target and tuple(fields[:2]) == NAMES[:2]:
                notes.add(path, HEADER, 1)
                continue
            places = [_place(path, fields, asked[side], numbered[side], side) for side in range(len(asked))]
            if named:
                continue
        if not line:
            raise InputError("the line is empty; each line must hold a pair", file=path, line=number)
        if len(fields) <= max(places):
            side = next(side for side, place in enumerate(places) if len(fields) <= place)
            raise InputError(
                f"the line has {len(fields)} column{'s' * (len(fields) > 1)}, and the {NAMES[side]} "
                f"{'are' if side == 2 else 'is'} column {places[side] + 1}",
                file=path,
                line=number,
                setting="data.features" if side == 2 else None,
                advice="Columns are separated by tabs.",
            )
        text = fields[places[0]]
        if features:
            text = tagged(text, fields[places[2]], path, number)
        yield Example(text, fields[places[1]], file=path, number=number)


def _number(text: str) -> int | None:
    """A column's place from its number."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return None
    return int(text) - 1


def _place(path: str, header: Sequence[str], asked: str, place: int | None, side: int) -> int:
    if not asked:
        return side
    if place is not None:
        if place < 0:
            raise InputError("columns are numbered from 1", setting=f"data.{NAMES[side]}")
        return place
    if header.count(asked) != 1:
        twice = "twice" if asked in header else "not"
        raise InputError(
            f"the column '{asked}' is {twice} in the first line",
            file=path,
            line=1,
            setting=f"data.{NAMES[side]}",
            advice="Give its number, from 1." if asked in header else did_you_mean(asked, header),
        )
    return list(header).index(asked)
