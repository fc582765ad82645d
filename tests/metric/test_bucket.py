"""Buckets of source length and of word frequency."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entarte.errors import InputError
from entarte.metric import create, statistics
from entarte.metric.bucket import by_length, by_word_frequency, word_frequencies

METRIC = create("wer")
EDGES = st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True).map(sorted)
SENTENCES = st.lists(
    st.tuples(*[st.lists(st.sampled_from("abcdef"), max_size=6).map(" ".join)] * 2), min_size=1, max_size=8
)


def test_lengths_by_hand():
    # Sources of 2, 3, 4 and 9 words; buckets 0–3, 4–5, 6–8, 9+. In the first: 1 error of 2 + 2 words.
    rows = statistics(METRIC, ["a x", "a b", "x", "a"], ["a b", "a b", "a", "a"])
    buckets = by_length(METRIC, rows, [2, 3, 4, 9], [3, 5, 8])
    assert [bucket.label for bucket in buckets] == ["0–3", "4–5", "6–8", "9+"]
    assert [bucket.sentences for bucket in buckets] == [2, 1, 0, 1]
    assert [bucket.score and bucket.score.value for bucket in buckets] == [25, 100, None, 0]
    assert buckets[2].to_json() == {
        "low": 6,
        "high": 8,
        "sentences": 0,
        "score": None,
        "interval": None,
    }


@given(st.lists(st.integers(0, 80), min_size=1, max_size=20), EDGES)
def test_every_sentence_is_in_one_bucket(lengths, edges):
    rows = statistics(METRIC, ["a"] * len(lengths), ["a"] * len(lengths))
    buckets = by_length(METRIC, rows, lengths, edges)
    assert sum(bucket.sentences for bucket in buckets) == len(lengths)
    assert len(buckets) == len(edges) + 1
    for bucket in buckets:
        inside = [length for length in lengths if bucket.low <= length <= (bucket.high or math.inf)]
        assert bucket.sentences == len(inside)


def test_confidence_bands_where_asked():
    rows = statistics(METRIC, ["a", "x"] * 10, ["a", "a"] * 10)
    buckets = by_length(METRIC, rows, [1, 20] * 10, [5], samples=50)
    assert (buckets[0].interval.low, buckets[0].interval.high) == (0, 0)
    assert (buckets[1].interval.low, buckets[1].interval.high) == (100, 100)
    assert by_length(METRIC, rows, [1] * 20, [5])[0].interval is None


def test_word_frequency_by_hand():
    # Training: "rare" once, "some" 3 times, "often" 12 times; "new" never.
    frequencies = word_frequencies(["rare some some some", "often " * 12])
    hypotheses, references = ["often often some often", "rare"], ["often often some rare", "new rare"]
    buckets = by_word_frequency(hypotheses, references, frequencies)
    found = {bucket.label: (bucket.wanted, bucket.said, bucket.matched) for bucket in buckets}
    assert found == {
        "0": (1, 0, 0),  # "new" was wanted and not said
        "1": (2, 1, 1),  # "rare" wanted twice, said once, there rightly
        "2–4": (1, 1, 1),
        "5–9": (0, 0, 0),
        "10–99": (2, 3, 2),  # the third "often" is one too many
        "100–999": (0, 0, 0),
        "1000+": (0, 0, 0),
    }
    often = buckets[4]
    assert often.precision == pytest.approx(200 / 3)
    assert often.recall == 100
    assert often.f1 == pytest.approx(80)  # 2 · 2/3 · 1 / (2/3 + 1)
    assert math.isnan(buckets[3].f1)
    assert buckets[3].to_json()["f1"] is None


def test_the_reference_that_shares_most_words_is_taken():
    buckets = by_word_frequency(["a b"], [["c d", "a b c", "a b"]], {}, [1])
    assert (buckets[0].wanted, buckets[0].matched) == (2, 2)


@given(SENTENCES, EDGES)
def test_words_of_all_buckets_are_the_words_of_the_text(sentences, edges):
    hypotheses, references = (list(side) for side in zip(*sentences))
    frequencies = {"a": 1, "b": 7, "c": 20, "d": 61}
    buckets = by_word_frequency(hypotheses, references, frequencies, edges)
    assert sum(bucket.said for bucket in buckets) == sum(len(line.split()) for line in hypotheses)
    assert sum(bucket.wanted for bucket in buckets) == sum(len(line.split()) for line in references)


def test_wrong_edges_and_lengths():
    for edges in ([], [0], [5, 5], [10, 3]):
        with pytest.raises(
            InputError, match=r"buckets: the edges of the buckets are .* whole numbers from 1"
        ):
            by_length(METRIC, [], [], edges)
        with pytest.raises(InputError, match=r"buckets: the edges"):
            by_word_frequency([], [], {}, edges)
    with pytest.raises(InputError, match=r"0 sentences but 1 sources"):
        by_length(METRIC, [], [3])
    with pytest.raises(InputError, match=r"1 hypotheses but 0 references"):
        by_word_frequency(["a"], [], {})
