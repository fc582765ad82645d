"""Processes side by side: what they say, how they fail, how they are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from entarte.errors import InputError, SetupError
from entarte.experiment import crew
from entarte.experiment.conduct import conduct
from entarte.experiment.crew import in_processes
from entarte.experiment.task import Task, Word
from entarte.trainer import Stopped

from .conftest import SMALL, TINY, Record

TASKS = [Task("train", "a"), Task("train", "b"), Task("train", "c")]
WELL = "import json; print(json.dumps({'text': 'half', 'part': 0.5}), flush=True)"


class Heard(Record):
    """Remembers words too."""

    def tells(self, task: Task, word: Word) -> None:
        self.heard.append(f"{task.name} {word.text} {word.part}")


def scripts(monkeypatch: pytest.MonkeyPatch, **codes: str) -> None:
    """Each task runs a script instead of a training."""
    monkeypatch.setattr(
        crew, "command", lambda folder, task: [sys.executable, "-S", "-c", codes.get(task.name, WELL)]
    )


def test_all_are_done_and_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts(monkeypatch)
    heard = Heard()
    assert in_processes(tmp_path, TASKS, 2, heard) == []
    assert sorted(heard.heard) == sorted(
        word for name in "abc" for word in (f"begins train {name}", f"{name} half 0.5", f"ends train {name}")
    )


def test_no_more_than_the_jobs_run_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts(monkeypatch)
    heard = Record()
    in_processes(tmp_path, TASKS, 1, heard)
    assert heard.heard == [f"{what} train {name}" for name in "abc" for what in ("begins", "ends")]


def test_an_error_is_of_its_kind_and_says_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts(
        monkeypatch,
        a="import json; print(json.dumps({'error': 'no pair is left', 'code': 2})); raise SystemExit(2)",
    )
    heard = Record()
    [error] = in_processes(tmp_path, TASKS, 1, heard)
    assert isinstance(error, InputError)
    assert str(error) == "train a: no pair is left"
    assert heard.heard[1:] == [
        "fails train a",
        "begins train b",
        "ends train b",
        "begins train c",
        "ends train c",
    ]


def test_a_process_that_was_killed_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts(monkeypatch, b="import os; os.kill(os.getpid(), 9)")
    [error] = in_processes(tmp_path, TASKS, 3, Record())
    assert isinstance(error, SetupError)
    assert str(error).startswith("train b: its process was ended by signal 9 (SIGKILL). Where memory ran out")


def test_a_fault_of_ours_shows_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts(monkeypatch, c="1 / 0")
    with pytest.raises(RuntimeError, match=r"train c failed with code 1:\n(.*\n)*ZeroDivisionError"):
        in_processes(tmp_path, TASKS, 2, Record())


def test_ctrl_c_asks_all_to_stop_and_waits_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They write their checkpoints first, as here a file."""
    code = (
        "import signal, time, pathlib\n"
        "def stop(*_):\n"
        "    time.sleep(0.2); pathlib.Path(PLACE).touch(); raise SystemExit(130)\n"
        "signal.signal(signal.SIGTERM, stop)\n" + WELL + "\ntime.sleep(60)"
    )
    scripts(monkeypatch, **{name: code.replace("PLACE", repr(str(tmp_path / name))) for name in "ab"})

    class Interrupting(Heard):
        def tells(self, task: Task, word: Word) -> None:
            super().tells(task, word)
            if len([word for word in self.heard if "half" in word]) == 2:
                os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Stopped):
        in_processes(tmp_path, TASKS, 2, Interrupting())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.slow
def test_processes_do_what_one_does_alone(finished: Path, own: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "two"
    conduct(SMALL, folder, [*own, *TINY], Record(), jobs=2)
    for name in ("mean-current-1", "general-current-1"):
        for file in (f"members/{name}/model.safetensors", f"outputs/{name}.txt"):
            assert (folder / file).read_bytes() == (finished / file).read_bytes(), file


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
def test_an_experiment_whose_process_ends_goes_on_to_the_same_end(
    sign: signal.Signals, own: list[str], tmp_path: Path
) -> None:
    """The workers of a killed one notice that nobody listens, and end."""
    words = [*own, *TINY, "train.updates=400", "train.valid_every=50"]
    names = ["--attentions", "mean,general", "--queries", "current"]
    line = [sys.executable, "-m", "entarte.cli.main", "experiment", "shootout", *names, *words]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run([*line, "--out", str(whole), "--jobs", "2"], check=True, capture_output=True)
    process = subprocess.Popen([*line, "--out", str(cut), "--jobs", "2"], stderr=subprocess.PIPE)
    checkpoints = cut / "members" / "mean-current-1" / "checkpoints"
    while not list(checkpoints.glob("step-*")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(sign)
    process.communicate()
    assert process.returncode in (130, -signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:  # workers of a killed one may be at their last update
        done = subprocess.run([*line, "--out", str(cut), "--jobs", "2"], capture_output=True, text=True)
        if done.returncode != 3 or time.monotonic() > deadline:
            break
        time.sleep(1)
    assert done.returncode == 0, done.stderr
    for name in ("mean-current-1", "general-current-1"):
        for file in (f"members/{name}/model.safetensors", f"outputs/{name}.txt"):
            assert (cut / file).read_bytes() == (whole / file).read_bytes(), file
