"""Ensembles: whose opinion, and whose attention."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.errors import InputError
from entarte.search import Beam, Ensemble, Greedy, Wish, force
from entarte.search.ensemble import member, mixture, together
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C = 4, 5, 6
ONE = Table([{(): {A: 0.5, B: 0.1, C: 0.4}}], 8, look=lambda prefix: (0.8, 0.2))
TWO = Table([{(): {A: 0.1, B: 0.5, C: 0.4}}], 8, look=lambda prefix: (0.4, 0.6))


def test_two_models_agree_on_what_neither_says_first():
    # probabilities: A 0.3, B 0.3, C 0.4
    both = Ensemble([ONE, TWO])
    [[h]] = Greedy()(both, [3])
    assert h.tokens == (C, EOS)
    assert h.log_probs[0] == pytest.approx(math.log(0.4))
    # geometric: √0.05 = 0.2236 for A and B, 0.4 for C; sum 0.8472
    [[h]] = Greedy()(Ensemble([ONE, TWO], mean="log-probabilities"), [3])
    assert h.log_probs[0] == pytest.approx(math.log(0.4 / (2 * math.sqrt(0.05) + 0.4)))


def test_each_members_attention_and_their_mean():
    [[h]] = Beam(beam=2)(Ensemble([ONE, TWO]), [3])
    assert h.weights.shape == (2, 2, 2)
    assert torch.allclose(member(h.weights, 0), torch.tensor([[[0.8, 0.2]]] * 2))
    assert torch.allclose(member(h.weights, 1), torch.tensor([[[0.4, 0.6]]] * 2))
    assert torch.allclose(together(h.weights), torch.tensor([[[0.6, 0.4]]] * 2))


def test_members_with_several_heads_count_once():
    class Heads(Table):
        def step(self, tokens, state):
            step = super().step(tokens, state)
            return step._replace(weights=torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]).expand(len(tokens), -1, -1))

    [h] = force(Ensemble([ONE, Heads(ONE.tables, 8, ONE.look)]), [(A, EOS)])
    assert h.weights[0].tolist() == [pytest.approx([0.8, 0.2]), [0.5, 0.5]]


def test_an_ensemble_of_ensembles_and_of_one():
    once = Beam(beam=2)(Ensemble([ONE]), [3])
    assert once == Beam(beam=2)(ONE, [3])
    nested = Ensemble([Ensemble([ONE, TWO]), Ensemble([TWO, ONE])])
    [[h]] = Beam(beam=2)(nested, [3])
    assert h.tokens == (C, EOS)


def test_states_are_reordered_for_every_member(tools):
    class Other(Table):
        """Another architecture: its state is a sum, not the prefix."""

        def start(self):
            return (torch.zeros(self.sources, dtype=torch.long), None)

        def step(self, tokens, state):
            total = state[0] + tokens
            shares = torch.tensor(
                [[0.0, 0.0, 0.0, 0.2, 1.0 + s % 3, 1.0 + s % 5, 1.0 + s % 7] for s in total.tolist()]
            )
            log_probs = torch.nn.functional.pad(
                shares.log().log_softmax(-1), (0, self.size - 7), value=-torch.inf
            )
            return (
                super()
                .step(tokens, (torch.zeros(len(tokens), 0, dtype=torch.long),))
                ._replace(log_probs=log_probs, state=(total, None))
            )

    for seed in range(5):
        both = Ensemble([tools.table(seed), Other([lambda p: {}], 128, tools.look)])
        for h in Beam(beam=4, n_best=4)(both, [6], [Wish(required=((A, B),))])[0]:
            [forced] = force(both, [h.tokens])
            assert forced.log_prob == pytest.approx(h.log_prob, abs=1e-5)
            assert torch.allclose(forced.weights, h.weights)


def test_what_no_member_can_say_stays_impossible():
    never = torch.full((1, 3), -torch.inf)
    for mean in ("probabilities", "log-probabilities"):
        assert mixture([never, never], mean).tolist() == never.tolist()
    half = torch.tensor([[1.0, 0.0]]).log()
    other = torch.tensor([[0.5, 0.5]]).log()
    assert mixture([half, other], "log-probabilities").exp().tolist() == [[1.0, 0.0]]
    assert mixture([half, other], "probabilities").exp().tolist() == [pytest.approx([0.75, 0.25])]


def test_different_vocabularies():
    with pytest.raises(
        InputError, match=r"target vocabularies of the ensemble have 8, 9 entries\. Give models"
    ):
        Greedy()(Ensemble([ONE, Table([{(): {A: 1.0}}], 9)]), [3])


def test_different_cuts_of_the_source():
    wide = Table([{(): {C: 1.0}}], 8, look=lambda prefix: (0.1, 0.2, 0.7))
    both = Ensemble([ONE, wide])
    [[h]] = Greedy()(both, [3])  # each one's attention is there, with zeros where it has no slot
    assert torch.allclose(h.weights[0], torch.tensor([[0.8, 0.2, 0.0], [0.1, 0.2, 0.7]]))
    with pytest.raises(InputError, match="cut the sources into different pieces, so their attention cannot"):
        Beam(beam=2, coverage=0.1)(both, [3])


def test_what_makes_no_ensemble(tools):
    with pytest.raises(InputError, match="an ensemble needs at least one model"):
        Ensemble([])
    with pytest.raises(InputError, match=r"there is no mean of 'probability'\. Did you mean 'probabilities'"):
        Ensemble([ONE], mean="probability")
    with pytest.raises(ValueError, match=r"members bound to \[1, 2\] sources"):
        Ensemble([ONE, tools.table(1, 2)])


def test_coverage_over_the_mean():
    [[h]] = Beam(beam=2, coverage=1.0)(Ensemble([ONE, TWO]), [3])
    assert h.score == pytest.approx(math.log(0.4) / 2 + math.log(0.8))  # sums 1.2 and 0.8
