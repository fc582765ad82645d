"""The training loop: teacher-forced, end to end; it can be stopped at any update and taken up again.

One epoch after another: batch → unroll → loss → update; between them validation and checkpoints. All
chance comes from torch's generator, which is saved, or from (seed, epoch, batch), which need not be.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import torch

from entarte import fast
from entarte.cost import Cost
from entarte.course import Course
from entarte.errors import InputError
from entarte.feed import Feed
from entarte.ledger import Ledger
from entarte.loss import Loss
from entarte.model import Model, parameters
from entarte.optimise import Optimiser
from entarte.parallel import ALONE, World
from entarte.run import Run
from entarte.settings import Settings
from entarte.state import moved
from entarte.validate import Examiner
from entarte.watch import Begun, Ended, Update, Watcher


class Stopped(Exception):
    """A signal asked the training to stop; the checkpoint is written."""


class Trainer:
    """One training.

    model     fresh, or as it was left
    feed      training pairs
    examiner  what validates
    run       the folder that everything is written to
    world     the processes that train it together
    """

    def __init__(
        self,
        settings: Settings,
        model: Model,
        feed: Feed,
        examiner: Examiner,
        run: Run,
        watcher: Watcher,
        world: World = ALONE,
    ) -> None:
        self.settings = settings
        self.world = world
        self.model = model
        self.feed = feed
        self.watcher = watcher
        self.cost = Cost(settings, model)
        self.optimiser = Optimiser(model, settings.train)
        self.course = Course(settings.train, feed.batches(0))
        self.ledger = Ledger(
            settings.train, model, self.optimiser, self.course, feed.digest, examiner, run, watcher
        )
        self.shares: deque[tuple[float, float]] = deque(maxlen=200)
        self.stop = False

    # -- the loop ----------------------------------------------------------------------------------

    def train(self) -> Ended:
        """Train to the end. Raises Stopped where a signal came first; the checkpoint is then written."""
        with self.signals():  # from the first word on: whoever reads that it goes may stop it
            self.tell_start()
            if self.course.progress.finished:
                why = "it was finished already"
            else:
                why = self.loop()
                self.write(self.ledger.finish)
            if self.world.chief:
                self.feed.release()
        progress = self.course.progress
        ended = Ended(
            why,
            progress.update,
            progress.best_update,
            self.ledger.best,
            self.settings.train.metric,
            progress.seconds,
            progress.skipped,
        )
        self.watcher.ended(ended)
        return ended

    def tell_start(self) -> None:
        """Sizes, and how far there is to go."""
        updates = self.course.updates
        self.watcher.begun(
            Begun(
                parameters(self.model),
                len(self.feed),
                None if math.isinf(updates) else int(updates),
                self.settings.train.epochs or None,
                self.course.progress.update,
                fast.why_not(self.model),
            )
        )

    def loop(self) -> str:
        """Epoch after epoch, until there is a reason to end."""
        train, course, progress = self.settings.train, self.course, self.course.progress
        while not (why := course.over()):
            batches = self.feed.batches(progress.epoch)
            self.model.train()
            while progress.place < batches and not why:
                self.learn()
                progress.place += 1
                if course.due(train.valid_every, last=progress.place == batches):
                    self.write(self.ledger.validate)
                elif train.save_every and course.due(train.save_every, last=False):
                    self.write(self.ledger.save)
                if self.world.any(self.stop):
                    self.write(self.ledger.save)
                    raise Stopped
                why = course.over(within=True)
            if why:
                break
            progress.epoch += 1
            progress.place = 0
        return why

    def write(self, act: Callable[[], None]) -> None:
        """The chief validates and writes; the others take over where it stands then."""
        if self.world.chief:
            act()
        self.ledger.follow(self.world.told(self.ledger.state()))

    def learn(self) -> None:
        """One update: of the batch at hand."""
        progress, world = self.course.progress, self.world
        begun = time.perf_counter()
        world.stir(self.settings.train.seed, progress.update)
        own = self.read()
        total, nll, tokens = world.sum(float(own.objective.detach()), float(own.nll), own.tokens)
        progress.update += 1
        norm = None
        if math.isfinite(total):
            if own.tokens:
                torch.autograd.backward(own.objective / int(tokens))
            world.add(self.optimiser.parameters)
            norm = self.optimiser.update(self.course.pace())
        spent = world.sum(world.chief * (time.perf_counter() - begun))[0]  # all go by the chief's clock
        progress.seconds += spent
        if norm is None:
            self.skip(total)
            return
        progress.bad = 0
        self.tell(total, nll, int(tokens), norm, spent)

    def read(self) -> Loss:
        """What this process's share of the batch at hand costs."""
        progress, world = self.course.progress, self.world
        pairs = self.feed.batch(progress.epoch, progress.place, world.rows)
        if pairs is None:
            return Loss(torch.zeros(()), torch.zeros(()), 0)
        return self.cost.of(moved(pairs, self.model.device), self.course.part, self.course.pace())

    def tell(self, total: float, nll: float, tokens: int, norm: float, spent: float) -> None:
        """Add up an update, and report it."""
        progress = self.course.progress
        progress.nll += nll
        progress.said += tokens
        progress.tokens += tokens
        part = self.course.part
        # what is done of this process's share says how fast the rest will go
        self.shares.append((part, progress.seconds))
        first, then = self.shares[0]
        ahead = part - first
        left = (1 - part) * (progress.seconds - then) / ahead if ahead > 0 else None
        self.watcher.updated(
            Update(
                progress.update,
                progress.epoch,
                total / tokens,
                math.exp(min(nll / tokens, 700.0)),
                self.optimiser.rate(self.course.pace()),
                norm,
                tokens,
                tokens / spent,
                part,
                left,
            )
        )

    def skip(self, objective: float) -> None:
        """An update whose loss or gradient is not finite: counted, reported, not made."""
        progress = self.course.progress
        progress.skipped += 1
        progress.bad += 1
        what = "gradient" if math.isfinite(objective) else "loss"
        where = self.feed.where(progress.epoch, progress.place)
        self.watcher.note(f"update {progress.update} skipped: its {what} is not finite (first pair {where})")
        if progress.bad >= self.settings.train.bad_steps:
            raise InputError(
                f"{progress.bad} updates in a row had a loss or gradient that is not finite",
                setting="train.rate",
                advice="Lower train.rate or train.clip; the last checkpoint is unharmed.",
            )

    # -- small things --------------------------------------------------------------------------------

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask for a stop after the update at hand; a second one stops at once."""

        def ask(number: int, frame: FrameType | None) -> None:
            if self.stop:
                raise KeyboardInterrupt
            self.stop = True
            self.watcher.note("stopping after this update; the checkpoint is being written")

        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may hear signals
            return
        held = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in held.items():
                signal.signal(number, handler)
