"""From lines to what a model takes: ids, copies, constraints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from entarte import batch, device
from entarte.constrain import NONE, Constraint, lexicon, placed
from entarte.errors import InputError
from entarte.model import Model
from entarte.output import Read
from entarte.plan import Plan
from entarte.search import Wish
from entarte.search.wish import check
from entarte.settings import Settings
from entarte.source.row import Cut, Row, RowError
from entarte.span import Piece
from entarte.text import Tokenizer
from entarte.token import Token
from entarte.vocabulary import UNK, Beyond


class Reading:
    """A trained model with its tokenizers and settings.

    settings        as resolved when it was trained
    source, target  tokenizers; the source may be one of features instead
    name            for the notes of alignments
    folder          where it was loaded from, if it was
    """

    def __init__(
        self, settings: Settings, model: Model, source: Cut, target: Tokenizer, name: str = ""
    ) -> None:
        self.settings = settings
        self.aim = settings.aim
        self.model = model.eval()
        self.source = source
        self.target = target
        self.name = name
        self.folder: Path | None = None

    def to(self, name: str) -> Self:
        """The same, on a device that is named as in `generate.device`."""
        self.model.to(device.find(name, "generate.device"))
        return self

    @property
    def most(self) -> int:
        """Pieces that an output can have, where positions are learned; 0: any number."""
        return self.model.decoder.longest or 0

    def writes(self, ids: Sequence[int]) -> str:
        """The text of target ids. A word that was copied from a source which is not told stands as ⟨n⟩, the
        same for the same word of one source."""
        more = max(ids, default=0) + 1 - len(self.target.vocabulary)
        return self.target.text(ids, [f"▁⟨{n}⟩" for n in range(more)])

    def wish(self, constraint: Constraint, number: int, read: Read, way: Plan) -> Wish:
        """Constraints in token ids, <unk> forbidden among them where the settings say so. Raises InputError,
        with the line, where they cannot be met."""
        try:
            known = lexicon(self.target, read.beyond if constraint != NONE else ())
            wish = known.wish(constraint, number, patient=way.patient)
            if way.generate.unknown == "forbid":
                wish = replace(wish, forbidden=(*wish.forbidden, (UNK,)))
            check(wish, way.limit(read.length))
        except InputError as error:
            raise placed(error, number + 1) from None
        return wish

    @property
    def copies(self) -> bool:
        """Whether it can say words of the source that its vocabulary lacks."""
        return self.model.readout.copies

    def read(
        self, lines: Sequence[str], longest: int = 0, beyond: Sequence[Beyond] | None = None
    ) -> list[Read]:
        """Lines as ids, of each no more than so many; 0: all that the model has positions for.

        beyond  where the words that the vocabulary lacks are noted, for each line
        """
        if self.model.encoder.longest is not None:  # the end of the sentence has a position too
            longest = min(longest or sys.maxsize, self.model.encoder.longest - 1)
        beyond = beyond or [Beyond(self.target.vocabulary) for _ in lines]
        lines = self.formed(lines)
        whole = self.source.rows(lines)
        texts = self.source.texts_many(lines) if self.copies else [None for _ in lines]
        reads = []
        for line, row, text, own in zip(lines, whole, texts, beyond, strict=True):
            copied = None if text is None else own.read(text[: longest or None])
            unread = max(len(row) - longest, 0) if longest else 0
            reads.append(Read(line, (row[: longest or None],), unread, (copied,), own.pieces))
        return reads

    def formed(self, lines: Sequence[str]) -> list[str]:
        """Lines in the form that the task gives its sources. Raises RowError for one that it cannot have."""
        found = []
        for row, line in enumerate(lines):
            try:
                found.append(self.aim.pair(line, None)[0])
            except InputError as error:
                raise RowError(error, row) from None
        return found

    def columns(self, read: Read, model: int = 0) -> tuple[str, list[Piece], int]:
        """What the slots of the memory stand for: a text, the pieces of it, and how many slots there are. The
        last slot has no piece of its own where it holds the end alone.

        model  number of the row that is meant, in `read.ids`
        """
        count, reduction = len(read.ids[model]), self.model.encoder.reduction
        text, pieces = self.source.shown(read.line, count, reduction)
        return text, pieces, -(-(count + 1) // reduction)

    def without(self, line: str, columns: Sequence[Token], parts: Sequence[Sequence[int]]) -> list[Read]:
        """What is read of a line that lacks one of these parts of it, each some neighbouring columns of its
        alignment: the characters are taken out; frames are set to 0, their mean."""
        reduction = self.model.encoder.reduction
        texts, blots = [], []
        for part in parts:
            characters = slice(columns[part[0]].start, columns[part[-1]].end)
            slots = range(part[0] * reduction, (part[-1] + 1) * reduction)
            text, blot = self.source.without(line, characters, slots)
            texts.append(text)
            blots.append(blot)
        reads = self.read(texts, self.settings.generate.longest)
        return [
            replace(read, ids=tuple(blotted(row, blot) for row in read.ids))
            for read, blot in zip(reads, blots, strict=True)
        ]

    def sources(self, reads: Sequence[Read]) -> batch.Source:
        """What was read, as the model takes it."""
        copies = [read.copies[0] for read in reads if read.copies[0] is not None]
        return batch.source([read.ids[0] for read in reads], copies or None)

    def targets(self, lines: Sequence[str], reads: Sequence[Read]) -> list[list[int]]:
        """Target lines as ids; words that only their source can bring have the ids of copies."""
        if not any(read.beyond for read in reads):
            return self.target.ids_many(lines)
        cut, known = self.target.texts_many(lines), self.target.vocabulary
        return [Beyond(known, read.beyond).ids(text) for text, read in zip(cut, reads, strict=True)]


def blotted(row: Row, slots: range) -> Row:
    """Frames with some slots set to 0; a row of pieces as it is."""
    if not slots or not isinstance(row, np.ndarray):
        return row
    changed = row.copy()
    changed[slots.start : slots.stop] = 0
    return changed
