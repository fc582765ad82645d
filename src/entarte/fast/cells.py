"""The equations of the cells, forwards and backwards by hand, in place.

A `Track` is one layer on its way through time. It holds what the way back needs: the states of all
steps and the gates, which the way back replaces by their gradients, so that each gradient of a weight
is one product over all steps at the end. Nothing here is seen by autograd.

Letters: T steps, B rows, W width of the layer, G = gates · W.
"""

from __future__ import annotations

import torch
from torch import Tensor

aten = torch.ops.aten


class Track:
    """One layer over T steps. Slot t of `h` is the state before step t, slot t + 1 the state after it.

    gates  (T, B, G), what the layer reads at each step beside its own state: W_ih x + b. It is used up.
    start  each part of the first state, (B, W)
    weight_hh (G, W), bias_hh (G,)
    """

    count = 1
    parts = 1
    inner = False
    """Whether bias_hh stays inside a gate (GRU), so that it cannot be added to `gates` beforehand."""

    def __init__(self, gates: Tensor, start: tuple[Tensor, ...], weight_hh: Tensor, bias_hh: Tensor) -> None:
        steps, rows, _ = gates.shape
        self.width = weight_hh.size(1)
        self.gates = gates
        self.weight_hh = weight_hh
        self.bias_hh = bias_hh
        self.h = gates.new_empty(steps + 1, rows, self.width)
        self.h[0] = start[0]
        self.prepare(start)

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        """Make room for what else this cell remembers."""

    def state(self, t: int) -> tuple[Tensor, ...]:
        """The parts of the state before step t, each (B, W)."""
        return (self.h[t],)

    def forward(self, t: int) -> Tensor:
        """Take step t; its output, (B, W)."""
        raise TypeError(f"{type(self).__name__} has no equations")

    def hold(self, t: int, real: Tensor) -> None:
        """After step t: a row that is padding goes back to a state of zeros. real (B, 1) of 0 and 1."""
        self.h[t + 1].mul_(real)

    def backward(self, t: int, dh: Tensor, dparts: list[Tensor]) -> Tensor:
        """Step t backwards: gates[t] becomes its gradient.

        dh      (B, W), all of the gradient of h after the step
        dparts  the other parts of the state after the step; replaced by those before it

        Returns the gradient of h before the step.
        """
        raise TypeError(f"{type(self).__name__} has no equations")

    def inward(self) -> Tensor:
        """After the way back: the gradient of W_hh h + b_hh, (T, B, G)."""
        return self.gates

    def weights(self) -> tuple[Tensor, Tensor]:
        """After the way back: the gradients of weight_hh and bias_hh."""
        inward = self.inward().flatten(0, 1)
        return inward.t() @ self.h[:-1].flatten(0, 1), inward.sum(0)


class Plain(Track):
    """h' = tanh(gates + W h)."""

    def forward(self, t: int) -> Tensor:
        h = self.h[t + 1]
        torch.addmm(self.gates[t], self.h[t], self.weight_hh.t(), out=h)
        return h.tanh_()

    def backward(self, t: int, dh: Tensor, dparts: list[Tensor]) -> Tensor:
        gates = self.gates[t]
        aten.tanh_backward.grad_input(dh, self.h[t + 1], grad_input=gates)
        return gates @ self.weight_hh


class LSTM(Track):
    """i, f, o = σ(…), g = tanh(…), c' = f c + i g, h' = o tanh(c') (Hochreiter and Schmidhuber 1997)."""

    count = 4
    parts = 2

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        self.c = torch.empty_like(self.h)
        self.c[0] = start[1]
        self.bent = torch.empty_like(self.h[1:])  # tanh(c')

    def state(self, t: int) -> tuple[Tensor, ...]:
        return self.h[t], self.c[t]

    def forward(self, t: int) -> Tensor:
        w = self.width
        gates = self.gates[t].addmm_(self.h[t], self.weight_hh.t())
        gates[:, : 2 * w].sigmoid_()
        gates[:, 3 * w :].sigmoid_()
        i, f, g, o = gates.chunk(4, 1)
        g.tanh_()
        c = torch.mul(f, self.c[t], out=self.c[t + 1]).addcmul_(i, g)
        return torch.mul(o, torch.tanh(c, out=self.bent[t]), out=self.h[t + 1])

    def hold(self, t: int, real: Tensor) -> None:
        self.h[t + 1].mul_(real)
        self.c[t + 1].mul_(real)

    def backward(self, t: int, dh: Tensor, dparts: list[Tensor]) -> Tensor:
        gates, bent, dc = self.gates[t], self.bent[t], dparts[0]
        i, f, g, o = gates.chunk(4, 1)
        held = dh * o
        dc += aten.tanh_backward.grad_input(held, bent, grad_input=held)
        aten.sigmoid_backward.grad_input(bent.mul_(dh), o, grad_input=o)
        dparts[0] = dc * f
        torch.mul(dc, self.c[t], out=held)
        aten.sigmoid_backward.grad_input(held, f, grad_input=f)
        torch.mul(dc, i, out=held)
        dc.mul_(g)
        aten.tanh_backward.grad_input(held, g, grad_input=g)
        aten.sigmoid_backward.grad_input(dc, i, grad_input=i)
        return gates @ self.weight_hh


class GRU(Track):
    """r, z = σ(…), n = tanh(W x + r (W h + b)), h' = (1 − z) n + z h (Cho et al. 2014, torch's form)."""

    count = 3
    inner = True

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        self.own = torch.empty_like(self.gates)  # W_hh h + b_hh; on the way back its gradient

    def forward(self, t: int) -> Tensor:
        w = self.width
        gates, own, h = self.gates[t], self.own[t], self.h[t]
        torch.addmm(self.bias_hh, h, self.weight_hh.t(), out=own)
        gates[:, : 2 * w].add_(own[:, : 2 * w]).sigmoid_()
        r, z, n = gates.chunk(3, 1)
        n.addcmul_(r, own[:, 2 * w :]).tanh_()
        return torch.lerp(n, h, z, out=self.h[t + 1])

    def backward(self, t: int, dh: Tensor, dparts: list[Tensor]) -> Tensor:
        w = self.width
        gates, own = self.gates[t], self.own[t]
        r, z, n = gates.chunk(3, 1)
        before = dh * z
        dz = (self.h[t] - n).mul_(dh)
        dn = torch.sub(dh, before)
        aten.tanh_backward.grad_input(dn, n, grad_input=n)
        dr = torch.mul(n, own[:, 2 * w :], out=dn)
        torch.mul(n, r, out=own[:, 2 * w :])
        aten.sigmoid_backward.grad_input(dr, r, grad_input=r)
        aten.sigmoid_backward.grad_input(dz, z, grad_input=z)
        own[:, : 2 * w] = gates[:, : 2 * w]
        return before.addmm_(own, self.weight_hh)

    def inward(self) -> Tensor:
        return self.own


TRACKS: dict[str, type[Track]] = {"rnn": Plain, "lstm": LSTM, "gru": GRU}
