"""Law 4: a hypothesis's score equals its forced-decoding score, and its weights the forced weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.model import Model
from entarte.search import Beam, Greedy, Hypothesis, Search, beam
from entarte.state import select

from .models import SOURCES, Make, close, ending, said, searched, source_of, tiny

LIMITS = [6, 2, 5]


def check_scores(model: Model, search: Search) -> list[list[Hypothesis]]:
    """Whatever a search says about its outputs is what a teacher-forced pass says. → the outputs"""
    source = source_of(SOURCES)
    results = search(model.bind(source), LIMITS)
    rows = [row for row, found in enumerate(results) for _ in found]
    every = [hypothesis for found in results for hypothesis in found]
    where = torch.tensor(rows)
    with torch.no_grad():
        forced = model.force(batch.Source(*(part[where] for part in source)), said([h.tokens for h in every]))
    for place, hypothesis in enumerate(every):
        long = len(hypothesis.tokens)
        log_probs = forced.log_probs[place, :long]
        assert hypothesis.log_probs == pytest.approx(log_probs.tolist(), abs=1e-5), "other log-probabilities"
        assert hypothesis.log_prob == pytest.approx(float(log_probs.sum()), abs=1e-5)
        assert hypothesis.score == pytest.approx(float(log_probs.sum()) / long, abs=1e-5), "another score"
        weights = forced.weights[place, :, :long].transpose(0, 1)
        slots = hypothesis.weights.size(-1)  # a past is as long as its own output
        assert close(hypothesis.weights, weights[..., :slots]), "other weights"
        assert not weights[..., slots:].any(), "weights on what was not there"
    return results


@pytest.mark.parametrize("make", searched())
def test_scores_and_weights_are_the_forced_ones(make: Make) -> None:
    model = ending(tiny(**make), 0.5)
    check_scores(model, Greedy())
    check_scores(model, Beam(beam=4, n_best=4))


def test_the_beams_are_alive() -> None:
    """Outputs that differ in length, some cut off at the limit: the law is not checked on nothing."""
    found = check_scores(ending(tiny("coverage"), 0.2), Beam(beam=4, n_best=4, stop="never"))
    outputs = [hypothesis for each in found for hypothesis in each]
    assert len({len(hypothesis.tokens) for hypothesis in outputs}) > 2
    assert len({hypothesis.tokens for hypothesis in outputs}) > 6


def unordered(state: Any, rows: Tensor) -> Any:
    """`select` that reorders all of a decoder's state but the attention's."""
    moved = select(state, rows)
    if hasattr(state, "look") and state.look is not None and len(state.look) == len(rows):
        moved = moved._replace(look=state.look)
    return moved


@pytest.mark.parametrize("attention", ["coverage", "location-aware"])
def test_control_attention_state_that_is_not_reordered_is_found(
    attention: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ending(tiny(attention), -2.0)
    check_scores(model, Beam(beam=4, n_best=4))
    monkeypatch.setattr(beam, "select", unordered)
    with pytest.raises(AssertionError, match="other"):
        check_scores(model, Beam(beam=4, n_best=4))


def test_control_cells_that_are_not_reordered_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def stubborn(state: Any, rows: Tensor) -> Any:
        same = hasattr(state, "cells") and len(state.top) == len(rows)
        return state if same else select(state, rows)

    model = ending(tiny(), -2.0)
    monkeypatch.setattr(beam, "select", stubborn)
    with pytest.raises(AssertionError, match="other"):
        check_scores(model, Beam(beam=4, n_best=4))
