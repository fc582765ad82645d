"""Law 13: stop and resume at any step gives bit-identical weights."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from entarte import train
from entarte.errors import DamagedError, InputError
from entarte.ledger import Ledger
from entarte.optimise import Optimiser
from entarte.run import Run
from entarte.settings import Settings, loads
from entarte.trainer import Stopped
from entarte.watch import Ended, Silent, Update

from .small import pairs

SETTINGS = """
[text]
kind = "unigram"
size = 28
[front]
width = 8
[encoder]
cell = "gru"
width = 8
[decoder]
cell = "gru"
width = 8
[train]
epochs = 2
batch_tokens = 48
valid_sentences = 2
threads = 1
[generate]
kind = "greedy"
length_factor = 1.0
length_constant = 2
"""

WAYS: dict[str, list[str]] = {
    "adam, dropout everywhere, averages": [
        "text.kind=word",
        "text.size=0",
        "train.batch_tokens=30",
        "text.shared=false",
        "front.dropout=0.2",
        "front.word_dropout=0.1",
        "encoder.layers=2",
        "encoder.dropout=0.2",
        "decoder.layers=2",
        "decoder.dropout=0.2",
        "readout.dropout=0.2",
        "train.ema=0.9",
        "train.average=2",
        "train.valid_every=3",
        "train.schedule=cosine",
        "train.warmup=2",
        "loss.label_smoothing=0.1",
        "train.weight_decay=0.01",
    ],
    "sgd, halved, other pieces each time": [
        "train.optimiser=sgd",
        "train.rate=0.5",
        "train.schedule=halving",
        "train.decay_start=1",
        "text.segmentations=3",
        "encoder.cell=lstm",
        "decoder.cell=lstm",
        "attention.kind=coverage",
        "train.save_every=2",
        "decoder.query=previous",
    ],
    "adagrad, copied words, coverage late": [
        "task.kind=summary",
        "text.kind=word",
        "text.size=9",
        "data.source_cut=3",
        "generate.longest=3",
        "readout.kind=pointer",
        "decoder.input_feeding=false",
        "attention.kind=coverage",
        "loss.coverage=1",
        "loss.coverage_start=0.4",
        "train.optimiser=adagrad",
        "train.rate=0.15",
        "train.metric=rouge-l",
    ],
    "two tasks, the smaller oftener": [
        "task.kind=text-to-text",
        "task.tasks=often: translation,seldom: summary",
        "task.temperature=3",
        "text.size=32",
        "readout.kind=pointer",
        "decoder.input_feeding=false",
        "train.epochs=3",
    ],
    "streamed from shards": [
        "data.shard=7",
        "data.max_pieces=9",
        "text.sample=20",
        "front.dropout=0.2",
        "train.save_every=2",
    ],
    "streamed from shards, copied words": [
        "data.shard=9",
        "text.sample=20",
        "text.kind=word",
        "text.size=9",
        "readout.kind=pointer",
        "decoder.input_feeding=false",
        "train.batch_tokens=30",
    ],
    "plateau, its own words, chosen by bleu": [
        "train.schedule=plateau",
        "train.decay_every=1",
        "train.valid_every=2",
        "train.metric=bleu",
        "train.scheduled_sampling=0.5",
        "front.dropout=0.1",
        "model.tied=all",
        "train.patience=9",
        "train.keep=1",
    ],
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power fails here, so nothing need be forced onto the disk."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


def settings(folder: Path, overrides: list[str]) -> Settings:
    """With a little corpus that is written into the folder."""
    several = "task.kind=text-to-text" in overrides
    for name, count, seed in (("train.tsv", 24, 1), ("valid.tsv", 5, 2)):
        prefixes = ["seldom: ", "often: ", "often: ", "often: "] if several else [""]
        lines = "".join(
            f"{prefixes[n % len(prefixes)]}{source}\t{target}\n"
            for n, (source, target) in enumerate(pairs(count, seed))
        )
        (folder / name).write_text(lines, encoding="utf-8")
    files = [f'data.train=["{folder}/train.tsv"]', f'data.valid=["{folder}/valid.tsv"]']
    return loads(SETTINGS, [*files, *overrides])


class Crash(Exception):
    """The power fails."""


class Interrupter(Silent):
    """Stops a training after its next few updates: by signals, as Ctrl-C sends one, or by a crash."""

    def __init__(self, after: int, how: tuple[signal.Signals, ...] = (signal.SIGINT,)) -> None:
        self.after = after
        self.how = how
        self.seen = 0

    def updated(self, facts: Update) -> None:
        self.seen += 1
        if self.seen == self.after:
            if not self.how:
                raise Crash
            for number in self.how:
                os.kill(os.getpid(), number)


def told(folder: Path) -> list[dict[str, Any]]:
    """metrics.jsonl, times left out."""
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    return [
        {key: value for key, value in json.loads(line).items() if key not in ("seconds", "speed")}
        for line in lines
    ]


def check_same(whole: Path, broken: Path, ended: Ended, again: Ended) -> None:
    """The best weights, the last weights, everything that the next update would depend on, and the log."""
    assert told(broken) == told(whole), "another log"
    for name in ("model.safetensors", "settings.toml"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), f"another {name}"
    last = [max((each / "checkpoints").iterdir()) for each in (whole, broken)]
    assert last[0].name == last[1].name
    for file in sorted(last[0].glob("*.safetensors")):
        assert file.read_bytes() == (last[1] / file.name).read_bytes(), f"another {file.name}"
    for key in ("why", "update", "best_update", "best", "skipped"):
        assert getattr(ended, key) == getattr(again, key)


Stop = tuple[int, tuple[signal.Signals, ...]]
"""How many updates are made, and the signals that come then; none: a crash."""
SIGNAL = (signal.SIGINT,)


def check_resumed(folder: Path, overrides: list[str], stops: list[Stop] | None = None) -> None:
    """Train unbroken, and broken as often as asked; None: after each single update."""
    chosen = settings(folder, overrides)
    whole, broken = folder / "whole", folder / "broken"
    ended = train.train(chosen, whole)
    assert ended.update > 3
    if stops is None:
        stops = [(1, SIGNAL)] * (ended.update - 1)
    for number, (after, how) in enumerate(stops):
        with pytest.raises((Crash, Stopped, KeyboardInterrupt)) as caught:
            train.train(chosen, broken, resume=number > 0, watcher=Interrupter(after, how))
        assert caught.type is (Crash, Stopped, KeyboardInterrupt)[len(how)]
    torch.manual_seed(12345)  # another process has another generator
    again = train.train(chosen, broken, resume=True)
    check_same(whole, broken, ended, again)


@pytest.mark.parametrize("way", WAYS)
def test_stopped_after_every_update(way: str, tmp_path: Path) -> None:
    """Each process makes one update and is stopped."""
    check_resumed(tmp_path, WAYS[way])


@pytest.mark.parametrize("way", WAYS)
def test_crashed_again_and_again(way: str, tmp_path: Path) -> None:
    """What was done since the last checkpoint is done again, and the log has no line twice. The first
    process ends before any checkpoint; the last is asked to stop twice, which stops it at once."""
    twice = (signal.SIGTERM, signal.SIGINT)
    check_resumed(tmp_path, WAYS[way], [(1, ()), (4, ()), (2, (signal.SIGTERM,)), (1, twice)])


def test_guided_alignment(tmp_path: Path) -> None:
    """Its weight falls with the epochs, and the links are read again."""
    overrides = [guided(tmp_path), "loss.guided=0.7", "loss.guided_decay=0.5", "front.dropout=0.2"]
    check_resumed(tmp_path, overrides, [(3, SIGNAL), (3, ())])


def test_a_transformer(tmp_path: Path) -> None:
    """With every dropout, which the fast path draws."""
    small = ["kind=transformer", "width=8", "layers=2", "heads=2", "dropout=0.2", "attention_dropout=0.1"]
    sides = [f"{side}.{word}" for side in ("encoder", "decoder") for word in small]
    overrides = [*sides, "attention.kind=multi-head", "attention.heads=2", "readout.kind=plain"]
    check_resumed(tmp_path, [*overrides, "train.epochs=1"], [(1, SIGNAL), (2, ())])


def test_other_links_are_refused(tmp_path: Path) -> None:
    overrides = [guided(tmp_path), "loss.guided=0.7", "train.epochs=1"]
    with pytest.raises(Stopped):
        train.train(settings(tmp_path, overrides), tmp_path / "run", watcher=Interrupter(2))
    chosen = settings(tmp_path, overrides)
    path = tmp_path / "train.align"
    path.write_text(path.read_text("utf-8").replace("-", "?", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        train.train(chosen, tmp_path / "run", resume=True)
    assert caught.value.setting == "data.train"


def guided(folder: Path) -> str:
    """Writes the links of the little corpus, whose targets say the words backwards."""
    lengths = [len(source.split()) for source, _ in pairs(24, 1)]
    lines = [" ".join(f"{i}-{length - 1 - i}" for i in range(length)) for length in lengths]
    (folder / "train.align").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return f"data.train_links={folder}/train.align"


PLAIN = ["train.epochs=1", "front.dropout=0.3", "train.valid_every=2", "train.save_every=1", "train.ema=0.8"]


def test_a_finished_training_stays_as_it_is(tmp_path: Path) -> None:
    chosen, folder = settings(tmp_path, PLAIN), tmp_path / "run"
    ended = train.train(chosen, folder)
    held = files(folder)
    again = train.train(chosen, folder, resume=True)
    assert "finished already" in again.why
    assert (again.update, again.best) == (ended.update, ended.best)
    assert held == files(folder)


def files(folder: Path) -> dict[Path, bytes]:
    """All that a run holds, but the seal, which may have been renewed."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    return {path: path.read_bytes() for path in found}


