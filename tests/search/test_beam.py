"""Greedy and beam search on written tables, and by the laws."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.errors import InputError
from entarte.search import Beam, Greedy
from entarte.search.base import possible
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C = 4, 5, 6


def test_greedy_takes_the_best_token_and_misses_the_best_sentence():
    # 0.6 · 0.4 · 1 = 0.24 by way of A; 0.4 · 0.9 = 0.36 by way of B
    table = Table([{(): {A: 0.6, B: 0.4}, (A,): {A: 0.4, B: 0.3, EOS: 0.3}, (B,): {EOS: 0.9, A: 0.1}}], 8)
    [[greedy]] = Greedy()(table, [5])
    assert greedy.tokens == (A, A, EOS)
    assert math.exp(greedy.log_prob) == pytest.approx(0.24)
    assert greedy.log_probs == pytest.approx([math.log(0.6), math.log(0.4), 0.0])
    assert greedy.score == pytest.approx(greedy.log_prob / 3)
    [[best]] = Beam(beam=2, normalise="none")(table, [5])
    assert best.tokens == (B, EOS)
    assert math.exp(best.log_prob) == pytest.approx(0.36)


def test_length_rules_choose_different_sentences():
    # EOS at once: 0.5. A then EOS: 0.5 · 0.8 = 0.4, average log 0.4 / 2 = log 0.632
    table = Table([{(): {EOS: 0.5, A: 0.5}, (A,): {EOS: 0.8, A: 0.2}}], 8)
    [[none]] = Beam(beam=4, normalise="none")(table, [3])
    [[average]] = Beam(beam=4, normalise="average")(table, [3])
    assert none.tokens == (EOS,)
    assert none.empty
    assert average.tokens == (A, EOS)
    assert average.said == (A,)
    assert average.score == pytest.approx(math.log(0.4) / 2)


@pytest.mark.parametrize("seed", range(40))
def test_a_beam_of_one_is_greedy(tools, seed):  # law 3
    table = tools.table(seed, seed + 1000)
    for stop in ("best", "count", "never"):
        assert Beam(beam=1, stop=stop)(table, [3, 12]) == Greedy()(table, [3, 12])


@pytest.mark.parametrize("normalise", ["average", "gnmt", "none"])
@pytest.mark.parametrize("seed", range(20))
def test_stopping_early_gives_what_never_stopping_gives(tools, seed, normalise):
    table = tools.table(seed)
    settings = {"beam": 4, "n_best": 3, "normalise": normalise}
    assert Beam(stop="best", **settings)(table, [9]) == Beam(stop="never", **settings)(table, [9])


def test_stopping_at_k_finished_can_lose_the_best():
    # Step 1: EOS 0.4 is finished, A 0.6 goes on. Step 2: A EOS 0.21 is the second finished, with
    # average log 0.21 / 2 = log 0.458. A B 0.39 was live, and A B EOS has log 0.39 / 3 = log 0.731.
    table = Table([{(): {EOS: 0.4, A: 0.6}, (A,): {EOS: 0.35, B: 0.65}}], 8)
    [[heuristic]] = Beam(beam=2, stop="count")(table, [6])
    [[proved]] = Beam(beam=2, stop="best")(table, [6])
    assert heuristic.tokens == (A, EOS)
    assert proved.tokens == (A, B, EOS)


def test_equal_values_go_to_the_lower_token():
    even = {A: 0.25, B: 0.25, C: 0.25, EOS: 0.25}
    table = Table([lambda prefix: even], 8)
    [found] = Beam(beam=3, n_best=3, normalise="none", stop="never")(table, [3])
    # EOS = 3 is the lowest id; then A and B go on, and each of their continuations weighs 1/16
    assert [h.tokens for h in found] == [(EOS,), (A, EOS), (B, EOS)]
    assert Greedy()(table, [3])[0][0].tokens == (EOS,)


def test_where_nothing_ends_the_result_says_so():
    table = Table([lambda prefix: {A: 0.9, B: 0.1}], 8)
    for search in (Greedy(), Beam(beam=2)):
        [[h]] = search(table, [4])
        assert h.tokens == (A, A, A, A)
        assert not h.finished
        assert not h.empty
        assert h.weights.shape == (4, 1, 1)


def test_where_nothing_is_possible_the_result_stops_there():
    dead = Table([{(): {A: 0.7, B: 0.3}, (A,): {}, (B,): {}}, {(): {}}], 8)
    for search in (Greedy(), Beam(beam=2)):
        [[one], [nothing]] = search(dead, [4, 4])
        assert one.tokens == (A,)
        assert nothing.tokens == ()
        assert nothing.weights.shape == (0, 1, 1)
        assert not one.finished
        assert not nothing.finished


def test_padding_and_bos_are_never_said():
    table = Table([lambda prefix: {0: 0.5, 2: 0.3, A: 0.1, EOS: 0.1}], 8)
    for search in (Greedy(), Beam(beam=2)):
        assert search(table, [2])[0][0].tokens[0] in (A, EOS)


@pytest.mark.parametrize("value", [math.nan, 0.5, math.inf])
def test_what_is_no_probability_is_not_hidden(value):
    class Broken(Table):
        def step(self, tokens, state):
            step = super().step(tokens, state)
            step.log_probs[-1, A] = value
            return step

    table = Broken([{(): {A: 0.7, B: 0.3}}] * 2, 8)
    for search in (Greedy(), Beam(beam=2)):
        with pytest.raises(InputError, match=r"log-probability of (nan|0.5|inf), which is not the logarithm"):
            search(table, [4, 4])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"beam": 0}, r"generate\.beam: a beam of 0 holds nothing\. Give 1 or more"),
        ({"beam": -3}, "a beam of -3 holds nothing"),
        ({"beam": 3, "n_best": 4}, r"generate\.n_best: n_best is 4, but a beam of 3 has from 1 to 3"),
        ({"n_best": 0}, "n_best is 0"),
        ({"stop": "bset"}, r"generate\.stop: there is no stopping rule 'bset'\. Did you mean 'best'\?"),
        (
            {"normalise": "mean"},
            r"generate\.normalise: there is no length rule 'mean'\. Known: average, gnmt, none",
        ),
        ({"normalise": "gnmt", "alpha": -1.0}, r"generate\.alpha: alpha is -1\.0; it must be 0 or more"),
    ],
)
def test_settings_that_make_no_sense(settings, words):
    with pytest.raises(InputError, match=words):
        Beam(**settings)


def test_a_beam_larger_than_the_vocabulary():
    table = Table([{(): {A: 1.0}}], 8)
    with pytest.raises(InputError, match=r"a beam of 9 is larger than the vocabulary, which has 8 entries"):
        Beam(beam=9)(table, [4])


def test_limits_must_fit_the_sources(tools):
    with pytest.raises(ValueError, match="1 limits for 2 sources"):
        Greedy()(tools.table(1, 2), [3])
    with pytest.raises(ValueError, match="a limit of 0 tokens"):
        Beam()(tools.table(1), torch.tensor([0]))
    assert Beam()(tools.table(), []) == []


def test_dead_rows_may_be_broken_and_live_ones_may_not():
    log_probs = torch.full((2, 6), -1.0)
    log_probs[1, A] = math.nan
    found = possible(log_probs, torch.tensor([True, False]))
    assert found[1].tolist() == [-math.inf] * 6
    assert found[0, A] == -1.0
    with pytest.raises(InputError, match="log-probability of nan"):
        possible(log_probs, torch.tensor([False, True]))
