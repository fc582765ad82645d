"""What ranks hypotheses, worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.errors import InputError
from entarte.search import Beam, Greedy
from entarte.search.score import FLOOR, Score, uncovered
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B = 4, 5


def test_gnmt_length_penalty_by_its_equation():
    assert Score("gnmt", alpha=0.2).of(-3.0, 10) == pytest.approx(-3.0 / ((5 + 10) ** 0.2 / (5 + 1) ** 0.2))
    assert Score("gnmt", alpha=0.0).of(-3.0, 10) == -3.0


@pytest.mark.parametrize("score", [Score("average"), Score("none"), Score("gnmt", 0.3), Score("gnmt", 2.0)])
def test_the_bound_is_reached_by_saying_surely_what_remains(score):
    for length in range(1, 9):
        assert score.of(-2.5, length) <= score.bound(-2.5, 8) + 1e-12
    assert score.of(-2.5, 8) == score.bound(-2.5, 8)


def test_coverage_counts_real_slots_up_to_one():
    # two heads whose mean is (0.3, 0.7, 0) and (0.3, 0.7, 0): sums 0.6, 1.4, 0; the last is padding
    weights = torch.tensor([[[0.2, 0.8, 0.0], [0.4, 0.6, 0.0]]] * 2)
    assert uncovered(weights, torch.tensor([True, True, False])) == pytest.approx(math.log(0.6))
    # a real slot that was never looked at weighs like one that was looked at very little
    assert uncovered(weights, torch.tensor([True] * 3)) == pytest.approx(math.log(0.6) + math.log(FLOOR))


def test_the_coverage_penalty_brings_the_sentence_that_sees_all():
    # A EOS looks at slot 0 only, B EOS at slot 0 and then 1. log p: A 0.6, B 0.4
    table = Table(
        [{(): {A: 0.6, B: 0.4}}],
        8,
        look=lambda prefix: (0.1, 0.9) if prefix[:1] == (B,) else (0.9, 0.1),
    )
    [[without]] = Beam(beam=3)(table, [4])
    [[covered]] = Beam(beam=3, coverage=1.0)(table, [4])
    assert without.tokens == (A, EOS)
    assert covered.tokens == (B, EOS)
    assert covered.score == pytest.approx(math.log(0.4) / 2)  # all is covered: sums 1.0, 1.0
    [[greedy]] = Greedy(coverage=1.0)(table, [4])
    assert greedy.score == pytest.approx(math.log(0.6) / 2 + math.log(0.2))  # sums 1.8, 0.2


def test_padding_does_not_change_a_covered_score():
    def table(extra):
        weights = (0.7, 0.3) + (0.0,) * extra
        mask = torch.tensor([[True, True] + [False] * extra])
        return Table([{(): {A: 0.6, B: 0.4}}], 8, look=lambda prefix: weights, mask=mask)

    search = Beam(beam=2, coverage=0.5)
    assert search(table(0), [4]) == search(table(3), [4])


@pytest.mark.parametrize("value", [-0.1, math.inf, math.nan])
def test_coverage_out_of_range(value):
    with pytest.raises(InputError, match=r"generate\.coverage: coverage is .*; it must be 0 or more"):
        Beam(coverage=value)
