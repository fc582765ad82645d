"""Everything that a training needs, made from the settings, the same every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import torch

from entarte import fast, vectors
from entarte.build import build, initialise
from entarte.corpus import Corpus, Resampled, encode
from entarte.errors import InputError
from entarte.example import Example
from entarte.feed import Whole
from entarte.filter import Filter, FilterReport
from entarte.front.words import Words
from entarte.generate import Translator
from entarte.model import Model
from entarte.pairs import reading
from entarte.parallel import ALONE, World
from entarte.reader import Notes, read
from entarte.run import Run
from entarte.saved import BOTH, FEATURES, SOURCE, TARGET, features, files, tokenizers
from entarte.settings import Settings, dump
from entarte.settings.idle import idle
from entarte.source import Cut, located
from entarte.text import Tokenizer
from entarte.trainer import Trainer
from entarte.validate import Examiner
from entarte.watch import Watcher


def in_precision(settings: Settings, precision: str) -> Settings:
    """The same, with another `train.precision`."""
    return replace(settings, train=settings.train.model_copy(update={"precision": precision}))


def settled(settings: Settings, model: Model, run: Run, watcher: Watcher) -> Settings:
    """`train.precision` decided, said, and written down with the run."""
    reasons = fast.why_not(model)
    if settings.train.scheduled_sampling:
        reasons = [*reasons, "scheduled sampling goes word by word"]
    precision, words = fast.choose(settings.train.precision, reasons)
    if words:
        watcher.note(words)
    if precision != settings.train.precision:
        settings = in_precision(settings, precision)
        run.put("settings.toml", dump(settings).encode())
    return settings


def prepare(settings: Settings, run: Run, watcher: Watcher, world: World = ALONE) -> Trainer:
    """Everything that a training needs, made from the settings, the same every time."""
    if settings.train.threads:
        torch.set_num_threads(settings.train.threads)
    for line in idle(settings):
        watcher.note(line)
    watcher.doing("reading the pairs")
    pairs = training_pairs(settings, watcher)
    held_out = list(examples(settings, settings.data.valid, settings.data.valid_links, watcher))
    if not run.manifest.files.keys() >= {*files(settings)}:  # also where a first try was cut off between two
        watcher.doing(f"learning pieces from {len(pairs):,} pairs")
        learn_pieces(settings, run, pairs, watcher)
    source, target = tokenizers(run, settings)
    torch.manual_seed(settings.train.seed)
    model = build(settings, len(source), len(target), settings.model.tied, settings.loss.ctc > 0)
    initialise(model, settings.model.init, settings.model.init_range)
    settings = settled(settings, model, run, watcher)
    start_from_vectors(settings, model, source, target, watcher)
    guided = settings.loss.guided > 0
    longest, copied = settings.data.source_cut, model.readout.copies
    cut = partial(encode, source=source, target=target, copied=copied, longest=longest)
    watcher.doing(f"cutting {len(pairs):,} pairs into pieces{', and their links' if guided else ''}")
    sieve = Sieve(settings, model)
    corpus = sieve(cut(pairs, guided=guided))
    sieve.tell(watcher)
    if guided:
        tell_guide(settings, corpus, watcher)
    resampled = None
    if settings.text.segmentations > 1:
        text, seed = settings.text, settings.train.seed
        assert isinstance(source, Tokenizer), "settings refuse to cut anew what has no pieces"
        resampled = Resampled(corpus, source, target, text.segmentations, text.alpha, seed)
    translator = Translator(settings, model, source, target, run.folder.name)
    examiner = Examiner(
        cut(held_out),
        translator,
        settings.train.valid_sentences,
        settings.train.batch_tokens,
    )
    for line in source.notes:
        watcher.note(line)
    placed(settings, model, examiner.corpus)
    return Trainer(settings, model, Whole(settings, corpus, resampled), examiner, run, watcher, world)


def examples(settings: Settings, paths: list[str], links: str, watcher: Watcher) -> Iterable[Example]:
    """The pairs of some files."""
    notes = Notes()
    yield from read(paths, links=links or None, notes=notes, both=True, **reading(settings))
    for note in notes:
        watcher.note(str(note))


def training_pairs(settings: Settings, watcher: Watcher) -> list[Example]:
    """The training pairs that pass the filters; what was left out is reported."""
    data = settings.data
    report = FilterReport()
    rule = Filter(max_words=data.max_words, max_ratio=data.max_ratio, duplicates=data.duplicates)
    pairs = list(rule(examples(settings, data.train, data.train_links, watcher), report))
    for line in report.lines():
        watcher.note(line)
    if not pairs:
        raise InputError(
            "no training pair is left",
            file=data.train[0],
            setting="data.train",
            advice="Look at the filters in [data].",
        )
    return pairs


def learn_pieces(settings: Settings, run: Run, pairs: list[Example], watcher: Watcher) -> None:
    """Train the tokenizers on the training pairs, and keep them in the run."""
    text = settings.text

    mixed = not text.shared and (text.source_kind or text.kind) != (text.target_kind or text.kind)

    def learn(lines: Iterable[str], kind: str, size: int, name: str) -> None:
        kind = kind or text.kind
        meant = not mixed or kind in ("unigram", "bpe")  # what only the other side reads is not refused here
        tokenizer = Tokenizer.train(
            lines,
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

    sources, targets = [pair.source for pair in pairs], [pair.target or "" for pair in pairs]
    if text.shared:
        sources = [line for line, pair in zip(sources, pairs, strict=True) if not pair.alone]
        learn(sources + targets, text.kind, text.size, BOTH)
    else:
        if settings.files:
            learn_features(settings, run, pairs)
        else:
            learn(sources, text.source_kind, text.source_size or text.size, SOURCE)
        learn(targets, text.target_kind, text.target_size or text.size, TARGET)


def learn_features(settings: Settings, run: Run, pairs: list[Example]) -> None:
    """What the files that the sources name have in common, kept in the run."""
    source = features(settings)
    with located(pairs):
        source.learn([pair.source for pair in pairs])
    source.save(run.path(FEATURES))
    run.adopt(FEATURES)


def start_from_vectors(
    settings: Settings, model: Model, source: Cut, target: Tokenizer, watcher: Watcher
) -> None:
    """Pretrained word vectors into the embeddings, where files are named."""
    text = settings.text
    for setting, path, tokenizer, front in (
        ("text.source_vectors", text.source_vectors, source, model.source),
        ("text.target_vectors", text.target_vectors, target, model.target),
    ):
        if path:
            assert isinstance(front, Words), "settings refuse vectors for a front without words"
            assert isinstance(tokenizer, Tokenizer)
            table = front.table.weight
            coverage = vectors.load(path, tokenizer.vocabulary, table.size(1), setting)
            with torch.no_grad():
                rows = torch.as_tensor(coverage.rows)
                table[rows] = torch.as_tensor(coverage.vectors, dtype=table.dtype)
            watcher.note(f"{path}: vectors for {coverage.found} of {coverage.total} entries")


def placed(settings: Settings, model: Model, corpus: Corpus) -> None:
    """InputError where a pair to be validated on has more pieces than there are learned positions."""
    if unplaced := beyond_positions(model, corpus):
        raise InputError(
            f"{len(unplaced)} pairs have more pieces than there are learned positions "
            f"(first: {corpus.examples[min(unplaced)].where})",
            file=settings.data.valid[0],
            setting="data.valid",
            advice="Raise encoder.longest and decoder.longest, or use sinusoidal positions.",
        )


def tell_guide(settings: Settings, corpus: Corpus, watcher: Watcher) -> None:
    """How many pairs have links that guide the attention. Raises InputError where none has."""
    linked = sum(bool(pair.links) for pair in corpus.examples)
    if not linked:
        raise InputError(
            "no training pair has a sure link to guide by",
            file=settings.data.train_links,
            setting="data.train_links",
            advice="Links are written i-j; i?j is only possible, and not used.",
        )
    watcher.note(f"{linked:,} of {len(corpus):,} pairs have word links that guide the attention")
