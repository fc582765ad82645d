"""Unknown-word replacement, also after a beam and an ensemble."""

from __future__ import annotations

import numpy as np
import pytest

from entarte.search import Beam, Ensemble, Greedy, learn_dictionary, replace_unknown
from entarte.search.table import Table
from entarte.vocabulary import EOS, UNK

A, B = 4, 5
SOURCE = ["Mme", "Pott", "rit"]
NAMES = {A: "Mrs", B: "laughs", UNK: "<unk>", EOS: "</s>"}


def look(prefix):
    """Step t looks at source slot t; the fourth slot is EOS."""
    return [0.7 if slot == len(prefix) else 0.1 for slot in range(4)]


TABLE = Table([{(): {A: 0.9, B: 0.1}, (A,): {UNK: 0.9, B: 0.1}, (A, UNK): {B: 0.8, UNK: 0.2}}], 8, look)


@pytest.mark.parametrize("search", [Greedy(), Beam(beam=4)])
@pytest.mark.parametrize("stepper", [TABLE, Ensemble([TABLE, TABLE])])
def test_the_most_attended_word_is_copied_or_looked_up(search, stepper):
    [[h]] = search(stepper, [6])
    words = [NAMES[token] for token in h.tokens]
    copied = replace_unknown(h.tokens, words, h.weights, SOURCE)
    assert [word.text for word in copied] == ["Mrs", "Pott", "laughs"]
    assert copied[1] == ("Pott", 1, "copied")
    assert copied[0] == ("Mrs", None, "said")
    known = replace_unknown(h.tokens, words, h.weights, SOURCE, {"Pott": "Potts", "rit": "laughs"})
    assert known[1] == ("Potts", 1, "looked up")


def test_every_hypothesis_of_a_beam_has_its_own_weights():
    # Slot 1 for the sentence that begins with A, slot 2 for the one that begins with B
    def look(prefix):
        slot = 1 if prefix[:1] == (A,) else 2
        return [1.0 if s == slot and prefix else 0.0 for s in range(3)]

    table = Table([{(): {A: 0.6, B: 0.4}, (A,): {UNK: 1.0}, (B,): {UNK: 1.0}}], 8, look)
    [found] = Beam(beam=3, n_best=2)(table, [6])
    said = [replace_unknown(h.tokens, [NAMES[t] for t in h.tokens], h.weights, SOURCE) for h in found]
    assert [[word.text for word in words] for words in said] == [["Mrs", "Pott"], ["laughs", "rit"]]


def test_the_end_of_the_source_is_no_word():
    weights = np.array([[[0.1, 0.2, 0.7]]])  # mostly at EOS
    assert replace_unknown([UNK], ["<unk>"], weights, ["a", "b"])[0] == ("b", 1, "copied")


def test_where_nothing_was_looked_at_it_stays_unknown():
    assert replace_unknown([UNK], ["<unk>"], np.zeros((1, 1, 3)), ["a", "b"])[0] == ("<unk>", None, "unknown")
    assert replace_unknown([UNK], ["<unk>"], np.ones((1, 1, 1)), [])[0].how == "unknown"


def test_what_does_not_fit_together():
    with pytest.raises(ValueError, match=r"1 tokens, 2 words and weights \(1, 1, 3\) do not fit together"):
        replace_unknown([UNK], ["a", "b"], np.zeros((1, 1, 3)), ["a"])
    with pytest.raises(ValueError, match="weights over 1 slots for 2 source words"):
        replace_unknown([UNK], ["a"], np.zeros((1, 1, 1)), ["a", "b"])


def test_a_dictionary_from_links():
    pairs = [
        (["the", "cat"], ["die", "Katze"], [(0, 0), (1, 1)]),
        (["the", "dog"], ["der", "Hund"], [(0, 0), (1, 1)]),
        (["the", "cow"], ["die", "Kuh"], [(0, 0)]),
    ]
    assert learn_dictionary(pairs) == {"the": "die", "cat": "Katze", "dog": "Hund"}
    assert learn_dictionary(pairs, least=2) == {"the": "die"}
    even = [(["a"], ["y"], [(0, 0)]), (["a"], ["x"], [(0, 0)])]
    assert learn_dictionary(even) == {"a": "x"}
