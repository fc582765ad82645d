"""Several references for one source: gathered from pairs, decoded once, measured by the best."""

from __future__ import annotations

import pytest

from entarte.errors import InputError
from entarte.example import Example
from entarte.metric import create, measure, statistics
from entarte.references import wanted

PAIRS = [
    Example("ab", "AE1 B", file="d.tsv", number=1),
    Example("a", "AH0", file="d.tsv", number=2),
    Example("ab", "EY1 B IY1", file="d.tsv", number=3),
    Example("ab", "AE1 B", file="d.tsv", number=4),
]


def test_pairs_of_one_source_are_gathered_where_the_first_stood() -> None:
    found = wanted(PAIRS, readings=True)
    assert [(each.source, each.references, each.pairs) for each in found] == [
        ("ab", ("AE1 B", "EY1 B IY1"), (0, 2, 3)),
        ("a", ("AH0",), (1,)),
    ]


def test_else_each_pair_stands_by_itself() -> None:
    found = wanted(PAIRS)
    assert [each.pairs for each in found] == [(0,), (1,), (2,), (3,)]
    assert [each.references for each in found] == [(pair.target,) for pair in PAIRS]


@pytest.mark.parametrize("target", ["", "  ", None])
def test_an_empty_reading_is_refused_with_its_line(target: str | None) -> None:
    pairs = [*PAIRS, Example("b", target, file="d.tsv", number=5)]
    with pytest.raises(InputError, match=r"^d\.tsv:5: data\.readings: 'b' has no target: the"):
        wanted(pairs, readings=True)
    assert len(wanted(pairs)) == 5


def test_error_rates_are_those_of_the_best_reading() -> None:
    """By hand: "AE1 B" for ab is right, "AH1" for a is wrong: 1 of 2 words, 1 of 3 phonemes."""
    asked = wanted(PAIRS, readings=True)
    known = [each.references for each in asked]
    per, ser, exact = measure(["AE1 B", "AH1"], known, ["per", "ser", "exact"])
    assert per.value == pytest.approx(100 / 3)
    assert (ser.value, exact.value) == (50, 50)
    assert not ser.higher_is_better
    [third] = measure(["EY1 B IY1 IY1", "AH0"], known, ["per"])
    assert third.value == pytest.approx(100 / 4), "one edit against four phonemes of the nearest readings"


def test_sentence_errors_are_what_is_not_exact() -> None:
    said, known = ["a", "b ", "c"], ["a", "b", "d"]
    for lower in (False, True):
        one, other = create("ser", lowercase=lower), create("exact", lowercase=lower)
        rows = statistics(one, said, known)
        assert one.corpus(rows).value == pytest.approx(
            100 - other.corpus(statistics(other, said, known)).value
        )
        assert list(one.each(rows)) == [0, 0, 100]
