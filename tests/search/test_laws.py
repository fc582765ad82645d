"""The laws, for every member of the family and every way to set it that changes its course."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.search import MBR, SEARCHES, Beam, Ensemble, Exact, Greedy, Sample, Wish, force
from entarte.search.score import Score

A, B, C = 4, 5, 6

WAYS = {
    "greedy": Greedy(),
    "greedy, rules": Greedy(min_length=2, no_repeat=1),
    "beam": Beam(beam=4, n_best=4),
    "beam, count": Beam(beam=3, n_best=3, stop="count"),
    "beam, coverage": Beam(beam=4, n_best=2, normalise="gnmt", coverage=0.4),
    "beam, rules": Beam(beam=4, n_best=4, min_length=1, max_length=5, no_repeat=2),
    "beam, groups": Beam(beam=6, n_best=6, groups=3, diversity=0.7),
    "sample": Sample(count=5),
    "sample, narrow": Sample(count=5, temperature=1.3, top_k=3, top_p=0.9, typical=0.95, no_repeat=2),
    "exact": Exact(n_best=2),
    "exact, average": Exact(n_best=3, normalise="average", max_length=4),
    "mbr": MBR(count=12, n_best=3),
    "mbr, beam": MBR(over="beam", count=6, n_best=3),
}


def test_every_search_is_here():
    assert {type(search) for search in WAYS.values()} == set(SEARCHES.values())


@pytest.fixture(params=WAYS)
def search(request):
    return WAYS[request.param]


def test_batch_mates_do_not_matter(tools, search):  # law 2
    seeds, limits = [0, 1, 2, 3, 4, 5], [1, 6, 2, 5, 4, 6]
    wishes = [Wish(number=seed, prefix=(B,) * (seed % 2 and limit > 3)) for seed, limit in zip(seeds, limits)]
    together = search(tools.table(*seeds), limits, wishes)
    alone = [search(tools.table(s), [limit], [w])[0] for s, limit, w in zip(seeds, limits, wishes)]
    assert together == alone
    for ours, theirs in zip(together, alone):
        assert all(torch.equal(a.weights, b.weights) for a, b in zip(ours, theirs))


@pytest.mark.parametrize("seed", range(5))
def test_scores_and_weights_are_the_forced_ones(tools, search, seed):  # law 4
    table = tools.table(seed, seed + 100)
    for source, found in enumerate(search(table, [6, 3])):
        assert found
        for h in found:
            [forced] = force(table.keep(torch.tensor([source])), [h.tokens])
            assert forced.log_probs == pytest.approx(h.log_probs, abs=1e-6)
            assert forced.log_prob == pytest.approx(h.log_prob, abs=1e-6)
            assert forced.finished == h.finished
            assert torch.allclose(forced.weights, h.weights)
            assert h.log_prob == pytest.approx(sum(h.log_probs), abs=1e-6)


def test_results_are_distinct_or_drawn_and_in_order(tools, search):
    for found in search(tools.table(7, 8), [6, 6]):
        scores = [h.score for h in found]
        assert scores == sorted(scores, reverse=True)
        if not isinstance(search, Sample):
            assert len({h.tokens for h in found}) == len(found)


def test_an_ensemble_of_the_same_model_is_that_model(tools, search):
    table = tools.table(3, 4)
    for mean in ("probabilities", "log-probabilities"):
        twice = search(Ensemble([table, table], mean=mean), [5, 6])
        once = search(table, [5, 6])
        for ours, theirs in zip(twice, once):
            assert [h.tokens for h in ours] == [h.tokens for h in theirs]
            assert [h.score for h in ours] == pytest.approx([h.score for h in theirs], abs=1e-5)
            for one, other in zip(ours, theirs):
                assert torch.allclose(one.weights, other.weights.expand(-1, 2, -1))


def test_limits_are_kept(tools, search):
    for limit in (1, 2, 4):
        for h in search(tools.table(5), [limit])[0]:
            assert 1 <= len(h.tokens) <= limit


def test_no_source_no_result(tools, search):
    assert search(tools.table(), []) == []


@pytest.mark.parametrize("normalise", ["average", "gnmt", "none"])
@pytest.mark.parametrize("coverage", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_a_full_beam_is_brute_force_is_exact(tools, seed, normalise, coverage):  # law 11
    settings = {"normalise": normalise, "coverage": coverage, "n_best": 6}
    judge = tools.everything(seed, 4, Score(normalise, coverage=coverage))[:6]
    table = tools.table(seed)
    [beam] = Beam(beam=120, **settings)(table, [4])
    [proof] = Exact(**settings).prove(table, [4])
    assert proof.proved
    assert not math.isinf(proof.bound)
    for found in (beam, proof.results):
        assert [h.tokens for h in found] == [tokens for _, tokens in judge]
        assert [h.score for h in found] == pytest.approx([score for score, _ in judge], abs=1e-5)


WISHES = [
    Wish(prefix=(C, A)),
    Wish(required=((B, A),)),
    Wish(required=((A,), (C,))),
    Wish(required=((A,), (A,))),
    Wish(required=((A, A, B),)),
    Wish(required=((A, B), (B, C))),
    Wish(forbidden=((B,),)),
    Wish(forbidden=((A, A), (B, C), (C, C, A))),
    Wish(prefix=(A,), required=((A, B),), forbidden=((C,),)),
]


def holds(wish, said, no_repeat=0):
    """The meaning of a wish, said plainly."""
    text = "".join(map(str, said))
    phrases = ["".join(map(str, phrase)) for phrase in wish.required]
    grams = [said[i : i + no_repeat] for i in range(len(said) - no_repeat + 1)] if no_repeat else []
    return (
        said[: len(wish.prefix)] == wish.prefix
        and all(text.count(phrase) >= phrases.count(phrase) for phrase in phrases)
        and not any("".join(map(str, phrase)) in text for phrase in wish.forbidden)
        and len(set(grams)) == len(grams)
    )


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("seed", range(4))
def test_wishes_too(tools, seed, wish):  # law 11 with constraints
    judge = tools.everything(seed, 4, Score("average"), lambda said: holds(wish, said))[:5]
    table = tools.table(seed, 99)
    [beam, _] = Beam(beam=120, n_best=5)(table, [4, 3], [wish, Wish()])
    [exact, _] = Exact(normalise="average", n_best=5)(table, [4, 3], [wish, Wish()])
    for found in (beam, exact):
        assert [h.tokens for h in found] == [tokens for _, tokens in judge]


@pytest.mark.parametrize(("no_repeat", "min_length"), [(1, 0), (2, 0), (3, 2), (0, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_rules_too(tools, seed, no_repeat, min_length):  # law 11 with rules
    def allowed(said):
        return len(said) >= min_length and holds(Wish(), said, no_repeat)

    settings = {"n_best": 5, "no_repeat": no_repeat, "min_length": min_length}
    judge = tools.everything(seed, 4, Score("none"), allowed)[:5]
    [beam] = Beam(beam=120, normalise="none", **settings)(tools.table(seed), [4])
    [exact] = Exact(**settings)(tools.table(seed), [4])
    for found in (beam, exact):
        assert [h.tokens for h in found] == [tokens for _, tokens in judge]


@pytest.mark.parametrize("rules", [{"no_repeat": 1}, {"min_length": 3}, {"max_length": 2}])
@pytest.mark.parametrize("seed", range(10))
def test_a_beam_of_one_is_greedy_under_rules(tools, seed, rules):  # law 3
    table, wishes = tools.table(seed, seed + 50), [Wish(forbidden=((A, B),)), Wish(prefix=(C, A))]
    ours = Beam(beam=1, coverage=0.2, **rules)(table, [7, 9], wishes)
    assert ours == Greedy(coverage=0.2, **rules)(table, [7, 9], wishes)


class Stubborn:
    """A Stepper that remembers its rows by their place and not in its state: what the laws must find."""

    def __init__(self, table):
        self.table, self.own = table, None

    @property
    def sources(self):
        return self.table.sources

    @property
    def mask(self):
        return self.table.mask

    def start(self):
        self.own = None
        return self.table.start()

    def step(self, tokens, state):
        own = state if self.own is None or len(self.own[0]) != len(tokens) else self.own
        step = self.table.step(tokens, own)
        self.own = step.state
        return step

    def keep(self, sources):
        return Stubborn(self.table.keep(sources))


@pytest.mark.parametrize("beam", [Beam(beam=4, n_best=4), Beam(beam=4, n_best=4, groups=2)])
def test_a_state_that_is_not_reordered_is_found_out(tools, beam):  # the negative control of law 4
    wrong = 0
    for seed in range(10):
        for h in beam(Stubborn(tools.table(seed)), [6])[0]:
            [forced] = force(tools.table(seed), [h.tokens])
            wrong += abs(forced.log_prob - h.log_prob) > 1e-3
            wrong += not torch.allclose(forced.weights, h.weights)
    assert wrong > 5


def test_memory_that_mixes_up_sources_is_found_out(tools):  # the negative control of law 2
    class Mixed(type(tools.table(0))):
        def keep(self, sources):
            return super().keep(torch.arange(len(sources)))

    def law(make):
        together = Beam()(make(0, 1, 2, 3), [2, 5, 6, 6])
        return together == [Beam()(tools.table(s), [n])[0] for s, n in enumerate([2, 5, 6, 6])]

    assert law(tools.table)
    assert not law(lambda *seeds: Mixed(tools.table(*seeds).tables, 200, tools.look))