class Writes:
    """Crashes before the n-th write of a process to its run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        for name in ("put_model", "put_recent", "log", "save_checkpoint", "prune"):
            monkeypatch.setattr(Run, name, self.counted(getattr(Run, name)))

    def counted(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise Crash
            return write(*given)

        return counted


def check_crashes_at_writes(folder: Path, overrides: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The n-th process crashes before its n-th write; until one comes through. → how many there were"""
    chosen = settings(folder, overrides)
    ended = train.train(chosen, folder / "whole")
    writes = Writes(monkeypatch)
    for n in range(1, 30):
        writes.left = n
        try:
            again = train.train(chosen, folder / "broken", resume=n > 1)
        except Crash:
            continue
        check_same(folder / "whole", folder / "broken", ended, again)
        return n
    raise AssertionError("it never ends")


def test_crashed_before_any_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between log and checkpoint, best model and log, a checkpoint and the removal of an older one."""
    overrides = [*PLAIN, "train.average=2", "train.keep=1"]
    assert check_crashes_at_writes(tmp_path, overrides, monkeypatch) > 5


def test_killed_between_the_pieces_of_the_two_sides(tmp_path: Path) -> None:
    """The source's pieces are there, the target's are not: both are learnt again."""
    chosen = settings(tmp_path, [*PLAIN, "text.kind=char", "text.size=0", "text.shared=false"])
    ended = train.train(chosen, tmp_path / "whole")
    with train.fresh(chosen, tmp_path / "broken") as run:
        run.put("source.model", (tmp_path / "whole" / "source.model").read_bytes())
    again = train.train(chosen, tmp_path / "broken", resume=True)
    check_same(tmp_path / "whole", tmp_path / "broken", ended, again)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    with pytest.raises(Stopped):
        train.train(settings(tmp_path, PLAIN), tmp_path / "run", watcher=Interrupter(3))
    return tmp_path


def test_other_settings_are_refused(stopped: Path) -> None:
    other = settings(stopped, [*PLAIN, "train.rate=0.5", "front.width=9"])
    with pytest.raises(InputError, match=r"train\.rate: 0\.001 → 0\.5") as caught:
        train.train(other, stopped / "run", resume=True)
    assert "front.width: 8 → 9" in str(caught.value)


@pytest.mark.parametrize("side", ["train", "valid"])
@pytest.mark.parametrize("change", ["more", "order"])
def test_other_data_are_refused(stopped: Path, side: str, change: str) -> None:
    path = stopped / f"{side}.tsv"
    chosen = settings(stopped, PLAIN)
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    lines = [*lines, "ka\tro"] if change == "more" else lines[::-1]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        train.train(chosen, stopped / "run", resume=True)
    assert caught.value.setting == f"data.{side}"


def test_another_vocabulary_is_refused(stopped: Path) -> None:
    """The manifest knows the tokenizer's file."""
    path = stopped / "run" / "pieces.model"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DamagedError, match=r"pieces\.model"):
        train.train(settings(stopped, PLAIN), stopped / "run", resume=True)


