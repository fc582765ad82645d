"""Sampling: what may be drawn, how often it is drawn, and what the draws depend on."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch

from entarte.errors import InputError
from entarte.search import Sample, Wish
from entarte.search.sample import draw, mixed, nearest
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C, D = 4, 5, 6, 7
SHARES = {A: 0.5, B: 0.25, C: 0.15, D: 0.1}
WORDS = Table([{(): SHARES}], 9)


def drawn(**settings):
    [found] = Sample(count=1500, seed=5, **settings)(WORDS, [3])
    counts = Counter(h.tokens[0] for h in found)
    return {token: count / 1500 for token, count in counts.items()}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, SHARES),
        ({"top_k": 2}, {A: 2 / 3, B: 1 / 3}),
        ({"top_k": 1}, {A: 1.0}),
        ({"top_p": 0.5}, {A: 1.0}),  # A alone has half
        ({"top_p": 0.51}, {A: 2 / 3, B: 1 / 3}),
        ({"top_p": 0.8}, {A: 5 / 9, B: 2.5 / 9, C: 1.5 / 9}),
        # √p: 0.7071, 0.5, 0.3873, 0.3162; sum 1.9106
        ({"temperature": 2.0}, {A: 0.3701, B: 0.2617, C: 0.2027, D: 0.1655}),
        # p²: 0.25, 0.0625, 0.0225, 0.01; sum 0.345
        ({"temperature": 0.5}, {A: 0.7246, B: 0.1812, C: 0.0652, D: 0.0290}),
        # Surprise in nats: A 0.69, B 1.39, C 1.90, D 2.30; their entropy is 1.21: B is nearest, then A
        ({"typical": 0.2}, {B: 1.0}),
        ({"typical": 0.6}, {A: 2 / 3, B: 1 / 3}),
        # top_k first: A 2/3, B 1/3, and of those top_p takes A
        ({"top_k": 2, "top_p": 0.6}, {A: 1.0}),
    ],
)
def test_how_often_each_token_is_drawn(settings, expected):
    found = drawn(**settings)
    assert set(found) == set(expected)
    for token, share in expected.items():  # four standard deviations of 1,500 draws
        assert abs(found[token] - share) <= 4 * math.sqrt(share * (1 - share) / 1500) + 1e-9


def test_probabilities_are_the_models_own():
    [found] = Sample(count=50, temperature=3.0, top_k=3)(WORDS, [3])
    for h in found:
        assert h.log_probs[0] == pytest.approx(math.log(SHARES[h.tokens[0]]))


def test_whole_sentences_come_by_their_probability():
    # A A 0.24, A EOS 0.36, B EOS 0.4
    table = Table([{(): {A: 0.6, B: 0.4}, (A,): {A: 0.4, EOS: 0.6}}], 9)
    [found] = Sample(count=1500, seed=2)(table, [5])
    counts = Counter(h.tokens for h in found)
    for tokens, share in {(A, A, EOS): 0.24, (A, EOS): 0.36, (B, EOS): 0.4}.items():
        assert abs(counts[tokens] / 1500 - share) < 4 * math.sqrt(share / 1500)


def test_the_same_seed_draws_the_same_and_another_draws_others(tools):
    table = tools.table(1)
    assert Sample(count=20, seed=3)(table, [6]) == Sample(count=20, seed=3)(table, [6])
    assert Sample(count=20, seed=3)(table, [6]) != Sample(count=20, seed=4)(table, [6])


def test_the_number_of_a_sentence_changes_its_draws(tools):
    table = tools.table(1, 1)
    search = Sample(count=20)
    first, second = search(table, [6, 6])
    assert first == second  # the same number, so the same draws
    first, second = search(table, [6, 6], [Wish(number=0), Wish(number=1)])
    assert first != second


def test_the_global_generator_is_left_alone(tools):
    before = torch.get_rng_state()
    Sample(count=5)(tools.table(1), [6])
    assert torch.equal(before, torch.get_rng_state())


def test_where_nothing_is_possible():
    table = Table([{(): {A: 1.0}, (A,): {}}], 9)
    [found] = Sample(count=2)(table, [4])
    assert [h.tokens for h in found] == [(A,), (A,)]
    assert not found[0].finished


def test_equal_shares_go_to_the_lower_token():
    even = torch.full((1, 4), 0.25)
    assert nearest(even, -even, top_k=2).tolist() == [[0.25, 0.25, 0.0, 0.0]]
    assert nearest(even, -even, share=0.6).tolist() == [[0.25, 0.25, 0.25, 0.0]]


@pytest.mark.parametrize("share", [0.05, 0.6, 0.95, 0.9999])
def test_many_tokens_as_a_full_sort(share):
    chance = torch.Generator().manual_seed(3)
    shares = torch.softmax(torch.randn(5, 2000, generator=chance), dim=1)
    shares[4] = 0.0  # a dead row
    order = shares.argsort(dim=1, descending=True, stable=True)
    placed = shares.gather(1, order).double()
    kept = placed.cumsum(dim=1) - placed < share - 1e-6
    expected = torch.zeros_like(shares).scatter(1, order, shares.gather(1, order) * kept)
    found = nearest(shares, -shares, share=share)
    # sums of many float32 may put the border one token further
    assert ((found > 0) != (expected > 0)).sum() <= 2
    assert found[4].sum() == 0
    assert (found.sum(dim=1)[:4] > share - 1e-5).all()


def test_rounding_never_draws_the_impossible():
    shares = torch.tensor([[0.1] * 10 + [0.0] * 5])
    assert draw(shares, torch.tensor([1.0])).item() == 9
    assert draw(torch.zeros(1, 4), torch.tensor([0.5])).item() == 3  # a dead row: any id that exists


def test_seeds_are_mixed_well():
    seeds = {mixed(seed, number) for seed in range(50) for number in range(50)}
    assert len(seeds) == 2500
    assert all(0 <= seed < 1 << 63 for seed in seeds)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"temperature": 0.0},
            r"generate\.temperature: temperature is 0\.0; it must be above 0\. The limit of 0 is",
        ),
        ({"temperature": -1.0}, r"temperature is -1\.0"),
        ({"temperature": math.nan}, "temperature is nan"),
        (
            {"top_p": 0.0},
            r"generate\.top_p: top_p is 0\.0; it is a share of the probability, above 0 and at most 1",
        ),
        ({"top_p": 1.5}, r"top_p is 1\.5"),
        ({"typical": -0.1}, r"generate\.typical: typical is -0\.1"),
        ({"top_k": -1}, r"generate\.top_k: top_k is -1; it must be 0 or more"),
        ({"count": 0}, r"generate\.count: count is 0; it must be 1 or more"),
        ({"seed": -1}, r"generate\.seed: seed is -1"),
    ],
)
def test_settings_that_make_no_sense(settings, words):
    with pytest.raises(InputError, match=words):
        Sample(**settings)


def test_more_than_the_vocabulary():
    with pytest.raises(InputError, match=r"generate\.top_k: top_k is 10, but the vocabulary has 9 entries"):
        Sample(top_k=10)(WORDS, [3])
