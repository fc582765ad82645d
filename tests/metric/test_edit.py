"""The distances by bits against the textbook's table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entarte.metric.edit import Edits, common_subsequence, edits

SHORT = st.text(alphabet="abcd", max_size=12)


def table_distance(said: str, wanted: str) -> int:
    """Wagner and Fischer (1974), cell by cell."""
    above = list(range(len(wanted) + 1))
    for row, letter in enumerate(said, start=1):
        line = [row]
        for column, other in enumerate(wanted, start=1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other)))
        above = line
    return above[-1]


def table_subsequence(first: str, second: str) -> int:
    above = [0] * (len(second) + 1)
    for letter in first:
        line = [0]
        for column, other in enumerate(second, start=1):
            line.append(above[column - 1] + 1 if letter == other else max(above[column], line[-1]))
        above = line
    return above[-1]


@given(SHORT, SHORT)
def test_least_edits_and_their_kinds_add_up(said, wanted):
    found = edits(said, wanted)
    assert found.total == table_distance(said, wanted)
    assert found.insertions - found.deletions == len(said) - len(wanted)
    assert min(found) >= 0


@given(SHORT, SHORT)
def test_longest_common_subsequence(first, second):
    assert common_subsequence(first, second) == table_subsequence(first, second)


def test_kinds_of_edits():
    assert edits("", "") == Edits(0, 0, 0)
    assert edits("", "ab") == Edits(0, 2, 0)
    assert edits("ab", "") == Edits(0, 0, 2)
    assert edits("kitten", "sitting") == Edits(2, 1, 0)
    assert edits([1, 2, 3], [1, 3]) == Edits(0, 0, 1)


def test_long_sequences_span_many_machine_words():
    said, wanted = "ab" * 400, "ba" * 400
    assert edits(said, wanted).total == 2  # one a in front too much, one at the end missing
    assert common_subsequence(said, wanted) == 799
