"""Products in bfloat16, by oneDNN: what `entarte.export.narrow` defines, node by node.

Operands are rounded to bfloat16 and sums are wide; what a product gives is rounded again. A processor that
can makes two such products in the time of one in float32. Weights are laid out once, in the order in which
they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import inf, log
from threading import local

import torch
from torch import Tensor
from torch.nn.functional import linear, pad

from entarte.engine.operators import steady
from entarte.fast.products import native

ROWS = 640
"""Rows of a full step: with fewer, fetching weights from memory takes longer than multiplying."""
BLOCKS = 64
"""The most probable words are looked for in those of so many blocks that hold the largest numbers."""
TOGETHER = 128
"""Rows of scores that are worked on at a time, so that they stay in the processor's cache."""
NARROW = torch.bfloat16
LOG = log(2)

log2 = steady(torch.log2)

Product = Callable[[Tensor], Tensor]
"""x (R, K) float32 → round(round(x) Wᵀ + b), (R, N) bfloat16."""


def filled(rows: int) -> int:
    """So many, and some more: oneDNN builds a kernel for each number of rows that it meets, in a millisecond
    or two, and keeps it, in a megabyte or two.

    >>> [filled(rows) for rows in (1, 17, 64, 65, 320)]
    [8, 24, 64, 80, 320]
    """
    return rows + -rows % (8 if rows <= 64 else 16)


def packed(weight: Tensor, bias: Tensor) -> Product:
    """By oneDNN, with a weight (N, K) that is laid out for it; bias (N,) float32."""
    laid = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
    multiply = torch.ops.mkldnn._linear_pointwise

    def product(x: Tensor) -> Tensor:
        rows, operand = len(x), x.to(NARROW)
        if more := filled(rows) - rows:
            operand = pad(operand, (0, 0, 0, more))
        found: Tensor = multiply(operand, laid, bias, "none", [], "")
        return found[:rows] if more else found

    return product


def imitated(weight: Tensor, bias: Tensor) -> Product:
    """The same numbers, multiplied in float32."""
    wide = weight.float()
    return lambda x: linear(x.to(NARROW).float(), wide, bias).to(NARROW)


@cache
def packs() -> bool:
    """Whether the processor has such products, and torch gives them out: they are no part of its public
    face."""
    if not native(torch.device("cpu")):
        return False
    try:
        return packed(torch.ones(3, 2, dtype=NARROW), torch.ones(3))(torch.ones(1, 2)).tolist() == [[3.0] * 3]
    except (AttributeError, RuntimeError):
        return False


def multiplied(weight: Tensor, bias: Tensor) -> Product:
    """As it is done here."""
    return packed(weight, bias) if packs() else imitated(weight, bias)


def narrow_linear(weight: Tensor, bias: Tensor) -> Callable[[Tensor], Tensor]:
    """weight (N, K) bfloat16, bias (N,) → from x (R, K) to (R, N) float32."""
    product = multiplied(weight, bias)
    return lambda x: product(x).float()


class Words:
    """The most probable words of a row.

    Scores that were rounded choose the k candidates. Theirs are then computed again from the same operands
    and not rounded, take the place of the rounded ones in the sum over all words, and put the k in order;
    among equals the lower id comes first.

    weight  (V, F) bfloat16
    bias    (V,)
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        more = -len(weight) % BLOCKS
        self.weight, self.bias = pad(weight, (0, 0, 0, more)), pad(bias, (0, more), value=-inf)
        # logarithms to the base 2, as exp2 is much faster than exp
        self.product = multiplied((self.weight.float() / LOG).to(NARROW), self.bias / LOG)
        self.own = local()

    def __call__(self, features: Tensor, k: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """features (R, F), k (1,), scores () → log_probs and ids (R, k); without scores logits stand in."""
        rounded = features.to(NARROW).float()
        table, count, total = self.product(features), int(k), bool(scores)
        parts = [slice(at, at + TOGETHER) for at in range(0, len(table), TOGETHER)]
        found = [self.most(table[part], rounded[part], count, total) for part in parts]
        values, ids = zip(*found, strict=True)
        return torch.cat(values), torch.cat(ids)

    def most(self, scores: Tensor, features: Tensor, k: int, total: bool) -> tuple[Tensor, Tensor]:
        """Of some rows, with their rounded scores (R, V) to the base 2."""
        table = self.room()[: len(scores)].copy_(scores)
        ids = candidates(table, k).sort(1).values
        rows = self.weight.index_select(0, ids.flatten()).float().view(*ids.shape, -1)
        exact = rows.mul_(features.unsqueeze(1)).sum(2).add_(self.bias[ids])
        logits, order = exact.sort(dim=1, descending=True, stable=True)
        ids = ids.gather(1, order)
        return (logits - log_total(table, ids, logits) if total else logits), ids

    def room(self) -> Tensor:
        """A table of each thread's own, used again: new memory costs more than what is done with it."""
        if not hasattr(self.own, "table"):
            self.own.table = torch.empty(TOGETHER, len(self.weight))
        table: Tensor = self.own.table
        return table


def candidates(table: Tensor, k: int) -> Tensor:
    """The k largest of each row (R, V), in no order.

    Number j · B + b is in block b. The k largest are in the k blocks with the largest maxima; and so on among
    those. Choosing from few is much faster.

    >>> candidates(torch.arange(9000.0).flip(0)[None], 3).sort().values
    tensor([[0, 1, 2]])
    """
    count = max(BLOCKS, 2 * k)
    chosen: list[Tensor] = []
    while table.size(1) > 2 * count:
        if more := -table.size(1) % count:
            table = pad(table, (0, more), value=-inf)
        blocks = table.view(len(table), -1, count)
        at = blocks.amax(1).topk(k, sorted=False).indices
        table = blocks.gather(2, at.unsqueeze(1).expand(-1, blocks.size(1), -1)).flatten(1)
        chosen.append(at)
    found = table.topk(k, sorted=False).indices
    for at in reversed(chosen):
        found = found.div(k, rounding_mode="floor") * count + at.gather(1, found % k)
    return found


def log_total(table: Tensor, ids: Tensor, logits: Tensor) -> Tensor:
    """log Σ exp over words, (R, 1), with some of them as they are given; the table is used up.

    table   (R, V) logarithms to the base 2
    logits  natural ones of ids (R, k), the largest first
    """
    known = logits / LOG
    most = known[:, :1]
    table.scatter_(1, ids, known).sub_(most).exp2_()
    return (most + log2(table.sum(1, keepdim=True))).mul_(LOG)
