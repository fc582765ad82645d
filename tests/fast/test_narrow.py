"""bfloat16 products against single precision: values and gradients within their rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import fast, native
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.fast import outer
from entarte.fast.products import Products, times
from entarte.loss import cross_entropy as readable
from entarte.model import Model

Pairs = tuple[Source, Target]
Make = Callable[..., Model]

VALUES, GRADIENTS = 0.02, 0.1
"""Largest norm of a difference, as a part of the norm: an operand is rounded by at most 2⁻⁸ = 0.004, and
an error grows over the steps."""


def passed(model: Model, pairs: Pairs, products: Products) -> tuple[list[Tensor], dict[str, Tensor]]:
    """Features and weights, and the gradient of each parameter for the loss that is trained."""
    model.zero_grad()
    torch.manual_seed(1)
    unrolled = fast.model_unroll(model, *pairs, products)
    real = pairs[1].mask
    readout = model.readout
    loss = fast.cross_entropy(
        unrolled.features[real], readout.weight, readout.bias, pairs[1].outputs[real], 0.1, products=products
    )
    loss.objective.backward()
    grads = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    return [unrolled.features.detach(), unrolled.weights.detach(), loss.objective.detach()], grads


def check(model: Model, pairs: Pairs, products: Products = fast.NARROW) -> None:
    model = model.float()
    values, grads = passed(model, pairs, fast.WIDE)
    alike(values, grads, *passed(model, pairs, products))
    if native.able("bfloat16") and products.narrow is not None and not products.fused:
        alike(values, grads, *passed(model, pairs, products._replace(ours=True)))


def alike(
    values: list[Tensor], grads: dict[str, Tensor], twins: list[Tensor], others: dict[str, Tensor]
) -> None:
    for value, twin in zip(values, twins, strict=True):
        assert twin.dtype == value.dtype
        assert 0 <= float((value - twin).norm() / value.norm()) < VALUES
    assert grads.keys() == others.keys()
    whole = torch.cat([grad.flatten() for grad in grads.values()]).norm()
    for name, grad in grads.items():
        assert others[name].dtype == torch.float32
        # a parameter with next to no gradient is measured by the whole
        size = max(float(grad.norm()), 0.05 * float(whole))
        assert float((grad - others[name]).norm()) / size < GRADIENTS, name
    assert any(not torch.equal(grads[name], others[name]) for name in grads), "nothing was narrow"


@pytest.fixture(autouse=True)
def nothing_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outer, "SMALL", 0)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_cells(make: Make, pairs: Pairs, cell: str, layers: int, query: str, feeding: bool) -> None:
    shape: dict[str, Any] = {"cell": cell, "layers": layers}
    check(make(shape, query=query, input_feeding=feeding, **shape), pairs)


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_attentions(make: Make, pairs: Pairs, attention: str, feeding: bool) -> None:
    check(make(attention=attention, input_feeding=feeding), pairs)


@pytest.mark.parametrize(
    ("readout", "said"),
    [("plain", {}), ("maxout", {"state": "previous"}), ("maxout", {"state": "current", "width": 4})],
    ids=["plain", "maxout-previous", "maxout-current"],
)
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_readouts(make: Make, pairs: Pairs, readout: str, said: dict[str, Any], feeding: bool) -> None:
    check(make(readout=readout, said=said, query="previous", input_feeding=feeding), pairs)


@pytest.mark.parametrize("residual", [True, False])
def test_deep_with_dropout(make: Make, pairs: Pairs, residual: bool) -> None:
    model = make(
        {"layers": 3, "residual": residual, "dropout": 0.2},
        layers=3,
        residual=residual,
        query="previous",
        context_layers="all",
        dropout=0.2,
        said={"dropout": 0.2},
    )
    check(model.train(), pairs)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1, 5, None])
def test_loss(smoothing: float, chunk: int | None) -> None:
    draw = torch.Generator().manual_seed(3)
    given = [torch.randn(*shape, generator=draw) for shape in ((40, 16), (30, 16), (30,))]
    outputs = torch.randint(30, (40,), generator=draw)
    found = []
    for twin in (False, True):
        features, weight, bias = (each.clone().requires_grad_() for each in given)
        if twin:
            loss = fast.cross_entropy(features, weight, bias, outputs, smoothing, chunk, fast.NARROW)
        else:
            loss = readable(features @ weight.t() + bias, outputs, smoothing)
        loss.objective.backward()
        found.append([loss.objective.detach(), loss.nll, features.grad, weight.grad, bias.grad])
    for value, other in zip(*found, strict=True):
        assert value is not None
        assert other is not None
        assert float((value - other).norm() / value.norm()) < 0.01
    assert not torch.equal(found[0][2], found[1][2])  # type: ignore[arg-type]


def test_a_loss_that_is_small_is_not_rounded_away() -> None:
    """p − 1 of a word that is nearly sure keeps its digits, for it is rounded only after the subtraction."""
    features = torch.eye(2).requires_grad_()
    weight = (10 * torch.eye(2)).requires_grad_()
    loss = fast.cross_entropy(features, weight, torch.zeros(2), torch.arange(2), products=fast.NARROW)
    loss.objective.backward()
    assert float(loss.nll) == pytest.approx(2 * 4.54e-5, rel=0.01)
    assert features.grad is not None
    assert float(features.grad[0, 0]) == pytest.approx(-10 * 4.54e-5, rel=0.01)


def test_scores_far_apart() -> None:
    """Logits of thousands neither overflow nor lose the improbable word's loss."""
    draw = torch.Generator().manual_seed(3)
    features = (3000 * torch.randn(13, 5, generator=draw)).bfloat16().float().requires_grad_()
    weight, bias = torch.randn(9, 5, generator=draw).bfloat16().float(), torch.zeros(9)
    outputs = torch.randint(9, (13,), generator=draw)
    loss = fast.cross_entropy(features, weight, bias, outputs, products=fast.NARROW)
    assert torch.allclose(loss.nll, readable(features @ weight.t(), outputs).nll, rtol=0.01)
    loss.objective.backward()
    assert features.grad is not None
    assert bool(torch.isfinite(features.grad).all())


