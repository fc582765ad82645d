"""From a trained model to outputs: translate, force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, repeat
from typing import Any

import torch
from torch import Tensor

from entarte import batch
from entarte.alignment import Alignment
from entarte.constrain import NONE, Constraint, each_line
from entarte.errors import InputError
from entarte.model import Bound
from entarte.output import Found, Output, Read
from entarte.plan import Plan, plan
from entarte.reading import Reading
from entarte.search import Hypothesis, Search, Wish, replace_unknown
from entarte.search.unknown import Word
from entarte.source.row import RowError
from entarte.span import Piece
from entarte.step import Stepper
from entarte.token import Spanned, Token
from entarte.vocabulary import BOS, CONTROL, EOS, UNK

__all__ = ["CHUNK", "Output", "Translator"]

CHUNK = 16
"""How many batches of lines are read ahead, so that sentences of like length can be decoded together."""


class Translator(Reading):
    """A trained model that translates and scores; see `Reading` for what it is made of."""

    def search(self, kind: str | None = None, options: Mapping[str, Any] | None = None) -> Search:
        """The search of the settings, or another one; options are its own settings."""
        return self.plan(kind, options).search

    def plan(
        self, kind: str | None = None, options: Mapping[str, Any] | None = None, *, tree: bool = False
    ) -> Plan:
        """How to decode; see `entarte.plan`.

        Raises InputError where unknown words are to be replaced and the pieces are no words.
        """
        if "device" in (options or {}):
            raise InputError(
                "is not chosen by the call", setting="generate.device", advice="Move the model: model.to(…)."
            )
        way = plan(self.settings, kind, options, tree=tree, text=self.writes)
        if way.dictionary is not None and not self.target.whole:
            raise InputError(
                f"a model of '{self.target.kind}' pieces has no unknown words to replace",
                setting="generate.unknown",
                advice="Set it to 'keep', or train with text.kind=word or code.",
            )
        return replace(way, most=self.most)

    def translate(
        self,
        lines: Iterable[str],
        *,
        search: str | None = None,
        batch_size: int = 0,
        prefix: str | Sequence[str] = "",
        require: Sequence[str] | Sequence[Sequence[str]] = (),
        forbid: Sequence[str] | Sequence[Sequence[str]] = (),
        tree: bool = False,
        **options: Any,
    ) -> list[Output]:
        """An output for each line, in order. An empty line gives an empty output.

        search      greedy, beam …; by default that of the settings
        batch_size  sentences decoded together; 0: as the settings say
        prefix      every output begins so; or a prefix for each line
        require     words or phrases that stand in every output; or such a list for each line
        forbid      words or phrases that stand in none; or such a list for each line
        tree        record the whole beam of each line
        options     settings of [generate], as beam=8
        """
        given = list(lines)
        stated = each_line(prefix, require, forbid, len(given))
        return list(
            self.stream(given, search=search, batch_size=batch_size, constraints=stated, tree=tree, **options)
        )

    def stream(
        self,
        lines: Iterable[str],
        *,
        search: str | None = None,
        batch_size: int = 0,
        constraints: Constraint | Iterable[Constraint] = NONE,
        tree: bool = False,
        **options: Any,
    ) -> Iterator[Output]:
        """As `translate`, in constant memory: outputs come in order while lines are still being read.

        constraints  one for all lines, or one for each
        """
        way = self.plan(search, options, tree=tree)
        size = batch_size or way.generate.batch
        same = isinstance(constraints, Constraint)
        stated = repeat(constraints) if isinstance(constraints, Constraint) else iter(constraints)
        rest, first = iter(lines), 0
        while chunk := list(islice(rest, size * CHUNK)):
            own = list(islice(stated, len(chunk)))
            if len(own) < len(chunk):
                raise InputError(f"there are constraints for {first + len(own)} lines, and more lines")
            yield from self.chunk(chunk, way, size, first, own)
            first += len(chunk)
        if not same and next(stated, None) is not None:
            raise InputError(f"there are constraints for more than the {first} lines")

    def chunk(
        self,
        lines: Sequence[str],
        way: Plan,
        size: int,
        first: int = 0,
        constraints: Sequence[Constraint] | None = None,
    ) -> list[Output]:
        """Decode some lines, sorted by length, and put them back in order. `first` is the number of the
        first line: a search that draws draws for each line anew, whatever else is in its batch."""
        try:
            reads = self.read(lines, way.generate.longest)
        except RowError as error:
            raise error.at(None, first + error.row + 1) from None
        wishes = {
            n: self.wish(constraints[n] if constraints else NONE, first + n, read, way)
            for n, read in enumerate(reads)
            if self.answers(read)
        }
        found: dict[int, Output] = {}
        order = sorted(wishes, key=lambda n: reads[n].length)
        for at in range(0, len(order), size):
            numbers = order[at : at + size]
            decoded = self.decode([reads[n] for n in numbers], way, [wishes[n] for n in numbers])
            for n, each in zip(numbers, decoded, strict=True):
                found[n] = self.output(reads[n], each, way)
        return [found[n] if n in found else self.nothing(line) for n, line in enumerate(lines)]

    @torch.inference_mode()
    def decode(self, reads: Sequence[Read], way: Plan, wishes: Sequence[Wish] | None = None) -> list[Found]:
        """Search for the targets of some sources."""
        return way.run(self.bind(reads), [way.limit(read.length) for read in reads], wishes)

    def bind(self, reads: Sequence[Read]) -> Stepper:
        """The model, having read these sources."""
        bound: Bound = self.model.bind(self.sources(reads))
        return bound

    def output(self, read: Read, found: Found, way: Plan) -> Output:
        """What a search found, as text."""
        best, *others = [self.said(read, self.looked(each), way) for each in found.ranked]
        return replace(
            best, alternatives=tuple(others), unread=read.unread, proof=found.proof, tree=found.tree
        )

    def looked(self, found: Hypothesis, shift: bool = False) -> Hypothesis:
        """With the look that belongs to each target piece: that of the step after it where the model was
        guided so (loss.guided_shift) or it is asked for, else its own. EOS, which no step reads, then has a
        row of zeros."""
        if not (shift or self.settings.loss.guided_shift):
            return found
        weights = torch.cat([found.weights[1:], torch.zeros_like(found.weights[:1])])
        return replace(found, weights=weights)

    def said(self, read: Read, hypothesis: Hypothesis, way: Plan) -> Output:
        """One hypothesis as text, with its alignment."""
        instead = {} if way.dictionary is None else self.replaced(read, hypothesis, way.dictionary)
        texts = {place: word.text for place, word in instead.items()}
        text, written = self.target.written(hypothesis.said, texts, read.beyond)
        notes = {"model": self.name, "score": hypothesis.score, "finished": hypothesis.finished}
        return Output(
            *(read.line, text, hypothesis.score, hypothesis.log_probs),
            self.aligned(read, text, written, hypothesis, notes),
            hypothesis.finished,
            replaced=instead,
            beyond=read.beyond,
            by=self,
        )

    def replaced(self, read: Read, found: Hypothesis, dictionary: Mapping[str, str]) -> dict[int, Word]:
        """What is said for each <unk>, by its place: the source word looked at, or its translation."""
        if UNK not in found.said:
            return {}
        line, pieces, _ = self.columns(read)
        source = [line[piece.start : piece.end] for piece in pieces]
        texts = ["" for _ in found.said]
        weights = self.standing(found.weights)[: len(texts)]
        words = replace_unknown(found.said, texts, weights, source, dictionary)
        return {place: word for place, word in enumerate(words) if word.source is not None}

    def standing(self, weights: Tensor) -> Tensor:
        """Of the weights (T, H, S) those whose mean stands for where the decoder looked."""
        return weights[:, self.model.decoder.lead]

    def aligned(
        self, read: Read, text: str, written: Sequence[Piece], found: Hypothesis, notes: Mapping[str, Any]
    ) -> Alignment:
        """Where the decoder looked as it said a text."""
        pieces: Sequence[Spanned]
        source, pieces, slots = self.columns(read)
        if self.model.decoder.looks_back:
            source, pieces, slots = text, past(written, len(found.weights)), len(found.weights)
        looks = found.weights[:, :, :slots].float()  # (T, H, S)
        weights = looks.transpose(0, 1).numpy()
        return Alignment.of(
            *(source, pieces, text, written, self.standing(looks).mean(1).numpy()),
            log_probs=found.log_probs,
            p_gen=found.p_gen,
            heads=weights if len(weights) > 1 else None,
            head_names=self.model.decoder.head_names if len(weights) > 1 else (),
            notes=notes,
        )

    def answers(self, read: Read) -> bool:
        """Whether there is something to say to it: a source with a piece in it, where one is needed."""
        return not (self.model.encoder.reads and read.empty)

    def nothing(self, line: str) -> Output:
        """The output of a line without a piece in it: nothing, with certainty."""
        notes = {"model": self.name, "score": 0.0, "finished": True}
        return Output(line, "", 0.0, (), Alignment.of(line, [], "", [], [], notes=notes), by=self)

    def force(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        batch_size: int = 0,
        *,
        shift: bool = False,
        open: Sequence[bool] = (),
    ) -> list[Output]:
        """Score given targets: the log-probability of each piece, and where the decoder looks.

        Of a source no more is read than `translate` reads (generate.longest).

        shift  go by the look of the step after a piece was said, which has read it
        open   which targets are windows into longer texts, whose end is not scored; by default none

        Raises InputError where there are more of one than of the other.
        """
        if len(sources) != len(targets):
            raise InputError(
                f"{len(sources)} sources but {len(targets)} targets",
                advice="Give one target for each source.",
            )
        size = batch_size or self.settings.generate.batch
        formed = [self.aim.pair(source, target) for source, target in zip(sources, targets, strict=True)]
        sources, targets = [source for source, _ in formed], [target or "" for _, target in formed]
        reads = self.read(sources, self.settings.generate.longest)
        said = self.targets(targets, reads)
        order = sorted(range(len(sources)), key=lambda n: (len(said[n]), reads[n].length))
        found: dict[int, Output] = {}
        for at in range(0, len(order), size):
            numbers = order[at : at + size]
            windows = [open[n] for n in numbers] if open else ()
            forced = self.forced([reads[n] for n in numbers], [said[n] for n in numbers], windows)
            for n, each in zip(numbers, forced, strict=True):
                pieces = self.target.pieces(targets[n])
                notes = {"model": self.name, "forced": True}
                alignment = self.aligned(reads[n], targets[n], pieces, self.looked(each, shift), notes)
                score = each.log_prob / len(each.tokens)
                found[n] = Output(
                    *(sources[n], targets[n], score, each.log_probs, alignment),
                    unread=reads[n].unread,
                    by=self,
                )
        return [found[n] for n in range(len(sources))]

    @torch.inference_mode()
    def forced(
        self, reads: Sequence[Read], targets: Sequence[Sequence[int]], open: Sequence[bool] = ()
    ) -> list[Hypothesis]:
        """Forced decoding of target ids (without EOS); after those that are open no EOS is said."""
        found = self.model.force(self.sources(reads), batch.target(targets, open))
        hypotheses = []
        for row, target in enumerate(targets):
            end = () if open and open[row] and target else (EOS,)
            length = len(target) + len(end)
            log_probs = tuple(found.log_probs[row, :length].tolist())
            weights = found.weights[row, :, :length].transpose(0, 1).cpu()  # (T, H, S)
            total = sum(log_probs)
            p_gen = None if found.p_gen is None else tuple(found.p_gen[row, :length].tolist())
            hypotheses.append(
                Hypothesis((*target, *end), log_probs, total, total / length, weights, p_gen=p_gen)
            )
        return hypotheses


def past(written: Sequence[Piece], steps: int) -> list[Token]:
    """What the states that a decoder looks back at have read last, in so many steps: of the first one
    nothing, of the second the start, then the words."""
    before = [Token("", 0, 0, "start"), Token(CONTROL[BOS], 0, 0, "start")]
    return [*before, *(Token(piece.text, piece.start, piece.end) for piece in written)][:steps]
