"""Constraints on small tables whose right answer can be seen, and what cannot be wished for."""

from __future__ import annotations

import math

import pytest
import torch

from entarte.errors import InputError
from entarte.search import Beam, Exact, Greedy, Sample, Wish, search
from entarte.search.required import Required, borders
from entarte.search.rules import repeats
from entarte.search.table import Table
from entarte.search.wish import shortest, within
from entarte.vocabulary import BOS, EOS, PAD, UNK

A, B, C = 4, 5, 6


def same(shares):
    """A source whose next token does not depend on what was said."""
    return lambda prefix: shares


def test_a_prefix_is_forced_and_keeps_its_own_probability():
    table = Table([same({A: 0.7, B: 0.2, EOS: 0.1})] * 2, 8)
    for finder in (Greedy(), Beam(beam=2), Sample(temperature=0.01)):
        [first, second] = finder(table, [4, 4], [Wish(prefix=(B, B)), Wish()])
        assert first[0].tokens[:2] == (B, B)
        assert first[0].log_probs[:2] == pytest.approx([math.log(0.2)] * 2)
        assert second[0].tokens[0] == A


def test_no_other_rule_is_applied_to_a_prefix():
    table = Table([same({A: 0.5, B: 0.3, EOS: 0.2})], 8)
    [[h]] = Greedy(no_repeat=1, min_length=3)(table, [6], [Wish(prefix=(B, B))])
    assert h.tokens == (B, B, A, EOS)


def test_a_small_beam_says_what_is_required():
    # C is a hundred times less likely than anything else, and far from the 2 best of any step
    table = Table([same({A: 0.5, B: 0.3, EOS: 0.19, C: 0.01})], 8)
    for beam in (1, 2, 5):
        [[h]] = Beam(beam=beam)(table, [8], [Wish(required=((C, C),))])
        assert h.finished
        assert within((C, C), h.said)
    # the cheapest way is exactly the phrase, then EOS
    [[best]] = Beam(beam=5, normalise="none")(table, [8], [Wish(required=((C, C),))])
    assert best.tokens == (C, C, EOS)


def test_required_in_a_tight_limit():
    table = Table([same({A: 0.5, B: 0.3, EOS: 0.19, C: 0.01})], 8)
    [[h]] = Beam(beam=3)(table, [4], [Wish(required=((C, A), (B,)))])
    assert h.finished
    assert sorted([h.said[:2], h.said[2:]]) in ([(B,), (C, A)], [(A, B), (C,)], [(B, C), (A,)])
    assert within((C, A), h.said)
    assert B in h.said


def test_what_the_model_rules_out_is_not_said_and_the_result_says_so():
    table = Table([same({A: 0.5, EOS: 0.5})], 8)
    [[h]] = Beam(beam=3)(table, [4], [Wish(required=((C,),))])
    assert not h.finished
    assert h.said == (A, A, A, A)
    [[stuck]] = Greedy()(table, [4], [Wish(prefix=(C,))])
    assert stuck.tokens == ()


def test_forbidden_words_and_phrases():
    table = Table([same({A: 0.6, B: 0.3, EOS: 0.1})], 8)
    [[h]] = Greedy()(table, [4], [Wish(forbidden=((A,),))])
    assert A not in h.tokens
    [[h]] = Greedy()(table, [5], [Wish(forbidden=((A, A),))])
    assert h.tokens == (A, B, A, B, A)


def test_lengths():
    table = Table([same({A: 0.3, EOS: 0.7})], 8)
    for finder in (Greedy(min_length=2), Beam(beam=2, min_length=2)):
        [[h]] = finder(table, [9])
        assert h.tokens == (A, A, EOS)
        [[short]] = finder(table, [2])  # as far as the limit allows
        assert short.tokens == (A, EOS)
    endless = Table([same({A: 0.9, EOS: 0.1})], 8)
    for finder in (Greedy(max_length=2), Beam(beam=1, max_length=2)):
        assert len(finder(endless, [9])[0][0].tokens) == 3
        assert len(finder(endless, [2])[0][0].tokens) == 2


def test_ngrams_that_were_said():
    history = torch.tensor([[A, B, A, B], [A, A, A, A], [A, B, C, A]])
    assert [x.tolist() for x in repeats(history, 2)] == [[0, 1, 1, 1, 2], [A, A, A, A, B]]
    assert [x.tolist() for x in repeats(history, 3)] == [[0, 1, 1], [A, A, A]]
    rows, tokens = repeats(history, 1)
    assert set(zip(rows.tolist(), tokens.tolist())) == {(r, t) for r in range(3) for t in history[r].tolist()}
    assert repeats(history, 5)[0].numel() == 0
    assert repeats(history, 0)[0].numel() == 0


