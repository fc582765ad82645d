"""Planted differences are found, absent ones are not, and sacreBLEU's tests agree."""

from __future__ import annotations

import numpy as np
import pytest
import sacrebleu
from sacrebleu.significance import PairedTest

from entarte.errors import InputError
from entarte.metric import create, statistics
from entarte.metric import significance as module
from entarte.metric.aer import Aer
from entarte.metric.significance import bootstrap, differing, interval, randomisation

WORDS = np.array(["a", "b", "c", "d", "e", "f", "g", "h"])


def system(references, wrong, seed):
    """The references with a share of the words replaced by one that is never right."""
    rng = np.random.default_rng(seed)
    return [" ".join("x" if rng.random() < wrong else word for word in line.split()) for line in references]


@pytest.fixture(scope="module")
def references():
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, size=rng.integers(5, 15))) for _ in range(200)]


def rows(name, hypotheses, references):
    return statistics(create(name), hypotheses, references)


@pytest.mark.parametrize("test", [bootstrap, randomisation])
@pytest.mark.parametrize("name", ["bleu", "wer"])
def test_a_planted_difference_is_found_and_its_absence_too(test, name, references):
    metric = create(name)
    good, bad, alike = (
        rows(name, system(references, wrong, seed), references)
        for wrong, seed in ((0.1, 1), (0.2, 2), (0.1, 3))
    )
    planted = test(metric, bad, good, samples=500)
    assert planted.p < 0.01
    assert (planted.difference > 0) == metric.higher_is_better
    none = test(metric, alike, good, samples=500)
    assert none.p > 0.05
    if test is bootstrap:
        assert planted.better > 0.99
        ends = planted.interval.low, planted.interval.high
        assert min(ends) > 0 if metric.higher_is_better else max(ends) < 0
        assert none.interval.low < 0 < none.interval.high


@pytest.mark.parametrize("test", [bootstrap, randomisation])
def test_a_system_against_itself(test, references):
    same = rows("bleu", system(references, 0.2, 1), references)
    result = test(create("bleu"), same, same, samples=50)
    assert (result.difference, result.p) == (0, 1)


def test_p_under_no_difference_is_spread_evenly():
    # 200 pairs of systems that are equally good: p < 0.2 in about a fifth of them (40 ± 3 · 5.7).
    metric = create("wer")
    rng = np.random.default_rng(5)
    for test in (bootstrap, randomisation):
        small = 0
        for seed in range(200):
            one, two = (np.tile([1.0, 0, 0, 0, 10], (60, 1)) for _ in range(2))
            one[:, 1], two[:, 1] = rng.random((2, 60))
            small += test(metric, one, two, samples=100, seed=seed).p < 0.2
        assert 23 <= small <= 57


def test_randomisation_by_enumeration():
    # Three sentences, first right on none, second on all: differences of the 8 exchanges are
    # ±100 (2 of 8) and ±33.3 (6 of 8), so p → 1/4.
    metric = create("exact")
    first, second = (np.column_stack([np.ones(3), np.full(3, hit), np.ones(3)]) for hit in (0.0, 1.0))
    assert randomisation(metric, first, second, samples=20_000).p == pytest.approx(0.25, abs=0.01)


def test_interval_of_a_proportion():
    # 50 of 100 exact: the standard error is 5, so 95 % lie within 50 ± 9.8.
    half = np.column_stack([np.ones(100), np.arange(100) % 2, np.ones(100)])
    band = interval(create("exact"), half, samples=4000)
    assert band.low == pytest.approx(50 - 9.8, abs=1)
    assert band.high == pytest.approx(50 + 9.8, abs=1)
    assert (band.level, band.samples) == (0.95, 4000)
    narrow = interval(create("exact"), half, samples=4000, level=0.5)
    assert narrow.high - narrow.low == pytest.approx(2 * 0.674 * 5, abs=1)


