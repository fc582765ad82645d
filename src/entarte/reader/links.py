"""Gold word links beside the pairs: one line a pair, in the Pharaoh format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from entarte.errors import InputError
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.notes import Notes
from entarte.span import words

LINK = re.compile(r"([0-9]{1,9})([-?p])([0-9]{1,9})")
ENOUGH = 10  # so many lines with links but none at word 0 are no chance
POSSIBLE = "links that are only possible (i?j), left out"
FORM = "Links are written i-j (sure) or i?j (possible), source word first, counted from 0."


def linked(examples: Iterator[Example], path: str, notes: Notes) -> Iterator[Example]:
    """The same pairs with their sure links.

    An empty line is a pair without links. Raises InputError, with file and line, for what is no link, a
    link to a word that is not there, and another number of lines than of pairs; at the end where no link of
    many lines touches a first word, so that they seem to count from 1.
    """
    lines = read_lines(path, notes)
    number = some = 0
    from_one = True
    for number, example in enumerate(examples, start=1):
        line = next(lines, None)
        if line is None:
            raise _uneven(path, number - 1, number + sum(1 for _ in examples))
        links = _links(line, example, path, number, notes)
        some += bool(links)
        from_one = from_one and all(min(link) > 0 for link in links)
        yield replace(example, links=links)
    if more := sum(1 for _ in lines):
        raise _uneven(path, number + more, number)
    if from_one and some >= ENOUGH:
        raise InputError(
            "no link of any line touches word 0 of either side, so the positions seem to count from 1",
            file=path,
            advice="Write the file anew, counted from 0.",
        )


def _links(line: str, example: Example, path: str, number: int, notes: Notes) -> frozenset[tuple[int, int]]:
    if example.target is None:
        raise InputError("links need a target, and there are only sources", file=path)
    sure: set[tuple[int, int]] = set()
    possible: set[tuple[int, int]] = set()
    lengths = len(words(example.source)), len(words(example.target))
    for text in line.split():
        match = LINK.fullmatch(text)
        if match is None:
            raise InputError(f"'{text}' is not a link", file=path, line=number, advice=FORM)
        link = int(match[1]), int(match[3])
        if link[0] >= lengths[0] or link[1] >= lengths[1]:
            raise InputError(
                f"link '{text}' points beyond the {lengths[0]} source and {lengths[1]} target words of "
                f"{example.where}",
                file=path,
                line=number,
                advice=FORM,
            )
        (sure if match[2] == "-" else possible).add(link)
    if possible - sure:
        notes.add(path, POSSIBLE, number)
    return frozenset(sure)


def _uneven(path: str, lines: int, pairs: int) -> InputError:
    return InputError(
        f"{lines:,} lines of links for {pairs:,} pairs",
        file=path,
        advice="Every pair has a line, an empty one if it has no links.",
    )
