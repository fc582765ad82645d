"""Law 5: `unroll` equals repeated `step`."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from entarte.decoder.base import Unrolled
from entarte.model import Model

from .models import Make, close, every, every_word, flat, pairs, tiny


@torch.no_grad()
def check_unroll(model: Model) -> None:
    """Values, weights and the state at the end; log-probabilities as a search sees them."""
    source, target = pairs()
    unrolled = model.unroll(source, target)
    log_probs = every_word(model, unrolled, source)
    bound = model.bind(source)
    state = bound.start()
    for t in range(target.inputs.size(1)):
        step = bound.step(target.inputs[:, t], state)
        assert close(step.log_probs, log_probs[:, t]), f"other log-probabilities at step {t}"
        there = unrolled.weights[:, :, t].split(step.weights.size(-1), dim=-1)  # a past grows with t
        assert close(step.weights, there[0]), f"other weights at step {t}"
        assert not any(part.any() for part in there[1:]), f"weights on what comes after step {t}"
        state = step.state
    ours, theirs = flat(unrolled.state), flat(state)
    assert len(ours) == len(theirs)
    assert all(close(one, other) for one, other in zip(ours, theirs, strict=True)), "another last state"
    sums = log_probs.exp().sum(-1)
    assert torch.allclose(sums, torch.ones_like(sums), rtol=0, atol=1e-12), "not a distribution"


@pytest.mark.parametrize("make", every())
def test_unroll_is_repeated_step(make: Make) -> None:
    check_unroll(tiny(**make))


@pytest.mark.parametrize("attention", ["general", "location-aware"])
def test_sampling_nothing_is_unrolling(attention: str) -> None:
    """Scheduled sampling at a rate of 0 is teacher forcing."""
    model = tiny(attention)
    with torch.no_grad():
        ours, theirs = model.unroll(*pairs()), model.unroll_sampled(*pairs(), rate=0.0)
    assert close(ours.features, theirs.features)
    assert close(ours.weights, theirs.weights)


def test_sampling_everything_reads_its_own_words() -> None:
    """At a rate of 1 every word after the first is the one that the model finds most probable."""
    model = tiny("coverage")
    source, target = pairs()
    with torch.no_grad():
        log_probs = every_word(model, model.unroll_sampled(source, target, rate=1.0), source)
        bound = model.bind(source)
        state, tokens = bound.start(), target.inputs[:, 0]
        for t in range(target.inputs.size(1)):
            step = bound.step(tokens, state)
            real = target.mask[:, t]
            assert close(step.log_probs[real], log_probs[real, t])
            tokens, state = step.log_probs.argmax(-1), step.state


def test_control_an_unroll_with_its_input_feeding_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the features of the step before were not handed on inside the loop."""
    model = tiny()
    step = model.decoder.step

    def unroll(embedded: Tensor, memory: object, keys: object, state: object) -> Unrolled:
        features, weights = [], []
        for vector in embedded.unbind(1):
            stepped = step(vector, memory, keys, state)
            state = stepped.state._replace(feed=torch.zeros_like(stepped.state.feed))
            features.append(stepped.features)
            weights.append(stepped.weights)
        return Unrolled(torch.stack(features, 1), torch.stack(weights, 2), state)

    monkeypatch.setattr(model.decoder, "unroll", unroll)
    with pytest.raises(AssertionError, match="step 1"):
        check_unroll(model)
