"""Law 3: beam search with one hypothesis is greedy search, on models (tests/search has it on tables)."""

from __future__ import annotations

import pytest
import torch

from entarte.model import Model
from entarte.search import Beam, Greedy

from .models import SOURCES, Make, ending, searched, source_of, tiny


def check_beam_of_one(model: Model, beam: int = 1) -> None:
    """The same tokens, numbers and weights, bit for bit: the two take the same steps."""
    greedy = Greedy()(model.bind(source_of(SOURCES)), [6, 3, 5])
    narrow = Beam(beam=beam)(model.bind(source_of(SOURCES)), [6, 3, 5])
    for ours, theirs in zip(greedy, narrow, strict=True):
        assert len(ours) == len(theirs) == 1
        assert ours == theirs
        assert torch.equal(ours[0].weights, theirs[0].weights)


@pytest.mark.parametrize("make", searched())
def test_beam_of_one_is_greedy(make: Make) -> None:
    check_beam_of_one(ending(tiny(**make), 0.5))


def test_control_a_wider_beam_is_not_greedy() -> None:
    """The models are such that a beam finds something else, so that the law says something."""

    def all_of_them() -> None:
        for seed in range(8):
            check_beam_of_one(ending(tiny(seed=seed), 0.5), beam=4)

    with pytest.raises(AssertionError):
        all_of_them()
