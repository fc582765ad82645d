"""Law 13 with bfloat16 products, and that a training keeps the precision that it began with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from entarte import fast, train
from entarte.errors import InputError
from entarte.run import Run
from entarte.settings import loads
from entarte.trainer import Stopped
from entarte.watch import Silent

from .test_law_13_resumed_is_unbroken import SIGNAL, Interrupter, check_resumed, settings

SMALL = ["front.dropout=0.2", "encoder.cell=lstm", "decoder.cell=lstm", "train.epochs=1"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power fails here, so nothing need be forced onto the disk."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


class Notes(Silent):
    """Remembers what was noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def kept(folder: Path) -> str:
    """The precision that a run says it is trained in."""
    return loads(Run.open(folder).text("settings.toml")).train.precision


def test_resumed_is_unbroken(tmp_path: Path) -> None:
    check_resumed(tmp_path, [*SMALL, "train.precision=bfloat16"], [(1, SIGNAL), (2, SIGNAL)])


def test_automatic_is_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the run began with is kept where the processor is another one."""
    folder = tmp_path / "run"
    chosen = settings(tmp_path, [*SMALL, "train.precision=auto"])
    monkeypatch.setattr(fast.products, "native", lambda *_: True)
    with pytest.raises(Stopped):
        train.train(chosen, folder, watcher=Interrupter(1))
    assert kept(folder) == "bfloat16"
    monkeypatch.setattr(fast.products, "native", lambda *_: False)
    notes = Notes()
    train.train(chosen, folder, resume=True, watcher=notes)
    assert kept(folder) == "bfloat16"
    assert any("bfloat16, imitated" in line for line in notes.notes)
    with pytest.raises(InputError, match=r"train\.precision: bfloat16 → float32"):
        train.train(settings(tmp_path, SMALL), folder, resume=True)


def test_automatic_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that the model says itself are read one by one, so there is nothing to win."""
    monkeypatch.setattr(fast.products, "native", lambda *_: True)
    chosen = settings(
        tmp_path, [*SMALL, "train.precision=auto", "train.scheduled_sampling=0.5", "train.updates=1"]
    )
    notes = Notes()
    train.train(chosen, tmp_path / "run", watcher=notes)
    assert kept(tmp_path / "run") == "float32"
    assert "precision: float32, because the fast path does not cover this model" in notes.notes


def test_single_precision_is_another_training(tmp_path: Path) -> None:
    """A control: the setting is read."""
    weights = []
    for precision in ("float32", "bfloat16"):
        folder = tmp_path / precision
        chosen = settings(tmp_path, [*SMALL, f"train.precision={precision}", "train.updates=2"])
        train.train(chosen, folder)
        weights.append((folder / "model.safetensors").read_bytes())
    assert weights[0] != weights[1]
