"""What a training writes down: marks, the best weights, and checkpoints to go on from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from entarte import device
from entarte.course import Course, Progress
from entarte.errors import InputError
from entarte.metric import higher_is_better
from entarte.model import Model, set_weights, weights
from entarte.optimise import Optimiser
from entarte.run import Run
from entarte.settings import Train
from entarte.validate import Examiner, Marks
from entarte.watch import Validation, Watcher


class Ledger:
    """The books of one training.

    digest    of the training pairs: a resumed training must have the same
    course    where the training stands
    examiner  what validates
    run       the folder that everything is written to
    """

    def __init__(
        self,
        train: Train,
        model: Model,
        optimiser: Optimiser,
        course: Course,
        digest: str,
        examiner: Examiner,
        run: Run,
        watcher: Watcher,
    ) -> None:
        self.train = train
        self.model = model
        self.optimiser = optimiser
        self.course = course
        self.digest = digest
        self.examiner = examiner
        self.run = run
        self.watcher = watcher

    def value(self, marks: Marks) -> float:
        """The metric that chooses the best model, turned so that higher is better."""
        if self.train.metric == "perplexity":
            return -marks.perplexity
        value = marks.scores[self.train.metric]  # settings refuse it without sentences to decode
        return value if higher_is_better(self.train.metric) else -value

    @property
    def best(self) -> float:
        """The metric's own best value; not a number before the first validation."""
        best = self.course.progress.best
        if best is None:
            return math.nan
        return best if higher_is_better(self.train.metric) else -best

    def validate(self) -> None:
        """Mark the model, log it, keep it if it is the best, save a checkpoint."""
        train, progress = self.train, self.course.progress
        self.optimiser.swap()
        marks = self.examiner.examine()
        value = self.value(marks)
        best = progress.best is None or value > progress.best
        if best:
            progress.best, progress.best_update, progress.waited = value, progress.update, 0
            self.run.put_model(weights(self.model))
        else:
            progress.waited += 1
        if train.average:
            self.run.put_recent(progress.update, weights(self.model), train.average)
        self.optimiser.swap()
        if train.schedule == "plateau" and self.optimiser.plateau.watch(best, train.decay_every):
            self.watcher.note(f"the rate is lowered to {self.optimiser.rate(self.course.pace()):g}")
        report = Validation(
            progress.update,
            round(self.course.epoch, 3),
            round(progress.seconds, 2),
            progress.tokens,
            math.exp(min(progress.nll / max(progress.said, 1), 700.0)),
            marks.perplexity,
            marks.scores.get("bleu"),
            marks.aer,
            self.optimiser.rate(self.course.pace()),
            round(progress.tokens / max(progress.seconds, 1e-9), 1),
            best,
            {name: value for name, value in marks.scores.items() if name != "bleu"},
        )
        progress.nll, progress.said = 0.0, 0
        self.run.log({"kind": "validation", **report.plain()})
        self.save()
        self.watcher.validated(report)

    def finish(self) -> None:
        """Mark what was learned since the last validation; try the average of the last weights."""
        train, progress = self.train, self.course.progress
        if progress.said:
            self.validate()
        if train.average > 1 and (recent := self.run.recent()):
            held = {name: tensor.clone() for name, tensor in weights(self.model).items()}
            set_weights(self.model, mean([self.run.recent_weights(update) for update in recent]))
            marks = self.examiner.examine()
            value = self.value(marks)
            better = progress.best is None or value > progress.best
            if better:
                progress.best, progress.best_update = value, progress.update
                self.run.put_model(weights(self.model))
            set_weights(self.model, held)
            verdict = "better, and kept" if better else "no better, and left"
            self.watcher.note(
                f"average of the weights of updates {', '.join(map(str, recent))}: "
                f"perplexity {marks.perplexity:.3f}, {measured(marks)}{verdict}"
            )
            self.run.log({"kind": "average", "updates": recent, **marks._asdict(), "best": better})
        progress.finished = True
        self.save()

    def state(self) -> dict[str, Any]:
        """Where the training stands, as plain values."""
        return {"progress": asdict(self.course.progress), "optimiser": self.optimiser.numbers()}

    def follow(self, state: Mapping[str, Any]) -> None:
        """Stand where the state says."""
        vars(self.course.progress).update(state["progress"])
        self.optimiser.restore({}, state["optimiser"])

    def save(self) -> None:
        """Write a checkpoint: everything that the next update depends on."""
        groups = {
            "model": weights(self.model),
            "optimiser": self.optimiser.tensors(),
            "chance": device.chance(self.model.device),
        }
        state = {
            **self.state(),
            "corpus": self.digest,
            "held_out": self.examiner.corpus.digest,
        }
        self.run.save_checkpoint(self.course.progress.update, groups, state)
        self.run.prune(self.train.keep)

    def resume(self, chief: bool = True) -> None:
        """Go on from the last checkpoint; only the chief forgets in the folder what was written after it.

        Raises InputError where the data are not what they were.
        """
        checkpoint = self.run.latest_checkpoint()
        if checkpoint is None:
            return
        state = checkpoint.state()
        for key, digest, name in (
            ("corpus", self.digest, "data.train"),
            ("held_out", self.examiner.corpus.digest, "data.valid"),
        ):
            if state[key] != digest:
                raise InputError(
                    "the pairs are not those that this training began with",
                    setting=name,
                    advice="Bring back the old files, or begin a new run in another folder.",
                )
        if chief:
            self.run.rewind(checkpoint)
        self.course.progress = Progress(**state["progress"])
        set_weights(self.model, checkpoint.tensors("model"))
        self.optimiser.restore(checkpoint.tensors("optimiser"), state["optimiser"])
        device.set_chance(self.model.device, checkpoint.tensors("chance"))


def measured(marks: Marks) -> str:
    """What greedy decodings came to, in words.

    >>> measured(Marks(1.5, {"bleu": 27.5}, None)), measured(Marks(1.5, {}, None))
    ('bleu 27.50: ', '')
    """
    return "".join(f"{name} {value:.2f}: " for name, value in marks.scores.items())


def mean(weights: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several sets of weights."""
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]}
