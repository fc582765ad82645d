"""From a trained model to outputs: translate, force, load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from entarte import batch
from entarte.alignment import Alignment
from entarte.errors import DamagedError, InputError, did_you_mean
from entarte.model import Bound, Model, build, set_weights
from entarte.run import Run
from entarte.search import SEARCHES, Hypothesis, Search, Wish
from entarte.settings import Settings, loads
from entarte.step import Stepper
from entarte.text import Piece, Tokenizer

CHUNK = 16
"""How many batches of lines are read ahead, so that sentences of like length can be decoded together."""


@dataclass(frozen=True)
class Output:
    """What the model said for one source.

    source, text  the line that was read and the line that was said
    score         what the search ranks by (length-normalised log-probability by default)
    log_probs     natural log-probability of each target piece, EOS included
    alignment     over pieces, EOS included; shows itself in a notebook
    finished      False where the length limit cut the output off
    alternatives  the rest of the n-best list, best first
    unread        pieces at the end of an overlong source that were not read (generate.longest)
    """

    source: str
    text: str
    score: float
    log_probs: tuple[float, ...]
    alignment: Alignment = field(repr=False)
    finished: bool = True
    alternatives: tuple[Output, ...] = ()
    unread: int = 0

    @property
    def log_prob(self) -> float:
        """log p(text | source)."""
        return sum(self.log_probs)


class Translator:
    """A trained model with its tokenizers and settings.

    settings        as resolved when it was trained
    source, target  tokenizers
    name            for the notes of alignments
    """

    def __init__(
        self, settings: Settings, model: Model, source: Tokenizer, target: Tokenizer, name: str = ""
    ) -> None:
        self.settings = settings
        self.model = model.eval()
        self.source = source
        self.target = target
        self.name = name

    def search(self, kind: str | None = None, options: Mapping[str, Any] | None = None) -> Search:
        """The search of the settings, or another one; options are its own settings."""
        chosen = self.settings.search
        kind = kind or chosen.kind
        if kind not in SEARCHES:
            raise InputError(
                f"there is no search '{kind}'", setting="generate.kind", advice=did_you_mean(kind, SEARCHES)
            )
        given = dict(chosen.options) if kind == chosen.kind else {}
        return SEARCHES[kind](**{**given, **(options or {})})

    def translate(
        self, lines: Iterable[str], *, search: str | None = None, batch_size: int = 0, **options: Any
    ) -> list[Output]:
        """An output for each line, in order. An empty line gives an empty output.

        search      greedy, beam …; by default that of the settings
        batch_size  sentences decoded together; 0: as the settings say
        options     settings of the search, as beam=8
        """
        return list(self.stream(lines, search=search, batch_size=batch_size, **options))

    def stream(
        self, lines: Iterable[str], *, search: str | None = None, batch_size: int = 0, **options: Any
    ) -> Iterator[Output]:
        """As `translate`, in constant memory: outputs come in order while lines are still being read."""
        chosen = self.search(search, options)
        size = batch_size or self.settings.generate.batch
        rest, first = iter(lines), 0
        while chunk := list(islice(rest, size * CHUNK)):
            yield from self.chunk(chunk, chosen, size, first)
            first += len(chunk)

    def chunk(self, lines: Sequence[str], search: Search, size: int, first: int = 0) -> list[Output]:
        """Decode some lines, sorted by length, and put them back in order. `first` is the number of the
        first line: a search that draws draws for each line anew, whatever else is in its batch."""
        longest = self.settings.generate.longest or None
        whole = self.source.ids_many(lines)
        ids = [row[:longest] for row in whole]
        found: dict[int, Output] = {}
        order = sorted((n for n, row in enumerate(ids) if row), key=lambda n: len(ids[n]))
        for at in range(0, len(order), size):
            numbers = order[at : at + size]
            rows = [ids[n] for n in numbers]
            wishes = [Wish(number=first + n) for n in numbers]
            for n, ranked in zip(numbers, self.decode(rows, search, wishes), strict=True):
                found[n] = self.output(lines[n], ranked, len(whole[n]) - len(ids[n]))
        return [found[n] if n in found else self.nothing(line) for n, line in enumerate(lines)]

    @torch.inference_mode()
    def decode(
        self, rows: Sequence[Sequence[int]], search: Search, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """Search for the targets of source ids (without EOS): for each the hypotheses, best first."""
        return search(self.bind(rows), [self.limit(len(row)) for row in rows], wishes)

    def bind(self, rows: Sequence[Sequence[int]]) -> Stepper:
        """The model, having read these source ids (without EOS)."""
        bound: Bound = self.model.bind(batch.source(rows))
        return bound

    def limit(self, length: int) -> int:
        """Most pieces of an output for a source of so many pieces, EOS included."""
        generate = self.settings.generate
        return max(2, int(generate.length_factor * length + generate.length_constant))

    def output(self, line: str, ranked: Sequence[Hypothesis], unread: int = 0) -> Output:
        """Hypotheses as text; the last `unread` pieces of the line were not read."""
        pieces = self.source.pieces(line)
        pieces = pieces[: len(pieces) - unread]
        best, *others = [self.said(line, pieces, each) for each in ranked]
        return replace(best, alternatives=tuple(others), unread=unread)

    def said(self, line: str, pieces: Sequence[Piece], hypothesis: Hypothesis) -> Output:
        """One hypothesis as text, with its alignment."""
        text, written = self.target.written(hypothesis.said)
        weights = hypothesis.weights[:, :, : len(pieces) + 1].transpose(0, 1).float().numpy()  # (H, T, S)
        alignment = Alignment.of(
            line,
            pieces,
            text,
            written,
            weights.mean(0),
            log_probs=hypothesis.log_probs,
            heads=weights if len(weights) > 1 else None,
            notes={"model": self.name, "score": hypothesis.score, "finished": hypothesis.finished},
        )
        return Output(line, text, hypothesis.score, hypothesis.log_probs, alignment, hypothesis.finished)

    def nothing(self, line: str) -> Output:
        """The output of a line without a piece in it: nothing, with certainty."""
        notes = {"model": self.name, "score": 0.0, "finished": True}
        return Output(line, "", 0.0, (), Alignment.of(line, [], "", [], [], notes=notes))

    @torch.inference_mode()
    def force(self, sources: Sequence[str], targets: Sequence[str], batch_size: int = 0) -> list[Output]:
        """Score given targets: the log-probability of each piece, and where the decoder looks.

        Raises InputError where there are more of one than of the other.
        """
        if len(sources) != len(targets):
            raise InputError(
                f"{len(sources)} sources but {len(targets)} targets",
                advice="Give one target for each source.",
            )
        size = batch_size or self.settings.generate.batch
        read, said = self.source.ids_many(sources), self.target.ids_many(targets)
        order = sorted(range(len(sources)), key=lambda n: (len(said[n]), len(read[n])))
        found: dict[int, Output] = {}
        for at in range(0, len(order), size):
            numbers = order[at : at + size]
            forced = self.model.force(
                batch.source([read[n] for n in numbers]), batch.target([said[n] for n in numbers])
            )
            for row, n in enumerate(numbers):
                length = len(said[n]) + 1
                log_probs = tuple(forced.log_probs[row, :length].tolist())
                pieces = self.source.pieces(sources[n])
                weights = forced.weights[row, :, :length, : len(pieces) + 1].float().numpy()
                alignment = Alignment.of(
                    sources[n],
                    pieces,
                    targets[n],
                    self.target.pieces(targets[n]),
                    weights.mean(0),
                    log_probs=log_probs,
                    heads=weights if len(weights) > 1 else None,
                    notes={"model": self.name, "forced": True},
                )
                score = sum(log_probs) / length
                found[n] = Output(sources[n], targets[n], score, log_probs, alignment)
        return [found[n] for n in range(len(sources))]


SOURCE, TARGET, BOTH = "source.model", "target.model", "pieces.model"
"""Names of the tokenizer files; BOTH where the two sides share one."""


def tokenizers(run: Run, settings: Settings) -> tuple[Tokenizer, Tokenizer]:
    """The tokenizers of a run, source and target."""
    if settings.text.shared:
        both = Tokenizer.load(run.path(BOTH))
        return both, both
    return Tokenizer.load(run.path(SOURCE)), Tokenizer.load(run.path(TARGET))


def load(folder: str | Path) -> Translator:
    """A trained model from its folder; every file is checked.

    Raises InputError where the folder holds no model, DamagedError where a file is not what it was.
    """
    run = Run.open(folder)
    settings = loads(run.text("settings.toml"), file=str(run.path("settings.toml")))
    source, target = tokenizers(run, settings)
    model = build(settings, len(source.vocabulary), len(target.vocabulary), settings.model.tied)
    try:
        set_weights(model, run.model())
    except ValueError as error:
        raise DamagedError(
            f"the weights do not fit the settings: {error}",
            file=run.path("model.safetensors"),
            advice="Copy the model folder again from where it came.",
        ) from error
    return Translator(settings, model, source, target, Path(folder).name)