def lost_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator is not taken up again: other words and numbers are dropped."""
    monkeypatch.setattr(torch, "set_rng_state", lambda state: None)


def lost_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adam starts afresh."""
    monkeypatch.setattr(Optimiser, "restore", lambda *given: None)


def lost_average(monkeypatch: pytest.MonkeyPatch) -> None:
    """The running average starts from where the weights are."""
    tensors = Optimiser.tensors

    def without(self: Optimiser) -> dict[str, torch.Tensor]:
        return {key: value for key, value in tensors(self).items() if not key.startswith("ema")}

    monkeypatch.setattr(Optimiser, "tensors", without)


def restarted_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of many toolkits: the epoch at hand is begun again."""
    resume = Ledger.resume

    def again(self: Ledger) -> None:
        resume(self)
        self.course.progress.place = 0

    monkeypatch.setattr(Ledger, "resume", again)


FAULTS: list[Callable[[pytest.MonkeyPatch], None]] = [
    lost_chance,
    lost_moments,
    lost_average,
    restarted_epoch,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_control_a_fault_is_found(
    fault: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError, match="another"):
        check_resumed(tmp_path, PLAIN, [(2, SIGNAL)])


def test_control_a_log_that_is_not_taken_back_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that a crash left after the last checkpoint stand there twice."""
    monkeypatch.setattr(Run, "rewind", lambda *given: None)
    with pytest.raises(AssertionError, match="another log"):
        check_crashes_at_writes(tmp_path, PLAIN, monkeypatch)
