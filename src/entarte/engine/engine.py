"""An exported model in use: lines in, outputs out."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from entarte.engine.decode import Decoding
from entarte.engine.folder import Facts, open_folder
from entarte.engine.graphs import Graphs
from entarte.engine.rows import Hypothesis, Job
from entarte.engine.said import Said, cut, nothing
from entarte.engine.sayer import Sayer, Whole
from entarte.engine.shortlist import Shortlists, Shorts
from entarte.engine.shortlist import width as filled
from entarte.engine.way import Way
from entarte.errors import InputError
from entarte.span import Piece
from entarte.text import Tokenizer
from entarte.vocabulary import EOS

SOURCE, TARGET, BOTH = "source.model", "target.model", "pieces.model"
"""Names of the tokenizer files, as in a model's folder."""
GRAIN, SHORT = 8, 24
"""Sources are padded to a multiple of this many slots, and beyond so many to one of twice as many, for long
ones are few: what a sentence meets depends on its length alone."""
CHUNK = 32
"""How many batches of lines are read ahead, so that sentences of like length can be decoded together."""


class Engine:
    """A model that was exported. Use `load`.

    way         how it decodes; `translate` may say otherwise
    shortlists  words that a translation may hold, by source word; None where the export has none
    """

    def __init__(
        self,
        facts: Facts,
        graphs: Graphs,
        source: Tokenizer,
        target: Tokenizer,
        shortlists: Shortlists | None,
    ) -> None:
        self.facts = facts
        self.graphs = graphs
        self.source = source
        self.target = target
        self.shortlists = shortlists
        self.way = facts.way
        self.name = facts.name

    @property
    def note(self) -> str:
        """What a user should know of it on this machine; nothing, mostly."""
        return self.graphs.note()

    def translate(self, lines: Iterable[str], **options: Any) -> list[Said]:
        """An output for each line, in order; an empty line gives an empty output. See `stream`."""
        return list(self.stream(lines, **options))

    def stream(
        self, lines: Iterable[str], *, workers: int = 1, looks: bool = True, scores: bool = True,
        shortlist: bool = False, **options: Any,
    ) -> Iterator[Said]:  # fmt: skip
        """As `translate`, in constant memory: outputs come in order while lines are still being read.

        workers    sentences are shared out among so many threads, one for each core is best
        looks      keep where each piece looked, for alignments
        scores     compute probabilities also where greedy search does not need them
        shortlist  choose among the words that the export's shortlist has for a sentence, not among all
        options    settings of [generate], as beam=8

        Raises InputError for a setting that makes no sense, and for a shortlist that is not there.
        """
        way = self.way.changed(options).filled(self.graphs.rows)
        if workers < 1:
            raise InputError(f"is {workers}; it must be 1 or more", setting="workers")
        if shortlist and self.shortlists is None:
            raise InputError(
                "this export has no shortlist",
                advice="Make one: entarte export MODEL --to int8 --shortlist PAIRS --out FOLDER",
            )
        rest, first = iter(lines), 0
        while chunk := list(islice(rest, way.batch * CHUNK * workers)):
            yield from self.chunk(self.formed(chunk, first), way, workers, looks, scores, shortlist)
            first += len(chunk)

    def formed(self, lines: Sequence[str], first: int) -> list[str]:
        """Lines in the form that the task gives its sources; `first` is the number of the first, from 0.

        Raises InputError for one that it cannot have.
        """
        if not self.facts.task:
            return list(lines)
        from entarte.task import create  # most models need none, and start faster without

        options = dict(self.facts.task)
        aim, found = create(options.pop("kind"), options), []
        for number, line in enumerate(lines, start=first + 1):
            try:
                found.append(aim.pair(line)[0])
            except InputError as error:
                raise InputError(f"line {number}: {error.message}", advice=error.advice) from None
        return found

    def chunk(
        self, lines: Sequence[str], way: Way, workers: int, looks: bool, scores: bool, shortlist: bool
    ) -> list[Said]:
        """Decode some lines side by side, those of a length together, and put them back in order."""
        ids = self.source.ids_many(lines)
        unread = [max(len(row) - way.longest, 0) if way.longest else 0 for row in ids]
        own = self.shortlists.of if shortlist and self.shortlists else lambda ids: None
        jobs = [
            Job(n, read := [*row[: len(row) - less], EOS], way.limit(len(row) - less), own(read))
            for n, (row, less) in enumerate(zip(ids, unread))
            if len(row) > less
        ]
        queues = queued(jobs)

        shares = [-(-len(queue) // workers) for _, queue in queues]

        known = scores or way.width > 1

        def work() -> Iterator[tuple[int, Said]]:
            for ((width, short), queue), share in zip(queues, shares, strict=True):
                own = replace(way, batch=min(way.batch, max(share, 1)))  # so that nobody takes all there is
                sayer = self.sayer(short)
                words = short or len(self.target.vocabulary)
                for job, ranked in Decoding(self.graphs, sayer, own, queue, width, words, looks, scores):
                    n = job.number
                    yield n, self.said(lines[n], job, ranked, unread[n], known)

        with self.graphs.alone():
            if workers == 1:
                found = dict(work())
            else:
                with ThreadPoolExecutor(workers) as crew:
                    parts = list(crew.map(lambda _: list(work()), range(workers)))
                found = dict(each for part in parts for each in part)
        return [found.get(n) or nothing(line, self.name) for n, line in enumerate(lines)]

    def sayer(self, short: int) -> Sayer:
        """The output layer, or that of shortlists."""
        if not short:
            return Whole(self.graphs)
        return Shorts(self.graphs, short)

    def said(self, line: str, job: Job, ranked: Sequence[Hypothesis], unread: int, known: bool) -> Said:
        """What was found for a line, as text."""
        read = len(job.ids) - 1
        pieces = cut(self.source, line, read) if ranked[0].weights is not None else ()
        outputs = []
        for each in ranked:
            own = each.tokens[:-1] if each.finished else each.tokens
            weights, written = each.weights, list[Piece]()
            if weights is None:  # where each piece stands is not asked for
                text = self.target.text(own)
            else:
                text, written = self.target.written(own)
                weights = weights[:, :, : read + 1]
                if self.facts.shifted:
                    weights = np.concatenate([weights[1:], np.zeros_like(weights[:1])])
            outputs.append(
                Said(
                    *(line, text, each.score if known else float("nan")),
                    each.log_probs if known else (),
                    *(each.finished, unread),
                    weights=weights,
                    pieces=(pieces, tuple(written)),
                    notes={"model": self.name},
                )
            )
        return replace(outputs[0], alternatives=tuple(outputs[1:])) if len(outputs) > 1 else outputs[0]


def queued(jobs: Sequence[Job]) -> list[tuple[tuple[int, int], deque[Job]]]:
    """Jobs by the width of their padded source and of their padded shortlist (0: none), the longest first, so
    that workers end at about the same time."""
    found: dict[tuple[int, int], list[Job]] = {}
    for job in jobs:
        short = 0 if job.words is None else filled(job.words)
        found.setdefault((padded(len(job.ids)), short), []).append(job)
    return [
        (key, deque(sorted(found[key], key=lambda job: -len(job.ids)))) for key in sorted(found, reverse=True)
    ]


def padded(length: int) -> int:
    """Slots of a source of so many pieces.

    >>> [padded(length) for length in (1, 8, 9, 24, 25, 41)]
    [8, 8, 16, 24, 40, 56]
    """
    first = min(length, SHORT)
    return -(-first // GRAIN) * GRAIN + -(-(length - first) // (2 * GRAIN)) * 2 * GRAIN


def load(folder: str | Path) -> Engine:
    """An export from its folder; every file is checked.

    Raises InputError where it is no export, DamagedError where a file is not what it was, SetupError where
    ONNX Runtime is not installed.
    """
    place = Path(folder)
    facts = open_folder(place)
    if (place / BOTH).exists():
        source = target = Tokenizer.load(place / BOTH)
    else:
        source, target = Tokenizer.load(place / SOURCE), Tokenizer.load(place / TARGET)
    shortlists = Shortlists.read(place)
    return Engine(facts, Graphs(place, facts.to), source, target, shortlists)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
