"""The equations of the cells, forwards and backwards by hand, in place.

A `Track` is one layer on its way through time. It holds what the way back needs: the states of all
steps and the gates, which the way back replaces by their gradients, so that each gradient of a weight
is one product over all steps at the end. Nothing here is seen by autograd.

Letters: T steps, B rows, n rows at work at a step, N slots in all, W width of the layer, G gates · W.
"""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.flow import Flow, cut
from entarte.fast.products import WIDE, Products
from entarte.fast.spread import gather

aten = torch.ops.aten


class Track:
    """One layer over T steps.

    gates  (N, G), what the layer reads at each slot beside its own state: W_ih x + b. It is used up.
    start  each part of the first state, (B, W)
    weight_hh (G, W), bias_hh (G,)

    What products read is held as operands: `said`, the states (B + N, W), and on the way back `slopes`, the
    gradients of `gates` (N, G). Where `products` casts nothing these are the states and the gates themselves.
    """

    parts = 1
    inner = False
    """Whether bias_hh stays inside a gate (GRU), so that it cannot be added to `gates` beforehand."""

    def __init__(
        self,
        gates: Tensor,
        flow: Flow,
        start: tuple[Tensor, ...],
        weight_hh: Tensor,
        bias_hh: Tensor,
        products: Products = WIDE,
    ) -> None:
        self.products = products
        self.width = weight_hh.size(1)
        self.rows = start[0].size(0)
        self.flow = flow
        self.all_gates = gates
        self.weight_hh, self.bias_hh = products.cast(weight_hh), bias_hh
        self.into = self.weight_hh.t()
        self.gates = cut(gates, flow.sizes)
        self.slopes = products.room(gates)
        self.slope = cut(self.slopes, flow.sizes)
        self.states: list[Tensor] = []
        self.h, self.h_before, self.h_after = self.chain(start[0])
        self.said = products.room(self.h)
        self.said_before, self.said_after = self.around(self.said)
        if self.said is not self.h:
            self.said[: self.rows] = start[0]
        self.prepare(start)

    def chain(self, start: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Room for one part of the state, (B + N, W), and its pieces (n, W) before and after each step."""
        whole = start.new_empty(self.rows + len(self.all_gates), self.width)
        whole[: self.rows] = start
        self.states.append(whole)
        return whole, *self.around(whole)

    def around(self, whole: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The pieces of (B + N, ·), each (n, ·), before and after each step."""
        after = cut(whole[self.rows :], self.flow.sizes)
        before = [
            piece if len(piece) == size else piece[:size]
            for piece, size in zip([whole[: self.rows], *after[:-1]], self.flow.sizes, strict=True)
        ]
        return before, after

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        """Make room for what else this cell remembers."""

    def columns(self, first: int, last: int, whole: Tensor | None = None) -> list[Tensor]:
        """Gates number first to last, (n, ·) for each step."""
        whole = self.all_gates if whole is None else whole
        return cut(whole[:, first * self.width : last * self.width], self.flow.sizes)

    def final(self) -> tuple[Tensor, ...]:
        """The parts of each row's last state, (B, W)."""
        if self.flow.ends is None:
            return tuple(whole[-self.rows :].clone() for whole in self.states)
        return tuple(whole[self.flow.ends] for whole in self.states)

    def forward(self, t: int) -> Tensor:
        """Take step t; its output, (n, W)."""
        raise TypeError(f"{type(self).__name__} has no equations")

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        """Step t backwards: the gates become their gradients.

        dh, dc  (n, W), the gradient of the state after the step; replaced by that of the state before it.
                dc is None where the cell has one part.
        more    (n, W), what is to be added to dh; it is not changed
        """
        if more is not None:
            dh += more
        self.undo(t, dh, dc)

    def undo(self, t: int, dh: Tensor, dc: Tensor | None) -> None:
        """`backward`, where dh is all of the gradient."""
        raise TypeError(f"{type(self).__name__} has no equations")

    def say(self, t: int) -> Tensor:
        """The state after step t, held as an operand too."""
        if self.said is not self.h:
            self.said_after[t].copy_(self.h_after[t])
        return self.h_after[t]

    def sloped(self, t: int) -> Tensor:
        """The gradients of the gates of step t as operands."""
        return self.slope[t] if self.slopes is self.all_gates else self.slope[t].copy_(self.gates[t])

    def inward(self) -> tuple[Tensor, Tensor]:
        """After the way back: the gradient of W_hh h + b_hh, (N, G), and the same as operands."""
        return self.all_gates, self.slopes

    def brought(self, places: Tensor | None, count: int) -> Tensor:
        """After the way back: gradients of what was spread into the gates (`fast.spread`), as operands."""
        return self.slopes if places is None else self.products.cast(gather(self.all_gates, places, count))

    def weights(self) -> tuple[Tensor, Tensor, Tensor]:
        """After the way back: the gradients of weight_hh, bias_ih and bias_hh."""
        (inward, slopes), origin = self.inward(), self.flow.origin
        before = self.said[: len(inward)] if origin is None else self.said[origin]
        dbias = total(inward)
        return self.products.mm(slopes.t(), before), total(self.all_gates) if self.inner else dbias, dbias


def total(slopes: Tensor) -> Tensor:
    """The sum of the rows."""
    return torch.mv(slopes.t(), slopes.new_ones(len(slopes)))


class Plain(Track):
    """h' = tanh(gates + W h)."""

    def forward(self, t: int) -> Tensor:
        if self.said is self.h:
            return torch.addmm(self.gates[t], self.h_before[t], self.into, out=self.h_after[t]).tanh_()
        torch.add(self.gates[t], self.said_before[t] @ self.into, out=self.h_after[t]).tanh_()
        return self.say(t)

    def undo(self, t: int, dh: Tensor, dc: Tensor | None) -> None:
        aten.tanh_backward.grad_input(dh, self.h_after[t], grad_input=self.gates[t])
        self.products.write(dh, self.sloped(t), self.weight_hh)


class LSTM(Track):
    """i, f, o = σ(…), g = tanh(…), c' = f c + i g, h' = o tanh(c') (Hochreiter and Schmidhuber 1997)."""

    parts = 2

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        _, self.c_before, self.c_after = self.chain(start[1])
        bent = start[1].new_empty(len(self.all_gates), self.width)
        self.bent = cut(bent, self.flow.sizes)  # tanh(c')
        self.i, self.f, self.g, self.o = (self.columns(n, n + 1) for n in range(4))
        self.both = self.columns(0, 2)
        self.room = torch.empty_like(start[1])

    def forward(self, t: int) -> Tensor:
        self.products.add(self.gates[t], self.said_before[t], self.into)
        self.both[t].sigmoid_()
        o = self.o[t].sigmoid_()
        c = torch.mul(self.f[t], self.c_before[t], out=self.c_after[t])
        c.addcmul_(self.i[t], self.g[t].tanh_())
        torch.mul(o, torch.tanh(c, out=self.bent[t]), out=self.h_after[t])
        return self.say(t)

    def undo(self, t: int, dh: Tensor, dc: Tensor | None) -> None:
        assert dc is not None
        i, f, g, o, bent = self.i[t], self.f[t], self.g[t], self.o[t], self.bent[t]
        room = self.room[: len(dh)]
        torch.mul(dh, o, out=room)
        dc += aten.tanh_backward.grad_input(room, bent, grad_input=room)
        aten.sigmoid_backward.grad_input(bent.mul_(dh), o, grad_input=o)
        dg = torch.mul(dc, i, out=bent)
        torch.mul(dc, g, out=room)
        aten.tanh_backward.grad_input(dg, g, grad_input=g)
        aten.sigmoid_backward.grad_input(room, i, grad_input=i)
        torch.mul(dc, self.c_before[t], out=room)
        dc *= f
        aten.sigmoid_backward.grad_input(room, f, grad_input=f)
        self.products.write(dh, self.sloped(t), self.weight_hh)


class GRU(Track):
    """r, z = σ(…), n = tanh(W x + r (W h + b)), h' = (1 − z) n + z h (Cho et al. 2014, torch's form)."""

    inner = True

    def prepare(self, start: tuple[Tensor, ...]) -> None:
        self.all_own = torch.empty_like(self.all_gates)  # W_hh h + b_hh; on the way back its gradient
        self.own = cut(self.all_own, self.flow.sizes)
        self.own_slopes = self.products.room(self.all_own)
        self.own_slope = cut(self.own_slopes, self.flow.sizes)
        self.own_both, self.own_n = self.columns(0, 2, self.all_own), self.columns(2, 3, self.all_own)
        self.r, self.z, self.n = (self.columns(n, n + 1) for n in range(3))
        self.both = self.columns(0, 2)
        self.room = torch.empty_like(start[0])
        self.kept = torch.empty_like(start[0])

    def forward(self, t: int) -> Tensor:
        self.products.affine(self.bias_hh, self.said_before[t], self.into, out=self.own[t])
        self.both[t].add_(self.own_both[t]).sigmoid_()
        n = self.n[t].addcmul_(self.r[t], self.own_n[t]).tanh_()
        torch.lerp(n, self.h_before[t], self.z[t], out=self.h_after[t])
        return self.say(t)

    def undo(self, t: int, dh: Tensor, dc: Tensor | None) -> None:
        r, z, n, own_n = self.r[t], self.z[t], self.n[t], self.own_n[t]
        dz = torch.sub(self.h_before[t], n, out=self.room[: len(dh)]).mul_(dh)
        kept = torch.mul(dh, z, out=self.kept[: len(dh)])
        dh -= kept
        aten.tanh_backward.grad_input(dh, n, grad_input=n)
        dr = torch.mul(n, own_n, out=dh)
        torch.mul(n, r, out=own_n)
        aten.sigmoid_backward.grad_input(dr, r, grad_input=r)
        aten.sigmoid_backward.grad_input(dz, z, grad_input=z)
        self.own_both[t].copy_(self.both[t])
        self.sloped(t)
        if self.own_slopes is not self.all_own:
            self.own_slope[t].copy_(self.own[t])
        self.products.affine(kept, self.own_slope[t], self.weight_hh, out=dh)

    def inward(self) -> tuple[Tensor, Tensor]:
        return self.all_own, self.own_slopes


TRACKS: dict[str, type[Track]] = {"rnn": Plain, "lstm": LSTM, "gru": GRU}