@pytest.mark.parametrize(
    ("precision", "native", "reasons", "chosen", "said"),
    [
        ("float32", True, [], "float32", ""),
        ("bfloat16", True, [], "bfloat16", "precision: bfloat16"),
        ("bfloat16", False, [], "bfloat16", "precision: bfloat16, imitated: this processor has no bfloat16"),
        ("bfloat16", True, ["no twin"], "bfloat16", "bfloat16 where the fast path is taken, float32 else"),
        ("auto", True, [], "bfloat16", "precision: bfloat16"),
        ("auto", False, [], "float32", "precision: float32, because this processor has no bfloat16 products"),
        ("auto", True, ["no twin"], "float32", "because the fast path does not cover this model"),
    ],
)
def test_choice(
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
    native: bool,
    reasons: list[str],
    chosen: str,
    said: str,
) -> None:
    monkeypatch.setattr(fast.products, "native", lambda _: native)
    found, words = fast.choose(precision, reasons)
    assert found == chosen
    assert said in words


@pytest.mark.parametrize("count", [1, 31, 32, 33, 64, 70])
@pytest.mark.parametrize("turned", [False, True])
def test_products_of_any_count_are_the_same(count: int, turned: bool) -> None:
    """Filled up rows, or a sum over two parts: what is said is not moved by more than rounding."""
    draw = torch.Generator().manual_seed(1)
    many, few = (
        torch.randn(count, 48, generator=draw),
        torch.randn(count if turned else 48, 40, generator=draw),
    )
    a = many.bfloat16().t() if turned else many.bfloat16()
    b = few.bfloat16()
    found = times(a, b)
    assert found.shape == (48 if turned else count, 40)
    assert torch.allclose(found.float(), a.float() @ b.float(), rtol=0.01, atol=0.05)


def test_kernels_are_built_for_few_row_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each new count costs a kernel that is never given back."""
    met = set()
    plain = torch.Tensor.__matmul__

    def watched(a: Tensor, b: Tensor) -> Tensor:
        met.add((tuple(a.shape), tuple(b.shape)))
        return plain(a, b)

    monkeypatch.setattr(torch.Tensor, "__matmul__", watched)
    weight = torch.ones(8, 4, dtype=torch.bfloat16)
    for count in range(1, 321):
        rows = torch.ones(count, 8, dtype=torch.bfloat16)
        times(rows, weight)
        times(rows.t(), rows)
    assert len(met) < 80
