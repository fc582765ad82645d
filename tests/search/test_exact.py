"""Exact search: proofs, honest failures, the beam's errors, and the empty optimum."""

from __future__ import annotations

import math

import pytest

from entarte.errors import InputError
from entarte.search import Exact
from entarte.search.score import Score
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C = 4, 5, 6


def test_a_search_error_is_reported():
    # A beam of 1 takes A (0.6), whose best sentence has 0.6 · 0.3 = 0.18; B EOS has 0.4 · 0.9 = 0.36
    table = Table([{(): {A: 0.6, B: 0.4}, (A,): {A: 0.4, B: 0.3, EOS: 0.3}, (B,): {EOS: 0.9, A: 0.1}}], 8)
    [proof] = Exact(beam=1).prove(table, [5])
    assert proof.proved
    assert proof.results[0].tokens == (B, EOS)
    assert proof.beam.tokens == (A, A, EOS)
    assert proof.search_error is True
    assert proof.empty is False
    assert proof.bound == proof.results[0].score == pytest.approx(math.log(0.36))
    assert str(proof) == f"proved with {proof.expanded} prefixes: the beam missed it"
    [wide] = Exact(beam=3).prove(table, [5])
    assert wide.search_error is False
    assert str(wide).endswith("the beam found it")


def test_the_empty_optimum():
    # Everything that can be said has at most 0.6 · 0.2; saying nothing has 0.4
    table = Table([lambda prefix: {A: 0.2, B: 0.2, C: 0.2, EOS: 0.4}], 8)
    [proof] = Exact(beam=2).prove(table, [6])
    assert proof.proved
    assert proof.empty is True
    assert proof.results[0].tokens == (EOS,)
    assert str(proof).endswith("it is empty")
    [average] = Exact(beam=2, normalise="average").prove(table, [3])
    assert average.empty is True  # log 0.4 on the average beats log 0.2


def test_what_is_proved_first_needs_few_prefixes(tools):
    # The beam's result has log 0.9³; nothing else has above 0.1, so reading the line itself suffices
    table = Table([lambda prefix: {A: 0.9, EOS: 0.1} if len(prefix) < 2 else {EOS: 0.9, B: 0.1}], 8)
    [proof] = Exact(beam=2, together=1).prove(table, [50])
    assert proof.proved
    assert proof.expanded == 3


def test_not_proved_within_the_budget(tools):
    table = tools.table(11)
    [proof] = Exact(budget=3, together=1, normalise="average").prove(table, [9])
    assert not proof.proved
    assert proof.expanded == 3
    assert proof.empty is None
    assert proof.bound >= proof.results[0].score
    assert str(proof).startswith("not proved within the budget of 3 prefixes: found none better")
    assert proof.search_error is None


def test_an_error_of_the_beam_can_be_known_without_a_proof():
    # The beam of 1 says EOS (0.5). A, B is surely followed to the end: 0.5 · 1 and so on, by average better
    table = Table([{(): {EOS: 0.5, A: 0.3, B: 0.2}, (A,): {A: 0.9, EOS: 0.1}, (A, A): {A: 0.9, EOS: 0.1}}], 8)
    [proof] = Exact(beam=1, normalise="average", budget=4, together=1).prove(table, [40])
    assert not proof.proved
    assert proof.search_error is True
    assert "found a better target" in str(proof)


@pytest.mark.parametrize("normalise", ["none", "average"])
@pytest.mark.parametrize("seed", range(6))
def test_forgetting_is_owned_up_to(tools, seed, normalise):
    table = tools.table(seed)
    [small] = Exact(memory=4, beam=1, normalise=normalise).prove(table, [5])
    [large] = Exact(normalise=normalise).prove(table, [5])
    assert large.proved
    if small.proved:
        assert small.results[0].tokens == large.results[0].tokens
    assert small.results[0].score <= large.results[0].score + 1e-6 <= small.bound + 2e-6


def test_some_small_memories_do_not_suffice(tools):
    proofs = [Exact(memory=2, beam=1, normalise="average").prove(tools.table(s), [5])[0] for s in range(6)]
    assert any(not proof.proved for proof in proofs)


def test_how_many_are_read_at_once_does_not_matter(tools):
    for seed in range(5):
        one, many = (
            Exact(together=t, n_best=4, normalise="gnmt")(tools.table(seed), [5])[0] for t in (1, 64)
        )
        assert [h.tokens for h in one] == [h.tokens for h in many]


def test_where_nothing_can_finish():
    table = Table([lambda prefix: {A: 1.0}], 8)
    [proof] = Exact().prove(table, [3])
    assert proof.proved
    assert not proof.results[0].finished
    assert proof.search_error is False
    assert proof.bound == -math.inf


@pytest.mark.parametrize("seed", range(2))
def test_a_long_limit_without_normalisation(tools, seed):
    [proof] = Exact(n_best=3).prove(tools.table(seed), [60])
    judge = tools.everything(seed, 6, Score("none"))
    assert proof.proved
    assert proof.results[0].score >= judge[0][0] - 1e-6


@pytest.mark.parametrize("name", ["n_best", "budget", "memory", "together"])
def test_settings_that_make_no_sense(name):
    with pytest.raises(InputError, match=rf"generate\.{name}: {name} is 0; it must be 1 or more"):
        Exact(**{name: 0})


def test_a_beam_that_makes_no_sense():
    with pytest.raises(InputError, match="a beam of 0 holds nothing"):
        Exact(beam=0)
