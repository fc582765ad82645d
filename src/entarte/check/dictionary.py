"""A bilingual dictionary: which target words translate which source words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from entarte import atomic
from entarte.check.units import plain
from entarte.errors import InputError
from entarte.metric.lines import read_lines


class Dictionary:
    """Source word → its translations; words without case and without punctuation at their ends.

    >>> d = Dictionary({"pie": ["tarte", "Tarte"], "he": ["il"]})
    >>> sorted(d.translations(["he", "pie", "hit"]))
    ['il', 'tarte']
    """

    def __init__(self, entries: Mapping[str, Iterable[str]]) -> None:
        self.entries = {plain(word): frozenset(map(plain, known)) for word, known in entries.items()}
        self.targets = frozenset().union(*self.entries.values())

    def translations(self, words: Iterable[str]) -> frozenset[str]:
        """Everything that may translate one of these words."""
        return frozenset().union(*(self.entries.get(plain(word), frozenset()) for word in words))

    @classmethod
    def learn(
        cls,
        pairs: Iterable[tuple[Sequence[str], Sequence[str], Iterable[tuple[int, int]]]],
        least: int = 2,
        share: float = 0.02,
    ) -> Dictionary:
        """From linked pairs: source words, target words, links (source word, target word) from 0.

        least  times that two words must be linked
        share  of a source word's links that a translation must have
        """
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for source, target, links in pairs:
            for i, j in links:
                counts[plain(source[i])][plain(target[j])] += 1
        return cls(
            {
                word: [known for known, n in seen.items() if n >= max(least, share * seen.total())]
                for word, seen in counts.items()
            }
        )

    @classmethod
    def read(cls, path: str | Path) -> Dictionary:
        """A file with a source word, a TAB and a translation on each line; a word may have several lines."""
        entries: defaultdict[str, list[str]] = defaultdict(list)
        for number, line in enumerate(read_lines(path), start=1):
            if not line.strip():
                continue
            word, tab, known = line.partition("\t")
            if not tab or not word.strip() or not known.strip():
                raise InputError(
                    f"'{line}' is no entry", file=path, line=number, advice="Write: word TAB translation."
                )
            entries[word.strip()].append(known.split("\t")[0].strip())
        if not entries:
            raise InputError("there is no entry in it", file=path)
        return cls(entries)

    def write(self, path: str | Path) -> None:
        """What `read` reads. SetupError where it cannot be written."""
        lines = [
            f"{word}\t{each}\n" for word, known in sorted(self.entries.items()) for each in sorted(known)
        ]
        atomic.write(Path(path), "".join(lines).encode())
