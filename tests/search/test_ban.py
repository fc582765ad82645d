"""Phrases that must not stand in the text, and those that must, as whole words, however they are cut."""

from __future__ import annotations

import itertools
import random
from functools import reduce

import pytest
import torch

from entarte.search import Beam, Exact, Greedy, Sample, Wish
from entarte.search.ban import Ban, Texts, stands
from entarte.search.table import Table
from entarte.vocabulary import EOS, UNK

PIECES = ["", "?", "", "", " a", "b", "c", " b", "ab", " abc", ".", " "]
TEXTS = Texts(PIECES)
IDS = range(4, len(PIECES))


def text(tokens: tuple[int, ...]) -> str:
    return "".join(PIECES[token] for token in tokens if token > EOS).lstrip(" ")


@pytest.mark.parametrize("phrase", ["ab", "a", "b", "ab c", "b.", "abab", "a b a"])
def test_the_automaton_finds_what_stands_in_the_text(phrase: str) -> None:
    """All sequences of four tokens, against a search in their text."""
    ban = Ban(phrase, TEXTS, patient=True)
    assert ban.patient
    for tokens in itertools.product(IDS, repeat=4):
        state = reduce(ban.next, tokens, 0)
        assert (state in ban.said) == stands(phrase, text(tokens)), (phrase, text(tokens))


@pytest.mark.parametrize("phrase", ["ab", "b", "ab c"])
@pytest.mark.parametrize("patient", [True, False])
def test_what_is_not_refused_never_says_it(phrase: str, patient: bool) -> None:
    chance = random.Random(phrase)
    ban = Ban(phrase, TEXTS, patient=patient)
    dead = ended = 0
    for _ in range(300):
        tokens: tuple[int, ...] = ()
        state = 0
        while len(tokens) < 12:
            refused = set(ban.refused(state).tolist())
            if len(tokens) > 3 and EOS not in refused:
                assert not stands(phrase, text(tokens))
                ended += 1
                break
            choice = [token for token in IDS if token not in refused]
            if not choice:
                dead += 1
                break
            tokens += (chance.choice(choice),)
            state = ban.next(state, tokens[-1])
    assert ended > 200
    assert patient or not dead  # who cannot go back never comes to where nothing is possible


def test_impatient_is_refused_at_once_and_patient_at_the_end_of_the_word() -> None:
    at_once, later = (Ban("a", TEXTS, patient=patient) for patient in (False, True))
    assert 4 in at_once.refused(0).tolist()
    assert 4 not in later.refused(0).tolist()
    assert set(later.refused(later.next(0, 4)).tolist()) == {UNK, EOS, 4, 7, 9, 10, 11}  # ends of the word


def test_a_vocabulary_of_words_has_no_inside() -> None:
    words = Texts(["", "?", "", "", " a", " b"])
    ban = Ban("a", words, patient=True)
    assert not ban.patient
    assert ban.refused(0).tolist() == [4]


# The likeliest is "ab" by two cuts, then "abc", then "b".
TABLE = Table(
    [
        {
            (): {4: 0.5, 9: 0.3, 7: 0.2},
            (4,): {5: 0.9, EOS: 0.1},
            (4, 5): {EOS: 0.7, 6: 0.2, 10: 0.1},
            (9,): {EOS: 1.0},
        }
    ],
    len(PIECES),
)


@pytest.mark.parametrize("search", [Beam(beam=4), Exact()], ids=["beam", "exact"])
def test_a_search_goes_round_it(search: Beam | Exact) -> None:
    [[free]] = search(TABLE, [6])
    wish = Wish(bans=(Ban("ab", TEXTS, patient=True),))
    [[bound]] = search(TABLE, [6], [wish])
    assert text(free.said) == "ab"
    assert text(bound.said) == "abc"
    assert bound.finished


def test_greedy_and_a_beam_of_one_agree_and_so_does_sampling() -> None:
    wish = Wish(bans=(Ban("ab", TEXTS, patient=False),))
    [[greedy]] = Greedy()(TABLE, [6], [wish])
    [[narrow]] = Beam(beam=1)(TABLE, [6], [wish])
    assert greedy == narrow
    [drawn] = Sample(count=50)(TABLE, [6], [wish])
    assert not any(stands("ab", text(each.said)) for each in (*drawn, greedy))


# -- phrases that must stand ------------------------------------------------------------------------------


@pytest.mark.parametrize("search", [Beam(beam=6), Exact(budget=10_000)], ids=["beam", "exact"])
def test_a_required_word_is_not_the_beginning_of_another(search: Beam | Exact) -> None:
    """Without `inner`, “abc” would do for “ab”."""
    likes = Table([{(): {4: 1.0}, (4,): {5: 1.0}, (4, 5): {6: 0.99, EOS: 0.01}}], len(PIECES))
    [[loose]] = search(likes, [4], [Wish(required=((4, 5),))])
    [[whole]] = search(likes, [4], [Wish(required=((4, 5),), inner=TEXTS.inner)])
    assert (text(loose.said), text(whole.said)) == ("abc", "ab")
    assert whole.finished


def test_what_begins_a_word_may_stand_before_the_output() -> None:
    letters = Table([lambda prefix: {5: 0.4, 6: 0.3, 11: 0.2, EOS: 0.1}], len(PIECES))
    for before in ((), (11,)):
        wish = Wish(required=((11, 5),), inner=frozenset({5, 6}), before=before)
        [[h]] = Beam(beam=8, normalise="none")(letters, [5], [wish])
        assert h.finished
        if before:
            assert text(h.said) == "b"
        assert stands("b", text(h.said))


def test_against_brute_force() -> None:
    """Of all outputs of up to four tokens, the best that holds the word and does not hold the other."""
    chance = random.Random(1)
    shares = {n: [chance.random() ** 2 for _ in range(9)] for n in range(5)}

    def follow(prefix: tuple[int, ...]) -> dict[int, float]:
        weights = shares[len(prefix)]
        tokens = [EOS, 4, 5, 6, 7, 8, 9, 10, 11]
        return {token: weight / sum(weights) for token, weight in zip(tokens, weights)}

    table = Table([follow], len(PIECES))
    bans = (Ban("a", TEXTS, patient=True), Ban("abc", TEXTS, patient=True))
    wish = Wish(required=((7,),), inner=TEXTS.inner, bans=bans)
    best = None
    for length in range(4):
        for said in itertools.product(IDS, repeat=length):
            tokens = (*said, EOS)
            total = sum(torch.tensor(follow(tokens[:n])[t]).log().item() for n, t in enumerate(tokens))
            holds = any(
                token == 7 and tokens[n + 1] not in TEXTS.inner for n, token in enumerate(tokens[:-1])
            )
            if holds and not stands("a", text(said)) and not stands("abc", text(said)):
                best = max(best or (-float("inf"), ()), (total, tokens))
    assert best is not None
    for search in (Beam(beam=11, normalise="none"), Exact(budget=100_000)):
        [[h]] = search(table, [4], [wish])
        assert h.tokens == best[1], type(search).__name__
        assert h.log_prob == pytest.approx(best[0], abs=1e-4)
