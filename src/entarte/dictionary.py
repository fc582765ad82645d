"""A bilingual dictionary, one translation a word, learned from word alignments and kept as a file.

A line is: source word, TAB, target word, TAB, how often they were linked, TAB, the share of the source word's
links. Only the first two columns are needed, so that a person can write one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from entarte import atomic
from entarte.errors import InputError
from entarte.metric.lines import read_lines
from entarte.span import words

Pair = tuple[str, str, frozenset[tuple[int, int]]]
"""A source line, a target line, and links (source word, target word) from 0."""


class Entry(NamedTuple):
    """A translation, how often it was seen, and the share of all links of the source word."""

    target: str
    times: int
    share: float


def learn(pairs: Iterable[Pair], *, least: int = 2, share: float = 0.0) -> dict[str, Entry]:
    """For each source word the target word that it is linked to most often; among equals the first in the
    alphabet.

    least  links seen fewer times than this are not trusted
    share  nor those that are less than this share of the word's links

    >>> pairs = [("a pie", "une tarte", frozenset({(0, 0), (1, 1)})), ("pie", "tarte", frozenset({(0, 0)}))]
    >>> learn(pairs, least=2)
    {'pie': Entry(target='tarte', times=2, share=1.0)}
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, target, links in pairs:
        read, said = words(source), words(target)
        for s, t in links:
            counts[read[s].text][said[t].text] += 1
    found = {}
    for word, seen in sorted(counts.items()):
        target, count = min(seen.items(), key=lambda pair: (-pair[1], pair[0]))
        part = count / seen.total()
        if count >= least and part >= share:
            found[word] = Entry(target, count, part)
    return found


def write(path: str | Path, entries: dict[str, Entry]) -> None:
    """The dictionary as a file; `read` gives the words back."""
    lines = (f"{word}\t{one.target}\t{one.times}\t{one.share:.4f}\n" for word, one in entries.items())
    atomic.write(Path(path), "".join(lines).encode())


def read(path: str | Path) -> dict[str, str]:
    """Source word → target word.

    Raises InputError for a file that is none, a line without a TAB, and a word that stands there twice.
    """
    place = Path(path)
    try:
        facts = place.stat()
    except OSError:
        return _read(str(path), 0, 0)
    return _read(str(path), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4)
def _read(path: str, changed: int, size: int) -> dict[str, str]:
    """As `read`; a file that has not changed is read once."""
    found: dict[str, str] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        word, tab, rest = line.partition("\t")
        target = rest.split("\t")[0].strip()
        if not (tab and word.strip() and target):
            raise InputError(
                "this is no translation",
                file=path,
                line=number,
                advice="Write source word, TAB, target word.",
            )
        if found.setdefault(word.strip(), target) != target:
            raise InputError(f"'{word.strip()}' has another translation above", file=path, line=number)
    return found
