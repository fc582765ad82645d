"""Minimum Bayes risk, by hand."""

from __future__ import annotations

import math

import pytest

from entarte.errors import InputError
from entarte.search import MBR
from entarte.search.mbr import overlap
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C, D = 4, 5, 6, 7
# The single most probable sentence is D (0.3), but 0.7 lies on three that resemble each other.
TABLE = Table([{(): {D: 0.3, A: 0.7}, (A,): {B: 1.0}, (A, B): {A: 0.34, C: 0.33, D: 0.33}}], 9)


def exact_match(output, truth):
    return float(output == truth)


def test_agreement_beats_probability():
    for search in (MBR(over="beam", count=4, n_best=4), MBR(count=200)):
        [found] = search(TABLE, [6])
        assert found[0].said[:2] == (A, B)
    [[mode]] = MBR(exact_match, over="beam", count=4)(TABLE, [6])
    assert mode.said == (D,)  # with exact match for utility it is the most probable one
    assert mode.score == pytest.approx(0.3)


def test_expected_utility_of_an_n_best_list_is_weighted_by_probability():
    [found] = MBR(lambda output, truth: float(len(truth)), over="beam", count=4, n_best=4)(TABLE, [6])
    assert [h.score for h in found] == pytest.approx([0.3 * 1 + 0.7 * 3] * 4)
    assert found[0].said == (D,)  # among equals the more probable
    assert found[0].log_prob == pytest.approx(math.log(0.3))


def test_samples_count_as_often_as_they_were_drawn():
    [found] = MBR(exact_match, count=100, n_best=4)(TABLE, [6])
    assert sum(h.score for h in found) == pytest.approx(1.0)
    assert all(round(h.score * 100, 6).is_integer() for h in found)


def test_unfinished_outputs_only_where_there_is_no_other():
    endless = Table([{(): {A: 0.5, EOS: 0.5}, (A,): {A: 1.0}, (A, A): {A: 1.0}}], 9)
    [[h]] = MBR(count=20)(endless, [3])
    assert h.tokens == (EOS,)
    [[h]] = MBR(count=3)(Table([lambda prefix: {A: 1.0}], 9), [3])
    assert not h.finished


def test_common_ngrams():
    assert overlap((A, B, C), (A, B, D)) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert overlap((A, A), (A,)) == pytest.approx((2 / 3 + 0) / 2)
    assert overlap((A,), ()) == 0.0


def test_a_utility_that_is_no_number():
    with pytest.raises(ValueError, match=r"the utility of .* is nan"):
        MBR(lambda output, truth: math.nan)(TABLE, [6])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"over": "beem"},
            r"generate\.over: minimum Bayes risk has no outputs from 'beem'\. Did you mean 'beam'\?",
        ),
        ({"count": 0}, r"generate\.count: count is 0; it must be 1 or more"),
        ({"n_best": 0}, r"generate\.n_best: n_best is 0"),
        ({"temperature": 0.0}, "temperature is 0"),
    ],
)
def test_settings_that_make_no_sense(settings, words):
    with pytest.raises(InputError, match=words):
        MBR(**settings)
