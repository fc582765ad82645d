"""The readout's features inside the time loop: a step there, a step back.

A `Say` holds the equations of one readout; what depends on the word alone is one product for all steps.
"""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.drop import drop
from entarte.readout.attentional import Attentional
from entarte.readout.base import Moment, Readout
from entarte.readout.maxout import Maxout
from entarte.readout.plain import Plain

aten = torch.ops.aten
Back = tuple[Tensor | None, Tensor | None, Tensor | None]
"""Gradients of the state before the step, of that after it, and of the context; None: it is not read."""


class Say:
    """Features of all steps, (T, B, F), filled one by one.

    parameters  what features are differentiated by
    embedded    (T, B, E)
    width       F
    dropped     a mask for all features, or None
    """

    def __init__(
        self, parameters: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None
    ) -> None:
        self.parameters = parameters
        self.embedded = embedded
        self.features = embedded.new_empty(*embedded.shape[:2], width)
        self.f = self.features.unbind(0)
        self.kept = None if dropped is None else dropped.unbind(0)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        """before, top (B, W), context (B, C) → features (B, F)."""
        raise TypeError(f"{type(self).__name__} does not say")

    def backward(self, t: int, dfeatures: Tensor) -> Back:
        """dfeatures (B, F) is used up."""
        raise TypeError(f"{type(self).__name__} does not say")

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        """After the way back: the gradients of the parameters, and of `embedded`.

        before, tops (T, B, W), contexts (T, B, C), what was read
        """
        raise TypeError(f"{type(self).__name__} does not say")


class SayPlain(Say):
    """h."""

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        out = self.f[t]
        return out.copy_(top) if self.kept is None else torch.mul(top, self.kept[t], out=out)

    def backward(self, t: int, dfeatures: Tensor) -> Back:
        return None, dfeatures if self.kept is None else dfeatures.mul_(self.kept[t]), None

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        return [], None


class SayAttentional(Say):
    """tanh(W [c; h])."""

    def __init__(
        self,
        parameters: tuple[Tensor, ...],
        embedded: Tensor,
        width: int,
        dropped: Tensor | None,
        context: int,
    ) -> None:
        super().__init__(parameters, embedded, width, dropped)
        (self.W,) = parameters
        self.c = context
        self.parts = self.W[:, :context].t(), self.W[:, context:].t()
        self.bent = self.features if dropped is None else torch.empty_like(self.features)
        self.b = self.bent.unbind(0)
        self.slopes = torch.empty_like(self.features)
        self.s = self.slopes.unbind(0)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        bent = torch.mm(context, self.parts[0], out=self.b[t])
        bent.addmm_(top, self.parts[1]).tanh_()
        return bent if self.kept is None else torch.mul(bent, self.kept[t], out=self.f[t])

    def backward(self, t: int, dfeatures: Tensor) -> Back:
        if self.kept is not None:
            dfeatures.mul_(self.kept[t])
        slope = aten.tanh_backward.grad_input(dfeatures, self.b[t], grad_input=self.s[t])
        both = slope @ self.W
        return None, both[:, self.c :], both[:, : self.c]

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        slopes = self.slopes.flatten(0, 1).t()
        found = torch.empty_like(self.W)
        found[:, : self.c] = slopes @ contexts.flatten(0, 1)
        found[:, self.c :] = slopes @ tops.flatten(0, 1)
        return [found], None


class SayMaxout(Say):
    """max over pairs of U s + b + V y + C c, s the state before the step, or (late) after it."""

    def __init__(
        self, parameters: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None, late: bool
    ) -> None:
        super().__init__(parameters, embedded, width, dropped)
        self.late = late
        self.U, bias, self.V, self.C = parameters
        self.both = torch.addmm(bias, embedded.flatten(0, 1), self.V.t()).view(*embedded.shape[:2], -1)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        both = self.both[t].addmm_(top if self.late else before, self.U.t()).addmm_(context, self.C.t())
        features = torch.amax(pairs(both), -1, out=self.f[t])
        return features if self.kept is None else features.mul_(self.kept[t])

    def backward(self, t: int, dfeatures: Tensor) -> Back:
        if self.kept is not None:
            dfeatures.mul_(self.kept[t])
        slope = self.both[t]
        twos = pairs(slope)
        won = twos == twos.amax(-1, keepdim=True)
        share = won / won.sum(-1, keepdim=True)  # equals share the gradient evenly, as in amax
        twos.copy_(share.to(twos.dtype).mul_(dfeatures.unsqueeze(-1)))
        dstate, dcontext = slope @ self.U, slope @ self.C
        return (None, dstate, dcontext) if self.late else (dstate, None, dcontext)

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        slopes = self.both.flatten(0, 1)
        turned = slopes.t()
        found: list[Tensor | None] = [
            turned @ (tops if self.late else before).flatten(0, 1),
            slopes.sum(0),
            turned @ self.embedded.flatten(0, 1),
            turned @ contexts.flatten(0, 1),
        ]
        return found, (slopes @ self.V).view_as(self.embedded)


def features(readout: Readout, moment: Moment) -> Tensor:
    """The twin of `readout.features(moment)` outside the loop, under autograd, its mask drawn cheaply."""
    if type(readout) is Attentional:
        both = torch.cat([moment.context, moment.hidden], dim=-1)
        return drop(readout.dropout, torch.tanh(readout.W(both)))
    return readout.features(moment)


def pairs(both: Tensor) -> Tensor:
    """(B, 2 F) → (B, F, 2), a view."""
    return both.view(len(both), -1, 2)


def parameters(readout: Readout) -> list[Tensor] | None:
    """The parameters that features are differentiated by; None where no equations are known here."""
    if type(readout) is Plain:
        return []
    if type(readout) is Attentional:
        return [readout.W.weight]
    if type(readout) is Maxout:
        return [readout.U.weight, readout.U.bias, readout.V.weight, readout.C.weight]
    return None


def open_say(
    readout: Readout, inputs: tuple[Tensor, ...], embedded: Tensor, dropped: Tensor | None, context: int
) -> Say:
    """The equations of a readout for all steps. inputs: the numbers of `parameters`; context: C."""
    if type(readout) is Maxout:
        return SayMaxout(inputs, embedded, readout.width, dropped, readout.state == "current")
    if type(readout) is Attentional:
        return SayAttentional(inputs, embedded, readout.width, dropped, context)
    return SayPlain(inputs, embedded, readout.width, dropped)
