"""What a batch costs in training: the loss of the target, and what the settings ask for beside it."""

from __future__ import annotations

from torch import Tensor

from entarte import fast
from entarte.batch import Batch
from entarte.decoder.base import Unrolled
from entarte.loss import Loss, coverage, ctc, doubly_stochastic, guided
from entarte.model import Model
from entarte.optimise import Pace
from entarte.settings import Settings


class Cost:
    """The objective of a training.

    settings  `[loss]` says its terms; `[train]` the scheduled sampling and the precision
    """

    def __init__(self, settings: Settings, model: Model) -> None:
        self.settings = settings.loss
        self.sampling = settings.train.scheduled_sampling
        self.products = fast.fitting(settings.train.precision, model.device)
        self.model = model

    def of(self, pairs: Batch, part: float, pace: Pace) -> Loss:
        """Sums over the tokens of the pairs.

        part  of the training that is done, which scheduled sampling grows with
        """
        settings = self.settings
        read, passes = (pairs.twice(), 2) if settings.agreement else (pairs, 1)
        unrolled = self.unroll(read, self.sampling * part)
        loss = self.said(unrolled, read, pairs.target.outputs[pairs.target.mask])
        objective = loss.objective
        if read.guide is not None:
            looks = unrolled.weights[:, self.model.decoder.lead]
            astray = guided(looks, read.guide, settings.guided_shift, settings.guided_spread)
            objective = objective + settings.guided * settings.guided_decay**pace.epoch / passes * astray
        if settings.coverage and pace.progress >= settings.coverage_start:
            again = coverage(self.model.lead(unrolled.weights), read.target.mask)
            objective = objective + settings.coverage / passes * again
        if settings.doubly_stochastic:
            looks = self.model.lead(unrolled.weights)
            uneven = doubly_stochastic(looks, read.source.mask, read.target.mask)
            objective = objective + settings.doubly_stochastic / passes * uneven
        if settings.ctc:
            heard = self.heard(unrolled, read)
            objective = (1 - settings.ctc) * objective + settings.ctc / passes * heard
        return loss._replace(objective=objective)

    def unroll(self, read: Batch, sampling: float) -> Unrolled:
        """The model over the target; at a share of the steps over what it says itself."""
        if sampling:
            return self.model.unroll_sampled(read.source, read.target, sampling)
        return fast.model_unroll(self.model, read.source, read.target, self.products)

    def said(self, unrolled: Unrolled, read: Batch, outputs: Tensor) -> Loss:
        """Of what was read, which is every pair twice where two passes are to agree; outputs (N,)."""
        readout, smoothing = self.model.readout, self.settings.label_smoothing
        if not self.settings.agreement:
            return fast.forced(self.model, unrolled, read.source, read.target, smoothing, self.products)
        return fast.agree(
            unrolled.features[read.target.mask].view(2, *outputs.shape, -1),
            readout.weight,
            readout.bias,
            outputs,
            smoothing,
            self.settings.agreement,
            products=self.products,
        )

    def heard(self, unrolled: Unrolled, read: Batch) -> Tensor:
        """The loss of what the memory says by itself."""
        memory, branch = unrolled.memory, self.model.ctc
        assert memory is not None
        assert branch is not None
        return ctc(branch(memory.values), memory.mask, read.target)
