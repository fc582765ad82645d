"""The Transformer's twin: the readable equations with faster dropout and, where asked, narrow products."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.fast.parts import quick
from entarte.loss import cross_entropy
from entarte.model import Model

from ..laws.models import TRANSFORMER, flat, params, tiny, transformers

SIDES = {"encoder": TRANSFORMER, "decoder": TRANSFORMER, "attention": "multi-head"}
DROPS = {"dropout": 0.5, "attention_dropout": 0.3, "feed_forward_dropout": 0.2}


def gradients(model: Model, unrolled: Any, target: Target) -> dict[str, torch.Tensor]:
    """Of the training loss, by parameter."""
    model.zero_grad()
    logits = model.readout.logits(unrolled.features[target.mask])
    cross_entropy(logits, target.outputs[target.mask], 0.1).objective.backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}  # type: ignore[union-attr]


@pytest.mark.parametrize("make", params(transformers())[::4])
def test_values_and_gradients(make: dict[str, Any], pairs: tuple[Source, Target]) -> None:
    """In training mode, so that the dropouts are asked, at a rate of 0."""
    off = dict.fromkeys(DROPS, 0.0)
    model = tiny(**(make | {"encoder": make["encoder"] | off, "decoder": make["decoder"] | off})).train()
    assert fast.why_not(model) == []
    source, target = pairs
    ours, theirs = fast.model_unroll(model, source, target), model.unroll(source, target)
    for one, other in zip(flat(tuple(ours)), flat(tuple(theirs)), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)
    mine, readable = gradients(model, ours, target), gradients(model, theirs, target)
    assert all(torch.allclose(mine[name], readable[name], rtol=0, atol=1e-10) for name in readable)


def test_dropout_is_drawn_at_the_same_rate(pairs: tuple[Source, Target]) -> None:
    """Each dropout loses its share, and what is kept is divided by the rest."""
    side = TRANSFORMER | DROPS
    model = tiny(**(SIDES | {"encoder": side, "decoder": side})).train()
    twin = quick(model.encoder.inputs, fast.WIDE)  # type: ignore[arg-type]
    ones = torch.ones(4000, dtype=torch.float64)
    kept = twin.dropout(ones)
    assert set(kept.unique().tolist()) == {0.0, 2.0}
    assert float((kept > 0).double().mean()) == pytest.approx(0.5, abs=0.04)
    torch.manual_seed(1)
    one = fast.model_unroll(model, *pairs).features
    assert not torch.allclose(one, fast.model_unroll(model, *pairs).features)
    torch.manual_seed(1)
    assert torch.equal(one, fast.model_unroll(model, *pairs).features)


def test_nothing_is_exchanged_in_the_model(pairs: tuple[Source, Target]) -> None:
    sides = SIDES | {"decoder": TRANSFORMER | DROPS}
    model = tiny(**sides, dtype=torch.float32).train()
    names = [(name, type(module)) for name, module in model.named_modules()]
    fast.model_unroll(model, *pairs, fast.NARROW)
    assert [(name, type(module)) for name, module in model.named_modules()] == names
    assert quick(model.eval().encoder, fast.WIDE) is model.encoder


def test_narrow_products_are_near(pairs: tuple[Source, Target]) -> None:
    """Equal but for the rounding of the operands to 8 bits."""
    model = tiny(**SIDES, dtype=torch.float32).train(False)
    narrow = fast.model_unroll(model, *pairs, fast.NARROW).features
    wide = model.unroll(*pairs).features
    assert torch.allclose(narrow, wide, atol=0.15)
    assert not torch.equal(narrow, wide)
    assert gradients(model, fast.model_unroll(model, *pairs, fast.NARROW), pairs[1]).keys()


def test_a_recurrent_side_keeps_its_own_twin(pairs: tuple[Source, Target]) -> None:
    for sides in ({"encoder": TRANSFORMER}, {"decoder": TRANSFORMER}):
        model = tiny("additive", **sides)
        assert fast.why_not(model) == []
        ours, theirs = fast.model_unroll(model, *pairs), model.unroll(*pairs)
        assert torch.allclose(ours.features, theirs.features, rtol=0, atol=1e-12)
        assert torch.allclose(ours.weights, theirs.weights, rtol=0, atol=1e-12)
