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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import FrameType

import torch
from torch import Tensor

from entarte import fast, order
from entarte.corpus import Corpus, Resampled
from entarte.errors import InputError
from entarte.loss import Loss
from entarte.model import Model, parameters, set_weights, weights
from entarte.optimise import Optimiser, Pace
from entarte.run import Run
from entarte.settings import Settings
from entarte.validate import Examiner
from entarte.watch import Begun, Ended, Update, Validation, Watcher


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


class Stopped(Exception):
    """A signal asked the training to stop; the checkpoint is written."""


class Trainer:
    """One training.

    model     fresh, or as it was left
    corpus    training pairs
    examiner  what validates
    run       the folder that everything is written to
    """

    def __init__(
        self,
        settings: Settings,
        model: Model,
        corpus: Corpus,
        resampled: Resampled | None,
        examiner: Examiner,
        run: Run,
        watcher: Watcher,
    ) -> None:
        self.settings = settings
        self.model = model
        self.corpus = corpus
        self.resampled = resampled
        self.examiner = examiner
        self.run = run
        self.watcher = watcher
        self.optimiser = Optimiser(model, settings.train)
        self.progress = Progress()
        self.lengths = corpus.lengths()
        self.epoch_batches = len(self.plan(0))
        self.shares: deque[tuple[float, float]] = deque(maxlen=200)
        self.stop = False

    # -- the loop ----------------------------------------------------------------------------------

    def train(self) -> Ended:
        """Train to the end. Raises Stopped where a signal came first; the checkpoint is then written."""
        updates = self.updates()
        self.watcher.begun(
            Begun(
                parameters(self.model),
                len(self.corpus),
                None if math.isinf(updates) else int(updates),
                self.settings.train.epochs or None,
                self.progress.update,
                fast.why_not(self.model),
            )
        )
        if self.progress.finished:
            why = "it was finished already"
        else:
            with self.signals():
                why = self.loop()
            self.finish()
        progress = self.progress
        ended = Ended(
            why,
            progress.update,
            progress.best_update,
            self.worth(progress.best) if progress.best is not None else math.nan,
            self.settings.train.metric,
            progress.seconds,
            progress.skipped,
        )
        self.watcher.ended(ended)
        return ended

    def loop(self) -> str:
        """Epoch after epoch, until there is a reason to end."""
        progress = self.progress
        while True:
            if why := self.over():
                return why
            plan = self.plan(progress.epoch)
            self.model.train()
            while progress.place < len(plan):
                self.learn(plan[progress.place])
                progress.place += 1
                last = progress.place == len(plan)
                every = self.settings.train.valid_every
                why = self.over(within=True)
                if (progress.update % every == 0) if every else last:
                    self.validate()
                    why = why or self.over(within=True)
                elif self.settings.train.save_every and progress.update % self.settings.train.save_every == 0:
                    self.save()
                if self.stop:
                    self.save()
                    raise Stopped
                if why:
                    return why
            progress.epoch += 1
            progress.place = 0

    def over(self, within: bool = False) -> str:
        """Why the training is over, or nothing. `within` an epoch its end is not yet looked at."""
        train, progress = self.settings.train, self.progress
        if train.epochs and progress.epoch >= train.epochs and not within:
            return f"{many(train.epochs, 'epoch')} done"
        if train.updates and progress.update >= train.updates:
            return f"{many(train.updates, 'update')} done"
        if train.minutes and progress.seconds >= 60 * train.minutes:
            return f"{train.minutes:g} minutes are over"
        if train.patience and progress.waited >= train.patience:
            return f"{progress.waited} validations brought no improvement"
        return ""

    def learn(self, numbers: list[int]) -> None:
        """One update."""
        settings, progress = self.settings, self.progress
        begun = time.perf_counter()
        pairs = (
            self.resampled.batch(numbers, progress.epoch, progress.place)
            if self.resampled
            else self.corpus.batch(numbers)
        )
        sampling = settings.train.scheduled_sampling * self.part()
        if sampling:
            features = self.model.unroll_sampled(pairs.source, pairs.target, sampling).features
        else:
            features = fast.model_unroll(self.model, pairs.source, pairs.target).features
        real = pairs.target.mask
        readout = self.model.readout
        loss = fast.cross_entropy(
            features[real],
            readout.weight,
            readout.bias,
            pairs.target.outputs[real],
            settings.loss.label_smoothing,
        )
        objective = loss.objective / loss.tokens
        progress.update += 1
        norm = None
        if bool(torch.isfinite(objective)):
            torch.autograd.backward(objective)
            norm = self.optimiser.update(self.pace())
        spent = time.perf_counter() - begun
        progress.seconds += spent
        if norm is None:
            self.skip(numbers, float(objective.detach()))
            return
        progress.bad = 0
        self.tell(loss, norm, spent)

    def tell(self, loss: Loss, norm: float, spent: float) -> None:
        """Add up an update, and report it."""
        progress = self.progress
        nll = float(loss.nll)
        progress.nll += nll
        progress.said += loss.tokens
        progress.tokens += loss.tokens
        part = self.part()
        # what is done of this process's share says how fast the rest will go
        self.shares.append((part, progress.seconds))
        first, then = self.shares[0]
        ahead = part - first
        left = (1 - part) * (progress.seconds - then) / ahead if ahead > 0 else None
        self.watcher.updated(
            Update(
                progress.update,
                progress.epoch,
                float(loss.objective.detach()) / loss.tokens,
                math.exp(min(nll / loss.tokens, 700.0)),
                self.optimiser.rate(self.pace()),
                norm,
                loss.tokens,
                loss.tokens / spent,
                part,
                left,
            )
        )

    def skip(self, numbers: list[int], objective: float) -> None:
        """An update whose loss or gradient is not finite: counted, reported, not made."""
        progress = self.progress
        progress.skipped += 1
        progress.bad += 1
        what = "gradient" if math.isfinite(objective) else "loss"
        where = self.corpus.examples[numbers[0]].where
        self.watcher.note(f"update {progress.update} skipped: its {what} is not finite (first pair {where})")
        if progress.bad >= self.settings.train.bad_steps:
            raise InputError(
                f"{progress.bad} updates in a row had a loss or gradient that is not finite",
                setting="train.rate",
                advice="Lower train.rate or train.clip; the last checkpoint is unharmed.",
            )

    # -- validation and checkpoints ------------------------------------------------------------------

    def validate(self) -> None:
        """Mark the model, log it, keep it if it is the best, save a checkpoint."""
        train, progress = self.settings.train, self.progress
        self.optimiser.swap()
        marks = self.examiner.examine()
        value = -marks.perplexity if train.metric == "perplexity" else marks.bleu
        assert value is not None, "settings refuse metric 'bleu' without sentences to decode"
        best = progress.best is None or value > progress.best
        if best:
            progress.best, progress.best_update, progress.waited = value, progress.update, 0
            self.run.put_model(self.weights())
        else:
            progress.waited += 1
        if train.average:
            self.run.put_recent(progress.update, self.weights(), train.average)
        self.optimiser.swap()
        if train.schedule == "plateau" and self.optimiser.plateau.watch(best, train.decay_every):
            self.watcher.note(f"the rate is lowered to {self.optimiser.rate(self.pace()):g}")
        report = Validation(
            progress.update,
            round(progress.epoch + progress.place / self.epoch_batches, 3),
            round(progress.seconds, 2),
            progress.tokens,
            math.exp(min(progress.nll / max(progress.said, 1), 700.0)),
            marks.perplexity,
            marks.bleu,
            marks.aer,
            self.optimiser.rate(self.pace()),
            round(progress.tokens / max(progress.seconds, 1e-9), 1),
            best,
        )
        progress.nll, progress.said = 0.0, 0
        self.run.log({"kind": "validation", **report.plain()})
        self.save()
        self.watcher.validated(report)

    def finish(self) -> None:
        """Mark what was learned since the last validation; try the average of the last weights."""
        train, progress = self.settings.train, self.progress
        if progress.said:
            self.validate()
        if train.average > 1 and (recent := self.run.recent()):
            held = {name: tensor.clone() for name, tensor in self.weights().items()}
            set_weights(self.model, mean([self.run.recent_weights(update) for update in recent]))
            marks = self.examiner.examine()
            value = -marks.perplexity if train.metric == "perplexity" else marks.bleu
            better = progress.best is None or (value is not None and value > progress.best)
            if better:
                progress.best, progress.best_update = value, progress.update
                self.run.put_model(self.weights())
            set_weights(self.model, held)
            verdict = "better, and kept" if better else "no better, and left"
            self.watcher.note(
                f"average of the weights of updates {', '.join(map(str, recent))}: "
                f"perplexity {marks.perplexity:.3f}, BLEU {marks.bleu or 0:.2f}: {verdict}"
            )
            self.run.log({"kind": "average", "updates": recent, **marks._asdict(), "best": better})
        progress.finished = True
        self.save()

    def save(self) -> None:
        """Write a checkpoint: everything that the next update depends on."""
        groups = {
            "model": self.weights(),
            "optimiser": self.optimiser.tensors(),
            "chance": {"torch": torch.get_rng_state()},
        }
        state = {
            "progress": asdict(self.progress),
            "optimiser": self.optimiser.numbers(),
            "corpus": self.corpus.digest,
            "held_out": self.examiner.corpus.digest,
        }
        self.run.save_checkpoint(self.progress.update, groups, state)
        self.run.prune(self.settings.train.keep)

    def resume(self) -> None:
        """Go on from the last checkpoint. Raises InputError where the data are not what they were."""
        checkpoint = self.run.latest_checkpoint()
        if checkpoint is None:
            return
        state = checkpoint.state()
        for key, digest, name in (
            ("corpus", self.corpus.digest, "data.train"),
            ("held_out", self.examiner.corpus.digest, "data.valid"),
        ):
            if state[key] != digest:
                raise InputError(
                    "the pairs are not those that this training began with",
                    setting=name,
                    advice="Bring back the old files, or begin a new run in another folder.",
                )
        self.run.rewind(checkpoint)
        self.progress = Progress(**state["progress"])
        set_weights(self.model, checkpoint.tensors("model"))
        self.optimiser.restore(checkpoint.tensors("optimiser"), state["optimiser"])
        torch.set_rng_state(checkpoint.tensors("chance")["torch"])

    # -- small things --------------------------------------------------------------------------------

    def plan(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch."""
        train = self.settings.train
        return order.batches(*self.lengths, train.batch_tokens, train.seed, epoch)

    def updates(self) -> float:
        """How many updates the training has in all; infinity where time or patience alone ends it."""
        train = self.settings.train
        by_epochs = train.epochs * self.epoch_batches if train.epochs else math.inf
        return min(by_epochs, train.updates or math.inf)

    def part(self) -> float:
        """How much of the training is done, from 0 to 1."""
        train, progress = self.settings.train, self.progress
        done = progress.update / self.updates()
        if train.minutes:
            done = max(done, progress.seconds / (60 * train.minutes))
        return min(done, 1.0)

    def pace(self) -> Pace:
        return Pace(self.progress.update, self.progress.epoch, self.part())

    def weights(self) -> dict[str, Tensor]:
        return weights(self.model)

    def worth(self, value: float) -> float:
        """The metric's own value: perplexity is kept negative, so that higher is better."""
        return -value if self.settings.train.metric == "perplexity" else value

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


def many(count: int, thing: str) -> str:
    """A number of things, in words.

    >>> many(1, "epoch"), many(2, "epoch")
    ('1 epoch is', '2 epochs are')
    """
    return f"{count} {thing} is" if count == 1 else f"{count} {thing}s are"


def mean(weights: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several sets of weights."""
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]}