def test_a_phrase_that_begins_again_within_itself():
    assert borders((A, B, A, B, C)) == (0, 0, 1, 2, 0)
    one = Required([(A, B, A, B, C)])
    progress = one.start
    for token in (A, B, A, B, A, B):
        progress = one.next(progress, token)
    assert one.wanted(progress) == [C]
    assert one.met(one.next(progress, C))
    assert one.count(progress) == 4


def test_the_fewest_tokens_that_hold_the_phrases():
    assert shortest([]) == 0
    assert shortest([(A, B, C), (B,)]) == 3  # one within the other
    assert shortest([(A, B), (C,), (A, B)]) == 5


LONG = tuple([A] * 9)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(prefix=LONG), r"the forced prefix has 9 tokens, but the output may have at most 4\. Shorten"),
        (Wish(required=(LONG,)), r"the required phrases take 9 tokens, but the output may have at most 4"),
        (Wish(required=((A, A), (B, B), (C,))), "the required phrases take 5 tokens"),
        (Wish(required=((),)), r"a required phrase is empty\. Give at least one token"),
        (Wish(forbidden=((A,), ())), "a forbidden phrase is empty"),
        (
            Wish(required=((A, B),), forbidden=((B,),)),
            r"required phrase \(4 5\) contains the forbidden phrase \(5\)",
        ),
        (
            Wish(prefix=(A, B), forbidden=((A, B),)),
            r"forced prefix \(4 5\) contains the forbidden phrase \(4 5\)",
        ),
        (
            Wish(prefix=(A, 8)),
            r"the forced prefix \(4 8\) has the id 8, which is not in the vocabulary\. Its ids go from 0",
        ),
        (Wish(required=((-1,),)), r"the required phrase \(-1\) has the id -1"),
        (Wish(forbidden=((99, A),)), r"the forbidden phrase \(99 4\) has the id 99"),
        (Wish(required=((A, UNK),)), "the required phrase .* has a piece that the vocabulary does not know"),
        (Wish(prefix=(BOS,)), "the forced prefix .* has the control symbol <s>"),
        (Wish(required=((EOS,),)), "the required phrase .* has the control symbol </s>"),
        (Wish(forbidden=((PAD,),)), "the forbidden phrase .* has the control symbol <pad>"),
    ],
)
def test_what_cannot_be_wished_for(wish, words):
    table = Table([same({A: 0.6, EOS: 0.4})], 8)
    for finder in (Beam(beam=2), Exact(beam=2)):
        with pytest.raises(InputError, match=words):
            finder(table, [5], [wish])


def test_unk_may_be_forbidden_and_stand_in_a_prefix():
    table = Table([same({UNK: 0.6, A: 0.3, EOS: 0.1})], 8)
    assert Greedy()(table, [2], [Wish(forbidden=((UNK,),))])[0][0].tokens == (A, A)
    assert Greedy()(table, [3], [Wish(prefix=(UNK,))])[0][0].tokens[0] == UNK


@pytest.mark.parametrize(
    ("finder", "words"),
    [
        (Greedy(), r"generate\.kind: greedy search cannot look for required phrases\. Use 'beam' or 'exact'"),
        (Sample(), "sampling cannot look for required phrases"),
        (Beam(beam=2, groups=2), r"generate\.groups: diverse groups cannot look for required phrases"),
    ],
)
def test_searches_that_cannot_look_for_phrases(finder, words):
    with pytest.raises(InputError, match=words):
        finder(Table([same({A: 1.0})], 8), [5], [Wish(required=((A,),))])


def test_one_wish_per_source():
    with pytest.raises(ValueError, match="1 wishes for 2 sources"):
        Greedy()(Table([same({A: 1.0})] * 2, 8), [5, 5], [Wish()])


def test_unknown_names():
    with pytest.raises(
        InputError, match=r"generate\.kind: there is no search 'baem'\. Did you mean 'beam'\?"
    ):
        search("baem")
    with pytest.raises(InputError, match=r"Known: greedy, beam, sample, exact, mbr"):
        search("zzz")


@pytest.mark.parametrize("name", ["min_length", "max_length", "no_repeat"])
@pytest.mark.parametrize("kind", ["greedy", "beam", "sample", "exact", "mbr"])
def test_rules_below_zero(kind, name):
    with pytest.raises(InputError, match=rf"generate\.{name}: {name} is -1; it must be 0 or more"):
        search(kind, **{name: -1})
