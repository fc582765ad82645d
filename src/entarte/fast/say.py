"""The readout's features inside the time loop: a step there, a step back.

A `Say` holds the equations of one readout; what depends on the word alone is one product for all steps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.fast.drop import drop
from entarte.fast.products import Products
from entarte.fast.sums import sum_of
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
    products    how operands are multiplied
    """

    def __init__(
        self,
        parameters: tuple[Tensor, ...],
        embedded: Tensor,
        width: int,
        dropped: Tensor | None,
        products: Products,
    ) -> None:
        self.parameters = parameters
        self.embedded = embedded
        self.products = products
        self.features = embedded.new_empty(*embedded.shape[:2], width)
        self.f = self.features.unbind(0)
        self.kept = None if dropped is None else dropped.unbind(0)

    multiplies = True
    """Whether the state after the step is read by products alone, so that it may come as an operand."""

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        """before, top (B, W), context (B, C) → features (B, F), or what products read of them."""
        raise TypeError(f"{type(self).__name__} does not say")

    def backward(self, t: int, dsaid: Tensor | None, dfed: Tensor | None) -> Back:
        """The gradients of the features, (B, F), by the loss and by the next step, which is used up; None:
        it does not read them."""
        slope = sum_of(dfed, dsaid)
        if slope is None:
            slope = torch.zeros_like(self.f[t])
        return self.back(t, slope.clone() if slope is dsaid else slope)

    def back(self, t: int, dfeatures: Tensor) -> Back:
        """dfeatures (B, F), all of the gradient, is used up."""
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

    multiplies = False

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        out = self.f[t]
        return out.copy_(top) if self.kept is None else torch.mul(top, self.kept[t], out=out)

    def back(self, t: int, dfeatures: Tensor) -> Back:
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
        products: Products,
        context: int,
    ) -> None:
        super().__init__(parameters, embedded, width, dropped, products)
        self.W = products.cast(parameters[0])
        self.c = context
        self.parts = products.dense(self.W[:, :context]).t(), products.dense(self.W[:, context:]).t()
        self.bent = self.features if dropped is None else torch.empty_like(self.features)
        self.b = self.bent.unbind(0)
        self.slopes = torch.empty_like(self.features)
        self.s = self.slopes.unbind(0)
        self.asked = products.room(self.slopes)  # the gradients as operands
        self.a = self.asked.unbind(0)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        bent = self.products.write(self.b[t], context, self.parts[0])
        self.products.add(bent, top, self.parts[1]).tanh_()
        return bent if self.kept is None else torch.mul(bent, self.kept[t], out=self.f[t])

    def back(self, t: int, dfeatures: Tensor) -> Back:
        if self.kept is not None:
            dfeatures.mul_(self.kept[t])
        slope = aten.tanh_backward.grad_input(dfeatures, self.b[t], grad_input=self.s[t])
        both = self.products.mm(slope if self.asked is self.slopes else self.a[t].copy_(slope), self.W)
        return None, both[:, self.c :], both[:, : self.c]

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        slopes = self.asked.flatten(0, 1).t()
        found = torch.empty_like(self.parameters[0])
        self.products.write(found[:, : self.c], slopes, contexts.flatten(0, 1))
        self.products.write(found[:, self.c :], slopes, tops.flatten(0, 1))
        return [found], None


class SayMaxout(Say):
    """max over pairs of U s + b + V y + C c, s the state before the step, or (late) after it."""

    def __init__(
        self,
        parameters: tuple[Tensor, ...],
        embedded: Tensor,
        width: int,
        dropped: Tensor | None,
        products: Products,
        late: bool,
    ) -> None:
        super().__init__(parameters, embedded, width, dropped, products)
        self.late = late
        bias = parameters[1]
        self.U, self.V, self.C = (products.cast(parameters[number]) for number in (0, 2, 3))
        self.both = products.affine(bias, embedded.flatten(0, 1), self.V.t()).view(*embedded.shape[:2], -1)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        both = self.products.add(self.both[t], top if self.late else before, self.U.t())
        self.products.add(both, context, self.C.t())
        features = torch.amax(pairs(both), -1, out=self.f[t])
        return features if self.kept is None else features.mul_(self.kept[t])

    def back(self, t: int, dfeatures: Tensor) -> Back:
        if self.kept is not None:
            dfeatures.mul_(self.kept[t])
        slope = self.both[t]
        twos = pairs(slope)
        won = twos == twos.amax(-1, keepdim=True)
        share = won / won.sum(-1, keepdim=True)  # equals share the gradient evenly, as in amax
        twos.copy_(share.to(twos.dtype).mul_(dfeatures.unsqueeze(-1)))
        narrow = self.products.cast(slope)
        dstate, dcontext = self.products.mm(narrow, self.U), self.products.mm(narrow, self.C)
        return (None, dstate, dcontext) if self.late else (dstate, None, dcontext)

    def gradients(
        self, before: Tensor, tops: Tensor, contexts: Tensor
    ) -> tuple[list[Tensor | None], Tensor | None]:
        products, wide = self.products, self.both.flatten(0, 1)
        slopes = products.cast(wide)
        turned = slopes.t()
        found: list[Tensor | None] = [
            products.mm(turned, (tops if self.late else before).flatten(0, 1)),
            wide.sum(0),
            products.mm(turned, self.embedded.flatten(0, 1)),
            products.mm(turned, contexts.flatten(0, 1)),
        ]
        return found, products.mm(slopes, self.V).view_as(self.embedded)


def features(readout: Readout, moment: Moment, products: Products) -> Tensor:
    """The twin of `readout.features(moment)` outside the loop, under autograd, its mask drawn cheaply."""
    if type(readout) is Attentional:
        both = torch.cat([moment.context, moment.hidden], dim=-1)
        return drop(readout.dropout, torch.tanh(products.linear(readout.W, both)))
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
    if type(readout) is Maxout and isinstance(readout.C, nn.Linear):
        return [readout.U.weight, readout.U.bias, readout.V.weight, readout.C.weight]
    return None


def open_say(
    readout: Readout,
    inputs: tuple[Tensor, ...],
    embedded: Tensor,
    dropped: Tensor | None,
    products: Products,
    context: int,
    attentional: type[SayAttentional] = SayAttentional,
) -> Say:
    """The equations of a readout for all steps. inputs: the numbers of `parameters`; context: C;
    attentional: what makes the attentional vector."""
    if type(readout) is Maxout:
        return SayMaxout(inputs, embedded, readout.width, dropped, products, readout.state == "current")
    if type(readout) is Attentional:
        return attentional(inputs, embedded, readout.width, dropped, products, context)
    return SayPlain(inputs, embedded, readout.width, dropped, products)
