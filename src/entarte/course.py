"""Where a training stands, how far it has to go, and when it is over."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from entarte.optimise import Pace
from entarte.settings import Train


@dataclass
class Progress:
    """Where a training stands; saved with every checkpoint.

    update    updates done
    epoch     the epoch at hand, from 0
    place     batches of this epoch done
    seconds   of training
    best      the best value of the metric, higher is better; None before the first validation
    waited    validations since the best
    skipped   updates skipped because a loss or gradient was not finite
    bad       of these, in a row
    nll, said  sums since the last validation
    tokens    target tokens in all
    """

    update: int = 0
    epoch: int = 0
    place: int = 0
    seconds: float = 0.0
    best: float | None = None
    best_update: int = 0
    waited: int = 0
    skipped: int = 0
    bad: int = 0
    nll: float = 0.0
    said: int = 0
    tokens: int = 0
    finished: bool = False


@dataclass
class Course:
    """A training's way from the first update to the last.

    train     the settings
    batches   of an epoch
    progress  how far it has come
    """

    train: Train
    batches: int
    progress: Progress = field(default_factory=Progress)

    @property
    def updates(self) -> float:
        """How many updates the training has in all; infinity where time or patience alone ends it."""
        by_epochs = self.train.epochs * self.batches if self.train.epochs else math.inf
        return min(by_epochs, self.train.updates or math.inf)

    @property
    def part(self) -> float:
        """How much of the training is done, from 0 to 1."""
        return self.after(self.progress.update)

    def after(self, update: int) -> float:
        """How much of the training is done after an update, from 0 to 1."""
        done = update / self.updates
        if self.train.minutes:
            done = max(done, self.progress.seconds / (60 * self.train.minutes))
        return min(done, 1.0)

    @property
    def epoch(self) -> float:
        """Epochs done, with the part of the one at hand."""
        return self.progress.epoch + self.progress.place / self.batches

    def pace(self) -> Pace:
        """What the learning rate of the update at hand depends on; the last must still move the weights."""
        update = self.progress.update
        return Pace(update, self.progress.epoch, self.after(update - 1))

    def over(self, within: bool = False) -> str:
        """Why the training is over, or nothing. `within` an epoch its end is not yet looked at."""
        train, progress = self.train, self.progress
        if train.epochs and progress.epoch >= train.epochs and not within:
            return f"{many(train.epochs, 'epoch')} done"
        if train.updates and progress.update >= train.updates:
            return f"{many(train.updates, 'update')} done"
        if train.minutes and progress.seconds >= 60 * train.minutes:
            return f"{train.minutes:g} minutes are over"
        if train.patience and progress.waited >= train.patience:
            return f"{progress.waited} validations brought no improvement"
        return ""

    def due(self, every: int, last: bool) -> bool:
        """Whether something that is done every so many updates is due; 0: at the end of an epoch."""
        return self.progress.update % every == 0 if every else last


def many(count: int, thing: str) -> str:
    """A number of things, in words.

    >>> many(1, "epoch"), many(2, "epoch")
    ('1 epoch is', '2 epochs are')
    """
    return f"{count} {thing} is" if count == 1 else f"{count} {thing}s are"
