"""Guided alignment against the printed equation, and the way from word links to pieces."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch

from entarte.corpus import encode
from entarte.example import Example
from entarte.guide import Guide, entries, guide
from entarte.loss import guided
from entarte.text import Tokenizer

from .drawn import array, numbers
from .plain import softmax

B, H, T, S = 2, 3, 4, 5


@pytest.mark.parametrize("shift", [False, True])
def test_chen_cross_entropy(shift: bool) -> None:
    """−Σ_t Σ_s A_ts log α_ts, with α the mean of the heads; shifted, step t + 1 answers for piece t."""
    scores, wanted = numbers(B, H, T, S), numbers(B, T, S, seed=3).clamp_min(0)
    weights = torch.softmax(scores, -1)
    expected = 0.0
    for b in range(B):
        for t in range(T - shift):
            alpha = np.mean([softmax(array(scores[b, h, t + shift])) for h in range(H)], 0)
            expected -= sum(float(wanted[b, t, s]) * log(alpha[s]) for s in range(S))
    assert float(guided(weights, wanted, shift)) == pytest.approx(expected, abs=1e-12)


def test_rows_without_links_get_no_gradient() -> None:
    scores = numbers(1, 1, T, S).requires_grad_()
    wanted = torch.zeros(1, T, S, dtype=torch.float64)
    wanted[0, 2, 1] = 1.0
    torch.autograd.backward(guided(torch.softmax(scores, -1), wanted))
    assert scores.grad is not None
    slope = scores.grad[0, 0]
    assert slope[2].abs().min() > 0
    assert not slope[[0, 1, 3]].any()
    pulled = torch.softmax(scores.detach()[0, 0, 2], -1) - wanted[0, 2]  # α − g, as for any softmax
    assert torch.allclose(slope[2], pulled)


def test_a_look_of_zero_stays_finite() -> None:
    """A window may leave a linked word out: its weight is 0, and no gradient can change that."""
    scores = torch.tensor([[[[0.0, -torch.inf, 200.0]]]], requires_grad=True)
    wanted = torch.tensor([[[0.5, 0.5, 0.0]]])
    loss = guided(torch.softmax(scores, -1), wanted)
    torch.autograd.backward(loss)
    assert torch.isfinite(loss)
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


def cutter(*lines: str, kind: str = "char") -> Tokenizer:
    return Tokenizer.train(lines, kind=kind, size=0)


def test_each_linked_word_gets_an_equal_share_and_each_piece_an_equal_part() -> None:
    """Single characters; a space goes with the word that follows it."""
    source, target = "ab c", "x yz"
    pair = Example(source, target, frozenset({(0, 1), (1, 1)}))
    found = sorted(entries(pair, cutter(source), cutter(target)))
    # x | ␣ y z look at: a b | ␣ c
    assert found == [(t, s, 0.25) for t in (1, 2, 3) for s in (0, 1, 2, 3)]
    pair = Example(source, target, frozenset({(1, 0)}))
    assert entries(pair, cutter(source), cutter(target)) == [(0, 2, 0.5), (0, 3, 0.5)]


def test_words_are_counted_in_the_line_as_given() -> None:
    """A no-break space is inside a word, though the pieces see a space there (entarte.text.words)."""
    source, target = "10\u00a0000 pies", "tartes 10\u00a0000"
    cut = cutter(source, target, kind="word")
    assert [piece.text for piece in cut.pieces(source)] == ["▁10", "▁000", "▁pies"]
    pair = Example(source, target, frozenset({(0, 1), (1, 0)}))
    assert sorted(entries(pair, cut, cut)) == [
        (0, 2, 1.0),
        (1, 0, 0.5),
        (1, 1, 0.5),
        (2, 0, 0.5),
        (2, 1, 0.5),
    ]


def test_a_word_that_normalisation_takes_out_takes_no_part() -> None:
    source, target = "\u200b a", "x y"
    cut, said = cutter("a a", kind="word"), cutter(target, kind="word")
    pair = Example(source, target, frozenset({(0, 0), (1, 1)}))
    pieces = [piece.text for piece in cut.pieces(source)]
    assert pieces == ["▁a"], "this test needs a character that has no piece"
    assert entries(pair, cut, said) == [(1, 0, 1.0)]


def test_a_batch_has_a_row_for_each_piece_and_nothing_on_eos_or_padding() -> None:
    pairs = [
        Example("a b", "x y", frozenset({(0, 0), (1, 1), (0, 1)})),
        Example("b", "x", None),
        Example("a", "y x", frozenset({(0, 0)})),
    ]
    cut = cutter("a b", kind="word")
    corpus = encode(pairs, cut, cutter("x y", kind="word"), guided=True)
    found = corpus.batch([2, 0]).guide
    assert found is not None
    assert found.tolist() == [
        [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 0]],
    ]
    rest = corpus.without({0}).batch([0, 1]).guide
    assert rest is not None
    assert rest.tolist() == [[[0, 0], [0, 0], [0, 0]], [[1, 0], [0, 0], [0, 0]]]
    assert encode(pairs, cut, cutter("x y", kind="word")).batch([0]).guide is None
    twice = corpus.batch([2, 0]).twice().guide
    assert twice is not None
    assert torch.equal(twice, torch.cat([found, found]))


def test_other_links_are_another_corpus() -> None:
    """So a resumed training refuses them."""
    cut = cutter("a b", kind="word")
    links = [frozenset({(0, 0)}), frozenset({(0, 1)}), None]
    digests = {encode([Example("a b", "b a", each)], cut, cut, guided=True).digest for each in links}
    assert len(digests) == 3
    plain = {encode([Example("a b", "b a", each)], cut, cut).digest for each in links}
    assert len(plain) == 1


def test_no_pairs_and_no_links() -> None:
    cut = cutter("a b", kind="word")
    empty = guide([Example("a", "b", frozenset())], cut, cut)
    assert empty.batch([0], 2, 2).tolist() == [[[0, 0], [0, 0]]]
    assert len(Guide.of([]).keep([]).shares) == 0
