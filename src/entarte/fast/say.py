"""The readout's features inside the time loop: a step there, a step back.

`Say` holds the equations of one readout; what depends on the word alone is one product for all steps.
Every member has `inputs`, the parameters it is differentiated by; `dropped` is a mask for all steps, drawn
beforehand, or None.
"""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.readout.attentional import Attentional
from entarte.readout.base import Readout
from entarte.readout.maxout import Maxout
from entarte.readout.plain import Plain

aten = torch.ops.aten


class Say:
    """Features of all steps, (T, B, F), filled one by one.

    embedded (T, B, E); W width of the decoder's states, C of the context
    """

    def __init__(self, parameters: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None):
        self.parameters = parameters
        self.embedded = embedded
        self.dropped = dropped
        self.features = embedded.new_empty(*embedded.shape[:2], width)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        raise TypeError(f"{type(self).__name__} does not say")

    def backward(self, t: int, dfeatures: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """→ gradients of before, top and context; None where it is not read. dfeatures is used up."""
        raise TypeError(f"{type(self).__name__} does not say")

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        """After the way back: gradients of the parameters, and of embedded.

        before, tops (T, B, W), contexts (T, B, C), what was read
        """
        raise TypeError(f"{type(self).__name__} does not say")


class SayPlain(Say):
    """h."""

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        out = self.features[t]
        return out.copy_(top) if self.dropped is None else torch.mul(top, self.dropped[t], out=out)

    def backward(self, t: int, dfeatures: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        return None, dfeatures if self.dropped is None else dfeatures.mul_(self.dropped[t]), None

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        return [], None


class SayAttentional(Say):
    """tanh(W [c; h])."""

    def __init__(self, parameters: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None):
        super().__init__(parameters, embedded, width, dropped)
        self.bent = self.features if dropped is None else torch.empty_like(self.features)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        (weight,) = self.parameters
        c = context.size(1)
        bent = torch.mm(context, weight[:, :c].t(), out=self.bent[t])
        bent.addmm_(top, weight[:, c:].t()).tanh_()
        return bent if self.dropped is None else torch.mul(bent, self.dropped[t], out=self.features[t])

    def backward(self, t: int, dfeatures: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        (weight,) = self.parameters
        if self.dropped is not None:
            dfeatures.mul_(self.dropped[t])
        if t == self.features.size(0) - 1:
            self.slopes = torch.empty_like(self.bent)
        slope = aten.tanh_backward.grad_input(dfeatures, self.bent[t], grad_input=self.slopes[t])
        both = slope @ weight
        c = weight.size(1) - self.tops
        return None, both[:, c:], both[:, :c]

    tops = 0
    """W, set by the loop."""

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        (weight,) = self.parameters
        c = weight.size(1) - self.tops
        slopes = self.slopes.flatten(0, 1).t()
        found = torch.empty_like(weight)
        found[:, :c] = slopes @ contexts.flatten(0, 1)
        found[:, c:] = slopes @ tops.flatten(0, 1)
        return [found], None


class SayMaxout(Say):
    """max over pairs of U s + b + V y + C c, s the state before the step or after it."""

    late = False
    """Whether s is the state after the step."""

    def __init__(self, parameters: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None):
        super().__init__(parameters, embedded, width, dropped)
        _, bias, v, _ = parameters
        self.both = torch.addmm(bias, embedded.flatten(0, 1), v.t()).view(*embedded.shape[:2], -1)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        u, _, _, c = self.parameters
        both = self.both[t].addmm_(top if self.late else before, u.t()).addmm_(context, c.t())
        features = torch.amax(pairs(both), -1, out=self.features[t])
        return features if self.dropped is None else features.mul_(self.dropped[t])

    def backward(self, t: int, dfeatures: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        u, _, _, c = self.parameters
        if self.dropped is not None:
            dfeatures.mul_(self.dropped[t])
        twos = pairs(self.both[t])
        # amax shares its gradient evenly between equals
        won = twos == twos.amax(-1, keepdim=True)
        share = won / won.sum(-1, keepdim=True)
        twos.copy_(share.to(twos.dtype).mul_(dfeatures.unsqueeze(-1)))
        slope = self.both[t]
        dstate, dcontext = slope @ u, slope @ c
        return (None, dstate, dcontext) if self.late else (dstate, None, dcontext)

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        _, _, v, _ = self.parameters
        slopes = self.both.flatten(0, 1)
        states = tops if self.late else before
        found: list[Tensor | None] = [
            slopes.t() @ states.flatten(0, 1),
            slopes.sum(0),
            slopes.t() @ self.embedded.flatten(0, 1),
            slopes.t() @ contexts.flatten(0, 1),
        ]
        return found, (slopes @ v).view_as(self.embedded)


def pairs(both: Tensor) -> Tensor:
    """(B, 2 F) → (B, F, 2), a view."""
    return both.view(both.size(0), -1, 2)


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
    readout: Readout, inputs: tuple[Tensor, ...], embedded: Tensor, width: int, dropped: Tensor | None
) -> Say:
    """The equations of a readout for all steps. width: W of the decoder."""
    if type(readout) is Maxout:
        maxout = SayMaxout(inputs, embedded, readout.width, dropped)
        maxout.late = readout.state == "current"
        return maxout
    if type(readout) is Attentional:
        attentional = SayAttentional(inputs, embedded, readout.width, dropped)
        attentional.tops = width
        return attentional
    return SayPlain(inputs, embedded, readout.width, dropped)
