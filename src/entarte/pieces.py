"""Learning how lines become rows, and keeping it in the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from entarte.example import Example
from entarte.run import Run
from entarte.saved import BOTH, FEATURES, SOURCE, TARGET, features
from entarte.settings import Settings
from entarte.source import located
from entarte.text import Tokenizer
from entarte.watch import Watcher, counted


def learn_pieces(settings: Settings, run: Run, pairs: Iterable[Example], watcher: Watcher) -> None:
    """Train the tokenizers on the training pairs, and keep them in the run.

    pairs  gone through once for each side; where `text.sample` says so, no more than so many lines are held
    """
    text = settings.text

    mixed = not text.shared and (text.source_kind or text.kind) != (text.target_kind or text.kind)

    def learn(lines: Iterable[str], kind: str, size: int, name: str) -> None:
        kind = kind or text.kind
        meant = not mixed or kind in ("unigram", "bpe")  # what only the other side reads is not refused here
        tokenizer = Tokenizer.train(
            counted(lines, "learning pieces: lines", watcher),
            kind=kind,
            size=size,
            seed=settings.train.seed,
            sample=text.sample,
            normalisation=text.normalisation,
            lowercase=text.lowercase,
            coverage=text.coverage if meant else 1.0,
            symbols=text.symbols if meant else [],
        )
        for note in tokenizer.notes:
            watcher.note(note)
        tokenizer.save(run.path(name))
        run.adopt(name)

    targets = (pair.target or "" for pair in pairs)
    if text.shared:
        learn(chain((pair.source for pair in pairs if not pair.alone), targets), text.kind, text.size, BOTH)
        return
    if settings.files:
        learn_features(settings, run, list(pairs))
    else:
        sources = (pair.source for pair in pairs)
        learn(sources, text.source_kind, text.source_size or text.size, SOURCE)
    learn(targets, text.target_kind, text.target_size or text.size, TARGET)


def learn_features(settings: Settings, run: Run, pairs: Sequence[Example]) -> None:
    """What the files that the sources name have in common, kept in the run."""
    source = features(settings)
    with located(pairs):
        source.learn([pair.source for pair in pairs])
    source.save(run.path(FEATURES))
    run.adopt(FEATURES)
