"""Forced decoding."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.errors import InputError
from entarte.search import force
from entarte.search.score import Score
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B = 4, 5
TABLE = Table([{(): {A: 0.6, B: 0.4}, (A,): {A: 0.5, EOS: 0.5}}], 8)


def test_given_targets_of_different_lengths():
    three = TABLE.keep(torch.tensor([0, 0, 0]))
    whole, part, nothing = force(three, [(A, A, EOS), (B,), ()])
    assert whole.log_probs == pytest.approx([math.log(0.6), math.log(0.5), 0.0])
    assert whole.score == pytest.approx(math.log(0.3) / 3)
    assert whole.finished
    assert whole.weights.shape == (3, 1, 1)
    assert part.log_probs == pytest.approx([math.log(0.4)])
    assert not part.finished
    assert nothing.tokens == ()
    assert nothing.log_prob == 0.0
    assert nothing.weights.shape == (0, 1, 1)


def test_the_impossible_has_minus_infinity():
    [h] = force(TABLE, [(B, A, EOS)])
    assert h.log_probs[1] == -math.inf
    assert h.log_prob == -math.inf


def test_another_score():
    [h] = force(TABLE, [(A, EOS)], Score("none"))
    assert h.score == h.log_prob


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (
            (A, 8),
            r"a target to be forced has the id 8, which is not in the vocabulary\. Its ids go from 0 to 7",
        ),
        ((-1,), "has the id -1"),
        ((A, EOS, A), r"a target to be forced goes on after its end: \(4 3 4\)"),
    ],
)
def test_what_cannot_be_forced(target, words):
    with pytest.raises(InputError, match=words):
        force(TABLE, [target])


def test_one_target_per_source():
    with pytest.raises(ValueError, match="2 targets for 1 sources"):
        force(TABLE, [(A,), (B,)])
    assert force(TABLE.keep(torch.tensor([], dtype=torch.long)), []) == []


def test_nan_is_not_hidden():
    table = Table([{(): {A: math.nan}}], 8)
    with pytest.raises(InputError, match="the model gave a log-probability of nan"):
        force(table, [(A, EOS)])
