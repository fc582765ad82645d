"""What a training writes to the terminal, and what TensorBoard gets."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from entarte.board import Board
from entarte.cli.screen import Screen
from entarte.errors import SetupError
from entarte.watch import Begun, Ended, Silent, Update, Validation

BEGUN = Begun(12_000, 1000, 500, 10, 0, [])
UPDATE = Update(7, 0, 2.5, 12.2, 0.001, 1.0, 100, 2000.0, 0.25, 90.0)
VALIDATION = Validation(10, 1.0, 2.0, 1000, 11.5, 12.25, 3.5, None, 0.001, 1500.0, True)
ENDED = Ended("10 epochs are done", 500, 400, 12.25, "perplexity", 125.0, 2)


def seen(*, terminal: bool) -> str:
    out = io.StringIO()
    with Screen(Console(file=out, force_terminal=terminal, width=100, color_system=None)) as screen:
        screen.doing("reading the pairs")
        screen.doing("learning pieces")
        screen.progress.refresh()
        screen.begun(BEGUN)
        screen.updated(UPDATE)
        screen.note("3 pairs left out")
        screen.validated(VALIDATION)
        screen.validated(VALIDATION)
        screen.ended(ENDED)
    return out.getvalue()


def test_a_file_gets_lines_without_a_progress_line() -> None:
    assert seen(terminal=False).split("\n") == [
        "1,000 pairs, 12,000 parameters, 500 updates",
        "3 pairs left out",
        " epoch   update  train ppl  valid ppl   BLEU    AER   tok/s",
        *["  1.00       10      11.50      12.25   3.50      –   1,500 *"] * 2,
        "10 epochs are done, in 2 min 05 s. Best perplexity 12.25 at update 400; 2 updates skipped",
        "",
    ]


def test_a_file_gets_a_line_of_progress_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 5.0, 31.0, 31.0, 40.0])
    monkeypatch.setattr("entarte.cli.screen.time.monotonic", lambda: next(now))
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=False, width=100))  # at 0
    screen.begun(BEGUN)
    for _ in range(3):  # at 5, 31 (which is said) and 40
        screen.updated(UPDATE)
    said = " 25% · epoch 1 · update 7 · loss 2.500 · 2,000 tok/s · 1 min 30 s left"
    assert out.getvalue().split("\n")[1:] == [said, ""]


def test_a_file_is_told_now_and_then_what_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 5.0, 31.0, 31.0, 40.0])
    monkeypatch.setattr("entarte.cli.screen.time.monotonic", lambda: next(now))
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=False, width=100))  # at 0
    for count in (10, 20, 30):  # at 5, 31 (which is said) and 40
        screen.doing(f"reading the pairs: {count}")
    assert out.getvalue() == "reading the pairs: 20\n"


def test_a_terminal_shows_what_is_prepared() -> None:
    assert "learning pieces" in seen(terminal=True)
    assert "learning pieces" not in seen(terminal=False)


def test_a_terminal_shows_loss_speed_and_time_left() -> None:
    assert "epoch 1 · update 7 · loss 2.500 · 2,000 tok/s · 2 min" not in seen(terminal=False)
    assert "epoch 1 · update 7 · loss 2.500 · 2,000 tok/s · 1 min 30 s left" in seen(terminal=True)


def test_a_resumed_training_and_a_slow_path_are_said() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=100)) as screen:
        screen.begun(Begun(12_000, 1000, None, None, 40, ["location-aware attention"]))
    assert out.getvalue() == (
        "1,000 pairs, 12,000 parameters\nreadable path: location-aware attention\ngoing on after update 40\n"
    )


def test_tensorboard_gets_the_curves(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = Board(Silent(), tmp_path)
    board.begun(BEGUN)
    board.updated(UPDATE)
    board.validated(VALIDATION)
    board.ended(ENDED)
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert set(events.Tags()["scalars"]) == {
        *("train/loss", "train/rate", "train/norm", "train/speed", "valid/perplexity", "valid/bleu")
    }
    point = events.Scalars("valid/perplexity")[0]
    assert (point.step, point.value) == (10, 12.25)


def test_without_tensorboard_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    with pytest.raises(
        SetupError, match=r"train\.tensorboard: TensorBoard is not installed\. Install it: pip"
    ):
        Board(Silent(), tmp_path)
