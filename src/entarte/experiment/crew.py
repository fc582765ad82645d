"""Who does the tasks: this process, one after another, or several processes side by side."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Protocol

from entarte.errors import DamagedError, EntarteError, InputError, SetupError
from entarte.experiment.plan import Plan
from entarte.experiment.task import Task, Word, do
from entarte.trainer import Stopped

ERRORS: dict[int, type[EntarteError]] = {
    each.exit_code: each for each in (InputError, SetupError, DamagedError)
}
LINES = 40
"""Of what a process wrote, the last so many are kept for the case that it fails."""


class Onlooker(Protocol):
    """Someone who looks on."""

    def says(self, text: str) -> None: ...

    def phase(self, name: str, left: int, of: int) -> None: ...

    def begins(self, task: Task) -> None: ...

    def tells(self, task: Task, word: Word) -> None: ...

    def ends(self, task: Task, well: bool) -> None: ...


def work(folder: Path, plan: Plan, tasks: Sequence[Task], jobs: int, onlooker: Onlooker) -> None:
    """Do all tasks, up to `jobs` at a time. One that fails does not keep the others from their end.

    Raises the first task's error when all have ended; Stopped where a signal (Ctrl-C) came: every
    training has then written its checkpoint.
    """
    if min(jobs, len(tasks)) > 1:
        failed = in_processes(folder, tasks, jobs, onlooker)
    else:
        failed = here(folder, plan, tasks, onlooker)
    if failed:
        raise failed[0]


def here(folder: Path, plan: Plan, tasks: Sequence[Task], onlooker: Onlooker) -> list[EntarteError]:
    """One after another, in this process."""
    failed: list[EntarteError] = []
    for task in tasks:
        onlooker.begins(task)
        fault = None
        try:
            do(folder, plan, task, partial(onlooker.tells, task))
        except EntarteError as error:
            fault = about(task, error.exit_code, str(error))
            failed.append(fault)
        onlooker.ends(task, well=fault is None)
    return failed


def about(task: Task, code: int, text: str) -> EntarteError:
    """An error of a task, which says whose it is."""
    return ERRORS.get(code, EntarteError)(f"{task}: {text}")


def command(folder: Path, task: Task) -> list[str]:
    """How a process is started that does a task."""
    return [sys.executable, "-m", "entarte.experiment.worker", str(folder), task.kind, task.name]


class Worker:
    """A process at work on a task. It lives in a session of its own, so that Ctrl-C does not reach it."""

    def __init__(self, folder: Path, task: Task, heard: SimpleQueue[tuple[Worker, str | None]]) -> None:
        self.task = task
        self.lines: deque[str] = deque(maxlen=LINES)
        self.error: EntarteError | None = None
        self.process = subprocess.Popen(
            command(folder, task),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")},
        )
        threading.Thread(target=self.listen, args=[heard], daemon=True).start()

    def listen(self, heard: SimpleQueue[tuple[Worker, str | None]]) -> None:
        """Pass on every line, and None at the end."""
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                heard.put((self, line))
        self.process.wait()
        heard.put((self, None))

    def word(self, line: str) -> Word | None:
        """What a line says; an error is kept, and what is not ours too."""
        try:
            said = json.loads(line)
            if "error" in said:
                self.error = about(self.task, said["code"], said["error"])
                return None
            return Word(said["text"], said["part"])
        except (ValueError, KeyError, TypeError):
            self.lines.append(line)
            return None

    def fault(self) -> EntarteError | None:
        """Why it failed; None where it ended well. A fault of ours is raised at once, with its traceback."""
        code = self.process.returncode
        if not code or self.error:
            return self.error
        if code < 0:
            return SetupError(
                f"{self.task}: its process was ended by signal {-code} ({signal.Signals(-code).name})",
                advice="Where memory ran out, take fewer --jobs. The same command goes on.",
            )
        raise RuntimeError(f"{self.task} failed with code {code}:\n{''.join(self.lines)}")


def in_processes(folder: Path, tasks: Sequence[Task], jobs: int, onlooker: Onlooker) -> list[EntarteError]:
    """Side by side, each in a process of its own."""
    heard: SimpleQueue[tuple[Worker, str | None]] = SimpleQueue()
    waiting, running = deque(tasks), set[Worker]()
    failed: list[EntarteError] = []
    with ends_like_ctrl_c():
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    worker = Worker(folder, waiting.popleft(), heard)
                    running.add(worker)
                    onlooker.begins(worker.task)
                worker, line = heard.get()
                if line is not None:
                    if word := worker.word(line):
                        onlooker.tells(worker.task, word)
                    continue
                running.discard(worker)
                if worker.process.returncode == 130:
                    raise Stopped
                if fault := worker.fault():
                    failed.append(fault)
                onlooker.ends(worker.task, well=fault is None)
        except KeyboardInterrupt:
            raise Stopped from None
        finally:
            for worker in running:
                worker.process.terminate()
            for worker in running:
                worker.process.wait()
    return failed


@contextmanager
def ends_like_ctrl_c() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does. Only the main thread may hear signals."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, held)
