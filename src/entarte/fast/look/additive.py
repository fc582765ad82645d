"""Additive and coverage attention, step by step."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.look.base import ScoredLook

aten = torch.ops.aten


class AdditiveLook(ScoredLook):
    """score = vᵀ tanh(W q + k). Inputs: values (B, S, D), keys (B, S, A), W (A, Q), v (1, A)."""

    def __init__(self, steps: int, inputs: tuple[Tensor, ...], mask: Tensor) -> None:
        values, self.keys, self.W, v = inputs[:4]
        super().__init__(steps, values, mask)
        self.v = v.squeeze(0)
        self.hidden = self.keys.new_empty(steps, *self.keys.shape)  # later its gradient
        self.h = self.hidden.unbind(0)
        self.room = torch.empty_like(self.keys)
        self.dv = torch.zeros_like(self.v)
        self.asked: list[Tensor] = []

    def score(self, t: int, query: Tensor) -> Tensor:
        asked = (query @ self.W.t()).unsqueeze(1)
        hidden = torch.add(self.keys, asked, out=self.h[t])
        self.place(t, hidden)
        scores = torch.mv(hidden.tanh_().flatten(0, 1), self.v)
        return scores.view(self.bias.shape).add_(self.bias)

    def place(self, t: int, hidden: Tensor) -> None:
        """Add what else the hidden layer reads."""

    def unscore(self, t: int, dscores: Tensor) -> Tensor:
        hidden = self.h[t]
        self.dv.addmv_(hidden.flatten(0, 1).t(), dscores.flatten())
        slope = torch.mul(dscores.transpose(1, 2), self.v, out=self.room)
        aten.tanh_backward.grad_input(slope, hidden, grad_input=hidden)
        asked = hidden.sum(1)
        self.asked.append(asked)
        return asked @ self.W

    def gradients(self) -> list[Tensor | None]:
        asked = torch.cat(self.asked[::-1])
        return [
            self.dvalues(),
            self.hidden.sum(0),
            asked.t() @ torch.cat(self.queries),
            self.dv.unsqueeze(0),
        ]


class CoverageLook(AdditiveLook):
    """score = vᵀ tanh(W q + k + C cov + b), cov = Σ of past weights.

    Further inputs: C (A, 1), b (A,), cov (B, S).
    """

    def __init__(self, steps: int, inputs: tuple[Tensor, ...], mask: Tensor) -> None:
        c, bias, cover = inputs[4:]
        super().__init__(steps, (inputs[0], inputs[1] + bias, *inputs[2:4]), mask)
        self.C = c.squeeze(1)
        self.dC = torch.zeros_like(self.C)
        self.cover = [cover]  # before each step
        self.dcover: Tensor | None = None

    def place(self, t: int, hidden: Tensor) -> None:
        hidden.addcmul_(self.cover[t].unsqueeze(2), self.C)

    def forward(self, t: int, query: Tensor) -> Tensor:
        context = super().forward(t, query)
        self.cover.append(self.cover[t] + self.w[t].squeeze(1))
        return context

    def back(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        if self.dcover is not None:  # of the cover after this step, which holds this step's weights
            more = self.dcover.unsqueeze(1)
            dweights = more if dweights is None else dweights + more
        return super().back(t, dcontext, dweights)

    def unscore(self, t: int, dscores: Tensor) -> Tensor:
        dquery = super().unscore(t, dscores)
        slope = self.h[t].flatten(0, 1)  # by now the gradient
        self.dC.addmv_(slope.t(), self.cover[t].flatten())
        dcover = torch.mv(slope, self.C).view_as(self.cover[t])
        self.dcover = dcover if self.dcover is None else self.dcover + dcover
        return dquery

    def gradients(self) -> list[Tensor | None]:
        found = super().gradients()
        assert found[1] is not None
        return [*found, self.dC.unsqueeze(1), found[1].sum((0, 1)), self.dcover]

    def state(self) -> Tensor:
        return self.cover[-1]
