"""Law 1: weights on padding are exactly 0, and rows sum to 1."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.attend import Attended
from entarte.attention import ATTENTIONS
from entarte.decoder import recurrent
from entarte.model import Model
from entarte.window import WINDOWS

from .models import REFUSED, SOURCES, Make, every, looks, pairs, params, refuses, seen, source_of, tiny


@torch.no_grad()
def check_padding(model: Model) -> None:
    """The weights (B, H, T, S) of a forced pass; law 4 says that those of a search are the same."""
    source, target = pairs()
    weights = model.force(source, target).weights
    real = seen(model, source, target.inputs.size(1))
    assert weights.shape[:1] + weights.shape[2:] == real.shape
    check_rows(model, weights, real.unsqueeze(1))


def check_rows(model: Model, weights: Tensor, real: Tensor) -> None:
    assert bool((weights >= 0).all())
    assert bool((weights.masked_select(~real) == 0.0).all()), "padding has weight"
    sums = weights.sum(-1)
    if model.decoder.attention.window.sums_to_one:
        assert torch.allclose(sums, torch.ones_like(sums), rtol=0, atol=1e-12), "a row does not sum to 1"
    else:
        assert bool(((sums > 0) & (sums <= 1 + 1e-12)).all()), "a row sums to more than 1"


@pytest.mark.parametrize("make", every())
def test_padding_weighs_nothing_and_rows_sum_to_one(make: Make) -> None:
    check_padding(tiny(**make))


@pytest.mark.parametrize("make", params(looks()))
def test_before_the_gaussian_all_rows_sum_to_one(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a window does after the softmax, the softmax itself was over real slots inside it."""
    model = tiny(**make)
    window = model.decoder.attention.window
    monkeypatch.setattr(window, "shape", lambda weights, *rest: weights)
    monkeypatch.setattr(window, "sums_to_one", True)
    check_padding(model)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_tells_the_truth_about_its_sums(window: str) -> None:
    model = tiny("general", window)
    sums = model.force(*pairs()).weights.sum(-1)
    one = bool(torch.allclose(sums, torch.ones_like(sums), rtol=0, atol=1e-12))
    assert model.decoder.attention.window.sums_to_one == one


def test_a_gaussian_that_is_renormalised_sums_to_one() -> None:
    model = tiny("general", "local-p", frames={"renormalise": True, "half": 2})
    assert model.decoder.attention.window.sums_to_one
    check_padding(model)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_source_of_one_slot_and_one_of_many(attention: str) -> None:
    """An empty source is its EOS alone: all weight is there; beyond `location`'s table none is."""
    model = tiny(attention)
    source = source_of([[], [4] * 30])
    weights = model.force(source, batch.target([[4, 5], [6]])).weights
    check_rows(model, weights, source.mask[:, None, None, :])
    assert bool((weights[0, ..., 0] == 1.0).all())


def test_what_does_not_go_together_is_what_we_say() -> None:
    """`looks` leaves out only what is refused with a message."""
    refused = {(a, w) for a in ATTENTIONS for w in WINDOWS if refuses({"attention": a, "window": w})}
    assert refused == REFUSED


def forgetful(
    attention: Any, query: Tensor, keys: Any, memory: Any, state: Any, position: Tensor
) -> Attended:
    """`attend` as many toolkits have it: the mask is not looked at."""
    scores = attention.score(query, keys, state)
    scores = scores.unsqueeze(1) if scores.dim() == 3 else scores
    weights = torch.softmax(scores, dim=-1)
    context = attention.read(weights, memory, keys)
    return Attended(context, weights, attention.next(state, weights))


@pytest.mark.parametrize("attention", ["general", "mean", "coverage", "multi-head", "location"])
def test_control_a_mask_that_is_forgotten_is_found(attention: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrent, "attend", forgetful)
    with pytest.raises(AssertionError, match="padding has weight"):
        check_padding(tiny(attention))


def test_control_weights_that_are_not_normalised_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny()
    monkeypatch.setattr(model.decoder.attention.window, "shape", lambda weights, *rest: 0.9 * weights)
    with pytest.raises(AssertionError, match="does not sum to 1"):
        check_padding(model)


def test_the_sources_are_ragged() -> None:
    assert len({len(source) for source in SOURCES}) == len(SOURCES)
