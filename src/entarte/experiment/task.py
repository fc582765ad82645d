"""One piece of an experiment's work: a member is trained, or a system is measured."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from entarte import checkpoint, lock, manifest
from entarte import dictionary as dictionaries
from entarte.example import Example
from entarte.experiment.material import test_set
from entarte.experiment.outcome import measure
from entarte.experiment.plan import Plan
from entarte.gather import training_pairs
from entarte.generate import Translator
from entarte.model import parameters
from entarte.run import CHECKPOINTS, Run
from entarte.saved import load
from entarte.team import Team
from entarte.train import train
from entarte.watch import Begun, Ended, Silent, Update, Validation

MEMBERS = "members"
EVERY = 0.5
"""Seconds between words about an update."""
LOOKED = 10_000
"""Training pairs, from the first on, that a dictionary is learned from."""


@dataclass(frozen=True)
class Task:
    """What is to be done, and to which member or system."""

    kind: Literal["train", "measure"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Word:
    """What a task tells on its way. part: of the work that is done, or None for a note that stays."""

    text: str
    part: float | None = None


Tell = Callable[[Word], None]


class Teller:
    """A watcher that tells how far a training has come."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.last = 0.0
        self.marks = ""

    def doing(self, what: str) -> None:
        """What is prepared."""
        self.tell(Word(what, 0.0))

    def begun(self, facts: Begun) -> None:
        """How much there is to do."""
        self.tell(Word(f"{facts.pairs:,} pairs, {facts.parameters:,} parameters", 0.0))
        for reason in facts.fast:
            self.tell(Word(f"readable path: {reason}"))

    def updated(self, facts: Update) -> None:
        """The progress, not more often than a person can read."""
        if (now := time.monotonic()) - self.last >= EVERY:
            self.last = now
            text = f"epoch {facts.epoch + 1} · {facts.speed:,.0f} tok/s{self.marks}"
            self.tell(Word(text, facts.progress))

    def validated(self, facts: Validation) -> None:
        """The marks stand beside the progress from now on."""
        bleu = "" if facts.bleu is None else f", BLEU {facts.bleu:.1f}"
        self.marks = f" · perplexity {facts.perplexity:,.2f}{bleu}"

    def note(self, text: str) -> None:
        """What a person should know."""
        self.tell(Word(text))

    def ended(self, facts: Ended) -> None:
        """The end is told by who runs the task."""


def do(folder: Path, plan: Plan, task: Task, tell: Tell) -> None:
    """Do a task, or go on with it; what is done already costs nothing.

    Raises trainer.Stopped where a signal ended a training early (its checkpoint is then written).
    """
    if task.kind == "train":
        train_member(folder, plan, task.name, tell)
    else:
        measure_system(folder, plan, task.name, tell)


def done(folder: Path, task: Task) -> bool:
    """Whether a task was done to its end."""
    if task.kind == "measure":
        return (folder / "results" / f"{task.name}.json").is_file()
    place = folder / MEMBERS / task.name
    if not begun(place):
        return False
    latest = Run.open(place).latest_checkpoint()
    return latest is not None and bool(latest.state()["progress"]["finished"])


def begun(place: Path) -> bool:
    """Whether a training has come as far as a checkpoint."""
    return (place / manifest.NAME).is_file() and bool(checkpoint.steps(place / CHECKPOINTS))


def train_member(folder: Path, plan: Plan, name: str, tell: Tell) -> None:
    """Train a member in its own run folder."""
    place = folder / MEMBERS / name
    resume = begun(place)
    if place.is_dir() and not resume:  # cut off before its first checkpoint: nothing is lost
        os.close(lock.take(place))
        shutil.rmtree(place)
    train(plan.members[name], place, resume=resume, watcher=Teller(tell))


def measure_system(folder: Path, plan: Plan, name: str, tell: Tell) -> None:
    """Let a system translate the test set, and keep what is measured."""
    system = next(system for system in plan.systems if system.name == name)
    settings = plan.members[system.members[0]]
    if settings.train.threads:
        torch.set_num_threads(settings.train.threads)
    models = [load(folder / MEMBERS / each) for each in system.members]
    options: dict[str, Any] = {}
    if system.replace:
        tell(Word("learns a dictionary from its alignments", 0.0))
        options["dictionary"] = dictionary(models[0], training_pairs(settings, Silent()))
    tell(Word("translates the test set", 0.5 if system.replace else 0.0))
    translator = models[0] if len(models) == 1 else Team(models)
    pairs, gold = test_set(folder, settings.data)
    logs = [
        [line for line in Run.open(folder / MEMBERS / each).metrics() if line["kind"] == "validation"][-1]
        for each in system.members
    ]
    outcome = measure(
        *(translator, pairs, gold, options),
        sum(parameters(each.model) for each in models),
        sum(log["seconds"] for log in logs),
        sum(log["speed"] for log in logs) / len(logs),
    )
    outcome.write(folder, name)


def dictionary(model: Translator, pairs: Sequence[Example]) -> dict[str, str]:
    """Source word → target word, from where a model looks when it is forced to say the training targets.

    A link must be seen twice to be trusted.
    """
    known = pairs[:LOOKED]
    forced = model.force([pair.source for pair in known], [pair.target or "" for pair in known])
    entries = dictionaries.learn((each.source, each.text, each.alignment.word_links()) for each in forced)
    return {word: entry.target for word, entry in entries.items()}
