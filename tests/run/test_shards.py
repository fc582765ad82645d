"""Pairs in shards on the disk: the same pairs, the same training, and no more memory for more of them."""

from __future__ import annotations

import errno
import os
import random
import shutil
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from entarte import atomic, shards, stream, watch
from entarte.batch import Batch
from entarte.corpus import encode
from entarte.errors import DamagedError, InputError, SetupError
from entarte.example import Example
from entarte.feed import Whole
from entarte.run import SHARDS, Run
from entarte.settings import Settings, loads
from entarte.shards import Shards
from entarte.stream import Streamed, chunks
from entarte.text import Tokenizer
from entarte.train import fresh, train
from entarte.trainer import Stopped
from entarte.watch import Silent, Update

TINY = """
[data]
train = ["{0}/train.tsv"]
valid = ["{0}/valid.tsv"]
[text]
kind = "word"
size = 12
sample = 40
[front]
width = 4
dropout = 0.2
[encoder]
width = 4
[decoder]
width = 4
[train]
epochs = 2
batch_tokens = 40
valid_sentences = 0
threads = 1
[generate]
kind = "greedy"
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power fails here, so nothing need be forced onto the disk."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


def numbers(count: int, seed: int = 1) -> Iterator[Example]:
    """Numbers, said backwards."""
    chance = random.Random(seed)
    for line in range(1, count + 1):
        row = [str(chance.randrange(8)) for _ in range(chance.randint(1, 6))]
        yield Example(" ".join(row), " ".join(reversed(row)), file="pairs.tsv", number=line)


def write(folder: Path, name: str, count: int, seed: int) -> None:
    lines = "".join(f"{pair.source}\t{pair.target}\n" for pair in numbers(count, seed))
    (folder / f"{name}.tsv").write_text(lines, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "train", 60, 1)
    write(tmp_path, "valid", 6, 2)
    return tmp_path


def settings(folder: Path, *overrides: str) -> Settings:
    return loads(TINY.format(folder), ["data.shard=13", *overrides])


@pytest.fixture(scope="module")
def pieces() -> Tokenizer:
    return Tokenizer.train((pair.source for pair in numbers(60)), kind="word", size=11)


def put(folder: Path, pairs: Iterable[Example], size: int, pieces: Tokenizer, **options: bool) -> Streamed:
    """Some pairs in shards, cut a few at a time."""
    corpora = (encode(some, pieces, pieces, **options) for some in chunks(pairs, 9))
    chosen = loads(TINY.format(folder), [f"data.shard={size}"])
    shards.write(folder / SHARDS, corpora, size, chosen.train.batch_tokens, ["pairs.tsv"])
    return Streamed(chosen, Shards.read(folder / SHARDS))


def epoch(feed: Streamed | Whole, number: int) -> list[Batch]:
    found = [feed.batch(number, place, slice(None)) for place in range(feed.batches(number))]
    return [batch for batch in found if batch is not None]


def held(batch: Batch) -> list[tuple[int, ...]]:
    """Each pair of a batch: its number, and its ids."""
    rows = zip(batch.numbers, batch.source.inputs, batch.target.outputs, strict=True)
    return [(int(n), *read[read != 0].tolist(), *said[said != 0].tolist()) for n, read, said in rows]


# -- the same pairs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 9, 20, 59, 60, 1000])
def test_every_pair_comes_once_an_epoch(size: int, tmp_path: Path, pieces: Tokenizer) -> None:
    feed = put(tmp_path, numbers(60), size, pieces)
    whole = Whole(feed_settings(tmp_path), encode(numbers(60), pieces, pieces))
    wanted = Counter(pair for batch in epoch(whole, 0) for pair in held(batch))
    assert len(feed) == 60
    assert len(feed.shards.pairs) == -(-60 // size)
    orders = []
    for number in (0, 1):
        batches = [held(batch) for batch in epoch(feed, number)]
        assert Counter(pair for batch in batches for pair in batch) == wanted
        orders.append([batch[0][0] for batch in batches])
    assert orders[0] != orders[1], "chance is the same in every epoch"
    assert feed.where(0, 0) == f"pairs.tsv:{orders[0][0] + 1}"


def feed_settings(folder: Path) -> Settings:
    return loads(TINY.format(folder))


@pytest.mark.parametrize("kind", ["plain", "copied", "open"])
def test_one_shard_gives_the_batches_of_a_whole(kind: str, tmp_path: Path, pieces: Tokenizer) -> None:
    """Ids, masks, what is copied, and where windows have no end, in the same order."""
    pairs = list(numbers(60))
    if kind == "copied":
        pairs = [Example(f"{each.source} new", f"new {each.target}") for each in pairs]
    if kind == "open":
        pairs = [Example("", each.target, alone=True, open=n % 2 == 0) for n, each in enumerate(pairs)]
    feed = put(tmp_path, pairs, 60, pieces, copied=kind == "copied")
    whole = Whole(feed_settings(tmp_path), encode(pairs, pieces, pieces, copied=kind == "copied"))
    for number in (0, 3):
        for mine, other in zip(epoch(feed, number), epoch(whole, number), strict=True):
            for one, two in zip(
                (*mine.source, *mine.target, mine.numbers),
                (*other.source, *other.target, other.numbers),
                strict=True,
            ):
                assert (one is None) == (two is None)
                assert one is None or torch.equal(one, two)


def test_rows_are_shared_and_may_be_none(tmp_path: Path, pieces: Tokenizer) -> None:
    feed = put(tmp_path, numbers(3), 1, pieces)
    assert feed.batch(0, 0, slice(1, None, 2)) is None
    assert feed.batch(0, 0, slice(0, None, 2)) is not None


def test_pairs_without_a_piece_can_be_read(tmp_path: Path, pieces: Tokenizer) -> None:
    feed = put(tmp_path, [Example("", "\u200b", alone=True)], 1, pieces)
    (batch,) = epoch(feed, 0)
    assert batch.target.mask.tolist() == [[True]]


def test_a_place_is_found_without_the_shards_before_it(
    tmp_path: Path, pieces: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = put(tmp_path, numbers(60), 7, pieces)
    opened = []
    read = Shards.open
    monkeypatch.setattr(Shards, "open", lambda self, number: opened.append(number) or read(self, number))
    last = feed.batches(5) - 1
    feed.batch(5, last, slice(None))
    feed.where(5, last)
    assert len(opened) == 1


def test_memory_does_not_grow_with_the_pairs(tmp_path: Path, pieces: Tokenizer) -> None:
    """Python's and numpy's, while shards are written, and while an epoch of them is read. A list of one
    number a pair would be seen; the first turn only loads what is loaded once."""
    peaks = []
    for count in (500, 2000, 12_000):
        tracemalloc.start()
        feed = put(tmp_path, numbers(count), 500, pieces)
        for place in range(0, feed.batches(0), 40):
            feed.batch(0, place, slice(None))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] + 8 * 10_000


# -- the same training --------------------------------------------------------------------------------


def same(one: Path, other: Path) -> bool:
    return (one / "model.safetensors").read_bytes() == (other / "model.safetensors").read_bytes()


def test_one_shard_trains_what_memory_trains(folder: Path) -> None:
    """Pieces, from a sample of the lines, and weights."""
    train(loads(TINY.format(folder)), folder / "whole")
    train(settings(folder, "data.shard=60"), folder / "one")
    train(settings(folder), folder / "more")
    assert same(folder / "whole", folder / "one")
    assert not same(folder / "whole", folder / "more")


class Halt(Silent):
    """Asks for a stop after some updates; keeps what it is told."""

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self.notes: list[str] = []
        self.done: list[str] = []

    def updated(self, facts: Update) -> None:
        if facts.update == self.after:
            os.kill(os.getpid(), 2)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def doing(self, what: str) -> None:
        self.done.append(what)


@pytest.fixture
def stopped(folder: Path) -> Path:
    """A training that was stopped, and beside it one that was not."""
    train(settings(folder), folder / "whole")
    with pytest.raises(Stopped):
        train(settings(folder), folder / "run", watcher=Halt(4))
    return folder


def test_shards_stay_for_going_on_and_go_at_the_end(stopped: Path) -> None:
    assert not (stopped / "whole" / SHARDS).exists()
    assert len([*(stopped / "run" / SHARDS).iterdir()]) == 2 * 5 + 1
    with Run.open(stopped / "run") as run:
        assert not [name for name in run.manifest.files if "npy" in name]
    (stopped / "train.tsv").unlink()  # it is no longer needed
    watcher = Halt()
    train(settings(stopped), stopped / "run", resume=True, watcher=watcher)
    assert same(stopped / "whole", stopped / "run")
    assert not (stopped / "run" / SHARDS).exists()
    assert "checking the shards: file 10 of 10" in watcher.done
    assert watcher.notes == []


def test_a_changed_file_is_noted_and_the_pairs_stay(stopped: Path) -> None:
    write(stopped, "train", 61, 5)
    watcher = Halt()
    train(settings(stopped), stopped / "run", resume=True, watcher=watcher)
    assert "train.tsv was changed since its pairs were cut" in watcher.notes[0]
    assert same(stopped / "whole", stopped / "run")


@pytest.mark.parametrize("what", ["folder", "manifest"])
def test_shards_that_are_not_there_are_written_again(what: str, stopped: Path) -> None:
    """Removed by hand, or never complete, as after a kill."""
    place = stopped / "run" / SHARDS
    shutil.rmtree(place) if what == "folder" else (place / "manifest.json").unlink()
    train(settings(stopped), stopped / "run", resume=True)
    assert same(stopped / "whole", stopped / "run")
    ended = train(settings(stopped), stopped / "run", resume=True)
    assert "finished already" in ended.why
    assert not place.exists()


def test_other_pairs_are_refused_when_they_are_cut_again(stopped: Path) -> None:
    shutil.rmtree(stopped / "run" / SHARDS)
    write(stopped, "train", 60, 5)
    with pytest.raises(InputError, match="the pairs are not those") as caught:
        train(settings(stopped), stopped / "run", resume=True)
    assert caught.value.setting == "data.train"


@pytest.mark.parametrize("name", ["00000.ids.npy", "00003.pairs.npy"])
def test_damage_is_found_and_named(name: str, stopped: Path) -> None:
    path = stopped / "run" / SHARDS / name
    data = bytearray(path.read_bytes())
    data[-4] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedError, match=rf"{name}: was altered.*Remove .*{SHARDS}: the pairs are then"):
        train(settings(stopped), stopped / "run", resume=True)
    path.unlink()
    with pytest.raises(DamagedError, match=rf"{name}: is missing"):
        train(settings(stopped), stopped / "run", resume=True)


def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.name == "00002.ids.npy":
            with atomic.writing(path):
                raise OSError(errno.ENOSPC, "No space left on device")
        written(path, data)

    written = atomic.write
    monkeypatch.setattr(atomic, "write", full)
    with pytest.raises(SetupError, match=r"00002\.ids\.npy: the disk is full") as caught:
        train(settings(folder), folder / "run")
    assert caught.value.exit_code == 3
    assert not (folder / "run").exists()


def test_a_fault_found_after_the_shards_leaves_no_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*given: object) -> None:
        assert (folder / "run" / SHARDS / "manifest.json").exists()
        raise InputError("no batch can be had")

    monkeypatch.setattr(Streamed, "batches", fault)
    with pytest.raises(InputError, match="no batch can be had"):
        train(settings(folder), folder / "run")
    assert not (folder / "run").exists()


def test_what_is_left_out_is_counted_over_all_shards(folder: Path) -> None:
    watcher = Halt()
    train(settings(folder, "data.max_pieces=4", "train.epochs=1"), folder / "run", watcher=watcher)
    longer = sum(len(pair.source.split()) > 4 for pair in numbers(60))
    assert watcher.notes == [f"{longer} pairs left out: more than 4 pieces (data.max_pieces)"]
    with pytest.raises(InputError, match="no training pair is short enough"):
        train(settings(folder, "train.max_memory=1e-9"), folder / "none")
    assert not (folder / "none").exists()


def test_progress_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "COUNTED", 20)
    watcher = Halt()
    train(settings(folder, "train.updates=1"), folder / "run", watcher=watcher)
    what = "cutting pairs into pieces, and writing them into shards"
    assert [each for each in watcher.done if each.startswith(what)] == [
        what,
        *(f"{what}: {count}" for count in (20, 40, 60)),
    ]
    assert "learning pieces: lines: 120" in watcher.done


def test_a_process_that_cannot_see_the_shards_says_so(folder: Path) -> None:
    chosen = settings(folder)
    with fresh(chosen, folder / "run") as run, pytest.raises(SetupError, match="not to be seen here"):
        stream.streamed(chosen, [], partial(encode), None, run.path(SHARDS), Silent(), chief=False)  # type: ignore[arg-type]


# -- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["text.sample=0"], r"text\.sample: with data\.shard.*For example: text\.sample=1000000"),
        (["text.kind=unigram", "text.segmentations=2"], r"text\.segmentations: sentences cannot be cut anew"),
        (["loss.guided=1", "data.train_links=a"], r"loss\.guided: shards hold no word links"),
        (["data.duplicates=false"], r"data\.duplicates: to know repeated pairs.*sort -u"),
        (
            ["task.kind=text-to-text", "task.temperature=2"],
            r"task\.temperature: shards are read through once an epoch.*mix --most",
        ),
        (
            ["source.kind=arrays", "source_front.kind=features", "text.shared=false"],
            r"source\.kind: shards hold pieces, not frames",
        ),
    ],
)
def test_what_needs_all_pairs_in_memory_is_refused(overrides: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        loads(TINY, ["data.shard=10", *overrides])
    if "text.sample=0" in overrides:
        loads(TINY, overrides)
