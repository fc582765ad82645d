"""From lines to what a model takes: ids, copies, constraints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from entarte import batch
from entarte.constrain import NONE, Constraint, lexicon, placed
from entarte.errors import InputError
from entarte.model import Model
from entarte.output import Read
from entarte.plan import Plan
from entarte.search import Wish
from entarte.search.wish import check
from entarte.settings import Settings
from entarte.text import Tokenizer
from entarte.vocabulary import UNK, Beyond


class Reading:
    """A trained model with its tokenizers and settings.

    settings        as resolved when it was trained
    source, target  tokenizers
    name            for the notes of alignments
    folder          where it was loaded from, if it was
    """

    def __init__(
        self, settings: Settings, model: Model, source: Tokenizer, target: Tokenizer, name: str = ""
    ) -> None:
        self.settings = settings
        self.model = model.eval()
        self.source = source
        self.target = target
        self.name = name
        self.folder: Path | None = None

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
        whole = self.source.ids_many(lines)
        texts = self.source.texts_many(lines) if self.copies else [None for _ in lines]
        reads = []
        for line, row, text, own in zip(lines, whole, texts, beyond, strict=True):
            copied = None if text is None else own.read(text[: longest or None])
            unread = max(len(row) - longest, 0) if longest else 0
            reads.append(Read(line, (row[: longest or None],), unread, (copied,), own.pieces))
        return reads

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
