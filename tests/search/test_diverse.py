"""Diverse groups."""

from __future__ import annotations

import math

import pytest

from entarte.errors import InputError
from entarte.search import Beam
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C = 4, 5, 6


def test_a_later_group_says_something_else():
    # Both groups of one would say A. The second pays 1 for it: log 0.6 - 1 = log 0.22 < log 0.3 for B.
    table = Table([{(): {A: 0.6, B: 0.3, C: 0.1}}], 8)
    [found] = Beam(beam=2, n_best=2, groups=2, diversity=1.0)(table, [4])
    assert [h.tokens for h in found] == [(A, EOS), (B, EOS)]
    assert [h.log_prob for h in found] == pytest.approx([math.log(0.6), math.log(0.3)])  # without the price
    # At 0.5 the price is too low: log 0.6 - 0.5 = log 0.36 > log 0.3. One sentence, found twice.
    [found] = Beam(beam=2, n_best=2, groups=2, diversity=0.5)(table, [4])
    assert [h.tokens for h in found] == [(A, EOS)]


def test_the_third_group_pays_twice():
    # A 0.5, B 0.25, C 0.25. Group 1: A. Group 2 at price 1.0: A log 0.18, so B. Group 3: C, as B costs too.
    table = Table([{(): {A: 0.5, B: 0.25, C: 0.25}}], 8)
    [found] = Beam(beam=3, n_best=3, groups=3, diversity=1.0)(table, [4])
    assert {h.said for h in found} == {(A,), (B,), (C,)}


@pytest.mark.parametrize("seed", range(10))
def test_without_a_price_every_group_is_the_plain_beam(tools, seed):
    table = tools.table(seed, seed + 30)
    plain = Beam(beam=3, n_best=3, stop="never")(table, [6, 4])
    grouped = Beam(beam=9, n_best=3, groups=3, diversity=0.0, stop="never")(table, [6, 4])
    assert grouped == plain


@pytest.mark.parametrize("seed", range(10))
def test_the_first_group_is_a_plain_beam(tools, seed):
    table = tools.table(seed)
    [plain] = Beam(beam=2, n_best=2, stop="never")(table, [6])
    [grouped] = Beam(beam=8, n_best=8, groups=4, diversity=2.0, stop="never")(table, [6])
    assert {h.tokens for h in plain} <= {h.tokens for h in grouped}


def test_diversity_is_what_its_name_says(tools):
    def openings(**settings):
        found = [Beam(beam=6, n_best=6, **settings)(tools.table(seed), [6])[0] for seed in range(6)]
        return sum(len({h.tokens[:2] for h in each}) for each in found)

    assert openings(groups=3, diversity=3.0) > openings(groups=3, diversity=0.2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"beam": 5, "groups": 2}, r"generate\.groups: a beam of 5 cannot be shared out among 2 groups"),
        ({"beam": 5, "groups": 0}, r"among 0 groups\. Give a divisor of the beam"),
        ({"diversity": -1.0}, r"generate\.diversity: diversity is -1\.0; it must be 0 or more"),
    ],
)
def test_groups_that_make_no_sense(settings, words):
    with pytest.raises(InputError, match=words):
        Beam(**settings)
