"""Everything that a training needs, made from the settings, the same every time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import torch

from entarte import device, fast, heap, vectors
from entarte.build import build, initialise
from entarte.corpus import Corpus, encode
from entarte.errors import InputError
from entarte.example import Example
from entarte.feed import Feed, whole
from entarte.front.words import Words
from entarte.gather import Gathered, examples
from entarte.generate import Translator
from entarte.model import Model
from entarte.parallel import ALONE, World
from entarte.pieces import learn_pieces
from entarte.run import SHARDS, Run
from entarte.saved import files, tokenizers
from entarte.settings import Settings, dump
from entarte.settings.idle import idle
from entarte.sieve import Sieve, beyond_positions
from entarte.source import Cut
from entarte.stream import streamed
from entarte.text import Tokenizer
from entarte.trainer import Trainer
from entarte.validate import Examiner
from entarte.watch import Watcher, counted


def in_precision(settings: Settings, precision: str) -> Settings:
    """The same, with another `train.precision`."""
    return replace(settings, train=settings.train.model_copy(update={"precision": precision}))


def settled(settings: Settings, model: Model, run: Run, watcher: Watcher) -> Settings:
    """`train.precision` decided, said, and written down with the run."""
    reasons = fast.why_not(model)
    if settings.train.scheduled_sampling:
        reasons = [*reasons, "scheduled sampling goes word by word"]
    precision, words = fast.choose(settings.train.precision, reasons, model.device)
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
    heap.keep()
    place = device.find(settings.train.device, "train.device")
    for line in idle(settings):
        watcher.note(line)
    data = settings.data
    pairs: Iterable[Example] = Gathered(settings, watcher)
    if not data.shard:
        pairs = list(counted(pairs, "reading the pairs", watcher))
    held_out = list(examples(settings, data.valid, data.valid_links, watcher))
    if not run.manifest.files.keys() >= {*files(settings)}:  # also where a first try was cut off between two
        learn_pieces(settings, run, pairs, watcher)
    source, target = tokenizers(run, settings)
    torch.manual_seed(settings.train.seed)
    model = build(settings, len(source), len(target), settings.model.tied, settings.loss.ctc > 0)
    initialise(model, settings.model.init, settings.model.init_range)
    model.to(place)  # made on the processor: the same seed gives the same weights anywhere
    settings = settled(settings, model, run, watcher)
    start_from_vectors(settings, model, source, target, watcher)
    copied = model.readout.copies
    cut = partial(encode, source=source, target=target, copied=copied, longest=data.source_cut)
    translator = Translator(settings, model, source, target, run.folder.name)
    examiner = Examiner(
        cut(held_out),
        translator,
        settings.train.valid_sentences,
        settings.train.batch_tokens,
    )
    placed(settings, model, examiner.corpus)
    sieve = Sieve(settings, model)
    feed: Feed
    if data.shard:
        feed = streamed(settings, pairs, cut, sieve, run.path(SHARDS), watcher, chief=world.chief)
    else:
        feed = whole(settings, pairs, cut, sieve, source, target, watcher)
    for line in source.notes:
        watcher.note(line)
    return Trainer(settings, model, feed, examiner, run, watcher, world)


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
                rows = torch.as_tensor(coverage.rows, device=table.device)
                table[rows] = torch.as_tensor(coverage.vectors, dtype=table.dtype, device=table.device)
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