def test_sacrebleu_finds_the_same(references):
    outputs = [system(references, wrong, seed) for wrong, seed in ((0.145, 1), (0.155, 2))]
    metrics = {"BLEU": sacrebleu.BLEU()}
    named = [("one", outputs[0]), ("two", outputs[1])]
    _, theirs = PairedTest(named, metrics, [references], test_type="ar", n_samples=1000)()
    one, two = (rows("bleu", each, references) for each in outputs)
    ours = randomisation(create("bleu"), one, two, samples=1000)
    assert ours.first == pytest.approx(theirs["BLEU"][0].score)
    assert ours.second == pytest.approx(theirs["BLEU"][1].score)
    assert 0.01 < ours.p < 0.99
    assert ours.p == pytest.approx(theirs["BLEU"][1].p_value, abs=0.06)


def test_the_seed_decides_and_the_size_of_the_parts_does_not(references, monkeypatch):
    metric = create("bleu")
    one, two = (rows("bleu", system(references, 0.15, seed), references) for seed in (1, 2))
    whole = [test(metric, one, two, samples=60) for test in (bootstrap, randomisation)]
    assert whole == [test(metric, one, two, samples=60) for test in (bootstrap, randomisation)]
    assert bootstrap(metric, one, two, samples=60, seed=2) != whole[0]
    monkeypatch.setattr(module, "CELLS", 2000)
    for test, before in zip((bootstrap, randomisation), whole):
        after = test(metric, one, two, samples=60)
        assert (after.p, after.difference) == (before.p, before.difference)


def test_sentences_that_differ_most():
    references = ["a b c d", "a b c d", "a b c d", "a b c d"]
    first = rows("wer", ["a b c d", "x x x x", "a b c x", "x b c d"], references)  # 0 100 25 25
    second = rows("wer", ["x x c d", "a b c d", "a b c x", "a b c d"], references)  # 50 0 25 0
    better, worse = differing(create("wer"), first, second)
    assert [(each.sentence, each.difference) for each in better] == [(1, -100), (3, -25)]
    assert [(each.sentence, each.difference) for each in worse] == [(0, 50)]
    assert len(differing(create("wer"), first, second, count=1)[0]) == 1


def test_a_length_is_better_the_nearer_it_is_to_the_references():
    references = ["a b"] * 4
    first = rows("length", ["a b c d", "a", "a b", "a b"], references)  # 2, 1/2, 1, 1
    second = rows("length", ["a b c", "a b", "a", "a b"], references)  # 3/2, 1, 1/2, 1
    better, worse = differing(create("length"), first, second)
    assert [each.sentence for each in better] == [0, 1]
    assert [each.sentence for each in worse] == [2]
    assert create("length").corpus(first).higher_is_better is None


def test_alignments_can_be_compared_too():
    aer = Aer()
    gold = [{(at, at) for at in range(5)}] * 40
    good = aer.statistics(gold, gold)
    bad = aer.statistics([{(at, at + number % 2) for at in range(5)} for number in range(40)], gold)
    result = bootstrap(aer, bad, good, samples=200)
    assert result.p < 0.01
    assert result.better == 1


@pytest.mark.filterwarnings("error")
def test_distinct_n_under_randomisation():
    metric = create("distinct-1")
    one = statistics(metric, ["a a a a"] * 10, [""] * 10)
    two = statistics(metric, [f"{n} b c d" for n in range(10)], [""] * 10)
    assert randomisation(metric, one, two, samples=100).difference == pytest.approx(100 * (13 - 1) / 40)


def test_what_cannot_be_compared():
    metric = create("exact")
    three, two = (rows("exact", ["a"] * count, ["a"] * count) for count in (3, 2))
    with pytest.raises(InputError, match=r"one system has 3 sentences, the other 2"):
        bootstrap(metric, three, two)
    with pytest.raises(InputError, match=r"one system has 2 sentences, the other 3"):
        differing(metric, two, three)
    for test in (bootstrap, randomisation):
        with pytest.raises(InputError, match=r"samples: 0 samples. At least 1 is needed"):
            test(metric, two, two, samples=0)
    with pytest.raises(InputError, match=r"there is no sentence to resample"):
        interval(metric, [])
    with pytest.raises(InputError, match=r"1.5 is no level of confidence"):
        interval(metric, two, level=1.5)
    undefined = rows("length", ["a"], [""])
    with pytest.raises(InputError, match=r"length ratio is undefined for one of the systems"):
        bootstrap(create("length"), undefined, undefined)
