"""Word alignments as sets of links, in the Pharaoh format.

One line a sentence pair, links separated by blanks, source position first, 0-based, words counted as
whitespace separates them; the end-of-sentence token is no word and has no links. `i-j` is a sure link,
`i?j` (some files write `ipj`) one that is only possible. An empty line is a pair without links.

    links = read(path)                              a list of Links, one per line
    check(links, lengths, file=path)                InputError where a position is no word
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from entarte import atomic
from entarte.errors import InputError
from entarte.metric.lines import read_lines

Link: TypeAlias = tuple[int, int]

LINK = re.compile(r"([0-9]+)([-?p])([0-9]+)")
FORM = "Links are written i-j (sure) or i?j (possible), source position first, for example: 0-0 1?2"
ENOUGH = 10  # so many lines with links but none at word 0 are no chance


@dataclass(frozen=True)
class Links:
    """The links of one sentence pair: (source word, target word), 0-based.

    sure        links that must be there
    possible    links that may be there, the sure ones among them
    """

    sure: frozenset[Link] = frozenset()
    possible: frozenset[Link] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "possible", self.possible | self.sure)

    def transposed(self) -> Links:
        """The same seen from the other side: (target word, source word)."""
        return Links(transpose(self.sure), transpose(self.possible))


def transpose(links: AbstractSet[Link]) -> frozenset[Link]:
    """Each (i, j) as (j, i).

    >>> sorted(transpose({(0, 2), (1, 0)}))
    [(0, 1), (2, 0)]
    """
    return frozenset((j, i) for i, j in links)


def parse(line: str, *, base: int = 0, file: str | Path | None = None, number: int | None = None) -> Links:
    """One line of a Pharaoh file; `base` is what the file calls the first word (0 or 1).

    >>> parse("0-0 2?1").possible == {(0, 0), (2, 1)}
    True
    """
    sure: set[Link] = set()
    possible: set[Link] = set()
    for text in line.split():
        match = LINK.fullmatch(text)
        if match is None:
            raise InputError(f"'{text}' is not a link", file=file, line=number, advice=FORM)
        link = (int(match[1]) - base, int(match[3]) - base)
        if min(link) < 0:
            raise InputError(
                f"'{text}' counts a word from 0, but base 1 was asked for",
                file=file,
                line=number,
                advice="Use base 0 for this file",
            )
        (sure if match[2] == "-" else possible).add(link)
    return Links(frozenset(sure), frozenset(possible))


def pharaoh(links: Links | AbstractSet[Link], *, base: int = 0) -> str:
    """The line that `parse` reads: sure links in order, then the merely possible ones.

    >>> pharaoh(Links(frozenset({(1, 0)}), frozenset({(0, 2)})))
    '1-0 0?2'
    >>> pharaoh({(1, 1), (0, 2)}, base=1)
    '1-3 2-2'
    """
    if not isinstance(links, Links):
        links = Links(frozenset(links))
    sure = [f"{i + base}-{j + base}" for i, j in sorted(links.sure)]
    return " ".join(sure + [f"{i + base}?{j + base}" for i, j in sorted(links.possible - links.sure)])


def read(path: str | Path, *, base: int = 0) -> list[Links]:
    """Every line of a file, gzip-compressed or not."""
    return [
        parse(line, base=base, file=path, number=number)
        for number, line in enumerate(read_lines(path), start=1)
    ]


def write(path: str | Path, links: Iterable[Links | AbstractSet[Link]], *, base: int = 0) -> None:
    """One line a pair; `read` gives the same back. SetupError where it cannot be written."""
    text = "".join(pharaoh(each, base=base) + "\n" for each in links)
    atomic.write(Path(path), text.encode("ascii"))


def check(
    links: Sequence[Links],
    lengths: Sequence[Link],
    *,
    file: str | Path | None = None,
    base_known: bool = False,
) -> None:
    """InputError unless every link joins two words.

    lengths: (source words, target words) of each pair. Where the positions would fit if they were
    counted from 1, or if source and target were exchanged, the message says so; nothing is mended here.
    base_known: the user has said what the first word is called, so a file without word 0 is believed.
    """
    if len(links) != len(lengths):
        raise InputError(
            f"{len(links)} lines of links for {len(lengths)} sentence pairs",
            file=file,
            advice="Every pair has a line, an empty one if it has no links",
        )
    for number, (each, length) in enumerate(zip(links, lengths), start=1):
        for link in sorted(each.possible):
            if not _inside(link, length):
                raise InputError(
                    f"link {link[0]}-{link[1]} points beyond the pair's {length[0]} source and "
                    f"{length[1]} target words",
                    file=file,
                    line=number,
                    advice=_diagnose(links, lengths),
                )
    if not base_known and from_one(links):
        raise InputError(
            "no link of any line touches word 0 of either side, so the positions seem to count from 1",
            file=file,
            advice="Read it with base 1, or say base 0 if that is right",
        )


def from_one(links: Sequence[Links]) -> bool:
    """Whether the positions seem to count from 1: enough lines have links, and none is at word 0.

    >>> from_one([parse("1-1")] * 10), from_one([parse("1-1")] * 9), from_one([parse("0-1")] * 10)
    (True, False, False)
    """
    linked = [each for each in links if each.possible]
    return len(linked) >= ENOUGH and all(min(link) > 0 for each in linked for link in each.possible)


def _inside(link: Link, length: Link) -> bool:
    return 0 <= link[0] < length[0] and 0 <= link[1] < length[1]


def _diagnose(links: Sequence[Links], lengths: Sequence[Link]) -> str:
    """What would make every link of the file fit."""
    pairs = [(link, length) for each, length in zip(links, lengths) for link in each.possible]
    shifted = all(min(i, j) > 0 and _inside((i - 1, j - 1), length) for (i, j), length in pairs)
    if shifted:
        return "All positions would fit if they counted from 1: read the file with base 1"
    if all(_inside((j, i), length) for (i, j), length in pairs):
        return "All links would fit with source and target exchanged: transpose them"
    return "Positions count whitespace-separated words from 0, source first; the end token is no word"
