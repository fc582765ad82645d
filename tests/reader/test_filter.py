"""Filters: what goes, what stays, and the account."""

from __future__ import annotations

import pytest

from entarte.errors import InputError
from entarte.example import Example
from entarte.filter import Filter, FilterReport, fingerprint

PAIRS = [
    ("a b c", "x y z"),
    ("a b c d", "x"),
    ("", "x"),
    ("a", " \u3000\t"),
    ("a b c", "x y z"),
    ("a", "x y"),
]


def kept(rule: Filter) -> tuple[list[int], list[str]]:
    report = FilterReport()
    examples = [Example(s, t, number=n) for n, (s, t) in enumerate(PAIRS, start=1)]
    found = [example.number for example in rule(examples, report)]
    assert report.kept == len(found)
    assert report.kept + report.dropped == len(PAIRS)
    return found, report.lines()


EMPTY = "2 of 6 pairs left out: a side is empty (lines 3, 4)"


@pytest.mark.parametrize(
    ("rule", "numbers", "lines"),
    [
        (Filter(), [1, 2, 5, 6], [EMPTY]),
        (
            Filter(max_words=3),
            [1, 5, 6],
            ["1 of 6 pairs left out: more than 3 words on a side (data.max_words) (line 2)", EMPTY],
        ),
        (
            Filter(max_ratio=2.0),
            [1, 5, 6],
            [
                "1 of 6 pairs left out: one side has over 2 times the words of the other (data.max_ratio) "
                "(line 2)",
                EMPTY,
            ],
        ),
        (
            Filter(duplicates=False),
            [1, 2, 6],
            [EMPTY, "1 of 6 pairs left out: seen before (data.duplicates) (line 5)"],
        ),
    ],
)
def test_each_rule(rule: Filter, numbers: list[int], lines: list[str]) -> None:
    assert kept(rule) == (numbers, lines)
    assert kept(rule) == (numbers, lines)  # a rule remembers nothing


def test_nothing_dropped_nothing_said() -> None:
    report = FilterReport()
    assert len(list(Filter()([Example("a", "b")], report))) == 1
    assert report.lines() == []


def test_only_the_first_lines_are_named() -> None:
    report = FilterReport()
    list(Filter()((Example("", "b", number=n) for n in range(1, 2001)), report))
    assert report.lines() == [
        "2,000 of 2,000 pairs left out: a side is empty (lines 1, 2, 3, 4, 5 and 1,995 more)"
    ]


def test_sources_without_targets_go() -> None:
    report = FilterReport()
    assert list(Filter()([Example("a")], report)) == []
    assert report.lines() == ["1 of 1 pair left out: there is no target (line ?)"]


def test_a_side_may_not_lend_words_to_the_other() -> None:
    assert fingerprint(Example("a b", "c")) != fingerprint(Example("a", "b c"))
    assert fingerprint(Example("a", "")) != fingerprint(Example("", "a"))
    assert len(fingerprint(Example("a", "b"))) == 16


def test_limits_that_cannot_be() -> None:
    with pytest.raises(InputError, match=r"^data\.max_words: -1 words is no limit$"):
        Filter(max_words=-1)
    with pytest.raises(InputError, match=r"^data\.max_ratio: 0\.5 would leave out every pair.*Use 1 or more"):
        Filter(max_ratio=0.5)
