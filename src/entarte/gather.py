"""The pairs of a training as its settings name them, filtered, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

from entarte.errors import InputError
from entarte.example import Example
from entarte.filter import Filter, FilterReport
from entarte.pairs import reading
from entarte.reader import Notes, read
from entarte.settings import Settings
from entarte.watch import Silent, Watcher, counted


def examples(settings: Settings, paths: list[str], links: str, watcher: Watcher) -> Iterator[Example]:
    """The pairs of some files."""
    notes = Notes()
    yield from read(paths, links=links or None, notes=notes, both=True, **reading(settings))
    for note in notes:
        watcher.note(str(note))


class Gathered:
    """The training pairs that pass the filters, read from their files each time they are gone through.

    What was noticed and what was left out is told the first time they come to an end. Raises InputError
    there where none is left.
    """

    def __init__(self, settings: Settings, watcher: Watcher) -> None:
        self.settings = settings
        self.watcher = watcher
        self.told = False

    def __iter__(self) -> Iterator[Example]:
        data, watcher = self.settings.data, Silent() if self.told else self.watcher
        report = FilterReport()
        rule = Filter(max_words=data.max_words, max_ratio=data.max_ratio, duplicates=data.duplicates)
        yield from rule(examples(self.settings, data.train, data.train_links, watcher), report)
        for line in report.lines():
            watcher.note(line)
        self.told = True
        if not report.kept:
            raise InputError(
                "no training pair is left",
                file=data.train[0],
                setting="data.train",
                advice="Look at the filters in [data].",
            )


def training_pairs(settings: Settings, watcher: Watcher) -> list[Example]:
    """All of them, in memory."""
    return list(counted(Gathered(settings, watcher), "reading the pairs", watcher))
