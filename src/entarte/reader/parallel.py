"""Pairs in two files of lines: line n of one belongs to line n of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entarte.errors import InputError
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.notes import Notes


def parallel(paths: Sequence[str], source: str, target: str, notes: Notes) -> Iterator[Example]:
    """Two files, source first; one file alone gives sources without targets.

    Raises InputError unless both have the same number of lines. ``source`` and ``target`` must be
    empty: there are no columns to choose from.
    """
    for setting, name in (("data.source", source), ("data.target", target)):
        if name:
            raise InputError(
                f"'{name}' names a column, and files of lines have none",
                setting=setting,
                advice="Leave it empty, or say data.format=tsv or jsonl.",
            )
    if len(paths) > 2:
        raise InputError(
            f"pairs in lines are two files, source first, not {len(paths)}", setting="data.format"
        )
    if len(paths) == 1:
        for number, line in enumerate(read_lines(paths[0], notes), start=1):
            yield Example(line, file=paths[0], number=number)
        return
    sources, targets = (read_lines(path, notes) for path in paths)
    number = 0
    for number, read in enumerate(sources, start=1):
        said = next(targets, None)
        if said is None:
            raise _uneven(paths, number + sum(1 for _ in sources), number - 1)
        yield Example(read, said, file=paths[0], number=number)
    if more := sum(1 for _ in targets):
        raise _uneven(paths, number, number + more)


def _uneven(paths: Sequence[str], sources: int, targets: int) -> InputError:
    shorter, fewer = (paths[0], sources) if sources < targets else (paths[1], targets)
    return InputError(
        f"{paths[0]} has {sources:,} lines and {paths[1]} has {targets:,}: {shorter} is the shorter",
        file=shorter,
        line=fewer or None,
        advice="Line n of one file must belong to line n of the other; an empty side is an empty line.",
    )
