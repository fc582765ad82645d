"""Law 7 for the kernels of a card: the decoder that they unroll equals the readable one.

Triton interprets them on the processor. Started by test_card.py, in a process of its own, since Triton asks
when it is imported whether it is to interpret.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.decoder.base import Unrolled
from entarte.fast.card import launch, works
from entarte.fast.card import look as card_look
from entarte.fast.products import Products
from entarte.model import Model

from . import test_narrow as narrow
from . import test_unroll as law

Pairs = tuple[Source, Target]
Make = Callable[..., Model]

FUSED = Products(fused=True)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """All goes by kernels, in blocks that are smaller than rows; the names of those that were started."""
    unroll = fast.model_unroll

    def fused(model: Model, source: Source, target: Target, products: Products = FUSED) -> Unrolled:
        return unroll(model, source, target, products)

    monkeypatch.setattr(fast, "model_unroll", fused)
    monkeypatch.setattr(launch, "BLOCK", 8)
    monkeypatch.setattr(launch, "TILE", 16)
    found: set[str] = set()
    start = launch.start

    def spy(kernel: Any, *rest: Any, **sizes: int) -> None:
        found.add(kernel.__name__)
        start(kernel, *rest, **sizes)

    monkeypatch.setattr(launch, "start", spy)
    return found


def both(*names: str) -> set[str]:
    """The kernels of these ideas."""
    return {f"{name}_{way}" for name in names for way in ("forward", "backward")}


@pytest.mark.parametrize(
    ("cell", "own", "options"),
    [
        ("rnn", "bend", {"query": "previous", "layers": 2}),
        ("lstm", "lstm", {}),
        ("gru", "gru", {"query_layer": "bottom", "layers": 2, "residual": True}),
    ],
)
def test_cells(
    make: Make, pairs: Pairs, started: set[str], cell: str, own: str, options: dict[str, Any]
) -> None:
    """Rows of the encoder end before others; no width is a power of 2."""
    law.check(make({"width": 6, "cell": cell}, width=7, cell=cell, **options), pairs)
    assert started == both(own, "look", "bend")


def test_scaled_scores(make: Make, even: Pairs, started: set[str]) -> None:
    """A memory that is wider than the tiles it is read in."""
    law.check(make({"width": 10}, attention="scaled-dot", width=10), even)
    assert started >= both("look")


@pytest.mark.parametrize(("attention", "readout"), [("additive", "attentional"), ("multi-head", "maxout")])
def test_what_has_no_kernel_stands_beside_them(
    make: Make, even: Pairs, started: set[str], attention: str, readout: str
) -> None:
    law.check(make(attention=attention, readout=readout, query="previous"), even)
    assert started == both("lstm", *(["bend"] if readout == "attentional" else []))


def test_dropout_falls_in_the_same_places(make: Make, even: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    law.test_dropout_falls_in_the_same_places(make, even, monkeypatch, "current", True, "attentional")


def test_gradients_may_lie_as_they_like(make: Make, even: Pairs) -> None:
    """Column by column, or all numbers in one place: what comes back is the same."""
    model, found = make(), []
    for lie in (torch.Tensor.contiguous, lambda slope: slope.mT.contiguous().mT):
        model.zero_grad()
        unrolled = fast.model_unroll(model, *even)
        outs = [unrolled.features, unrolled.weights, *unrolled.state.cells[0]]
        draw = torch.Generator().manual_seed(1)
        slopes = [lie(torch.randn(out.shape, dtype=out.dtype, generator=draw)) for out in outs]
        torch.autograd.backward(outs, slopes)
        found.append({n: p.grad for n, p in model.named_parameters() if p.grad is not None})
    for name, grad in found[0].items():
        torch.testing.assert_close(found[1][name], grad, rtol=1e-9, atol=1e-10)


def test_only_the_weights_are_asked_for(make: Make, even: Pairs) -> None:
    law.test_only_the_weights_are_asked_for(make, even)


def test_single_precision(make: Make, even: Pairs) -> None:
    law.check(make(dtype=torch.float32), even, tolerance=1e-5)


def test_long_sources(make: Make, even: Pairs, started: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of which no program could hold the scores."""
    monkeypatch.setattr(card_look, "MOST", 2)
    law.check(make(), even)
    assert started == both("lstm", "bend")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.usefixtures("sums")
def test_narrow(make: Make, even: Pairs, started: set[str], cell: str) -> None:
    """Within the rounding of operands: 2 % of values, 10 % of gradients, in norm."""
    model = make({"cell": cell}, cell=cell, said={"dropout": 0.2})
    narrow.check(model, even, FUSED._replace(narrow=torch.bfloat16))
    assert started >= both("look", "bend")


def test_curves() -> None:
    """To a few units of the last place wherever a gate may stand, and at the ends of what it can say."""
    from entarte.fast.card.kernels.plain import bend_forward

    asked = torch.cat([torch.linspace(-12, 12, 4001), torch.tensor([0.0, 1e-30, -200.0, 1e30])])
    bent, said = torch.empty_like(asked), torch.empty_like(asked, dtype=torch.bfloat16)
    launch.start(bend_forward, (1, 1), 4, asked, None, bent, None, said, len(asked), BLOCK=8192)
    torch.testing.assert_close(bent, asked.double().tanh().float(), rtol=1e-6, atol=0)
    torch.testing.assert_close(said.float(), bent, rtol=2**-7, atol=0)


@pytest.mark.usefixtures("sums")
def test_they_are_tried() -> None:
    assert works(torch.device("cpu"))
