"""Faults are planted as they say, by the seed, and only where they fit."""

from __future__ import annotations

import pytest

from entarte.check.planted import FAULTS, Planter
from entarte.errors import InputError
from entarte.grammar import splits


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    stream = splits("fr", 120, 10, 10, seed=3, max_words=14)["train"]
    return [(pair.source, pair.target or "") for pair in stream]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_seed_decides(fault: str, pairs: list[tuple[str, str]]) -> None:
    first, again, other = (Planter(pairs, seed).plant(fault) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first) > 60
    assert all(said != pairs[n][1] for n, said in first)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_planted_does_not_depend_on_the_pairs_after_it(
    fault: str, pairs: list[tuple[str, str]]
) -> None:
    """But on their words, where a phrase is borrowed and where common words are counted."""
    planter = Planter(pairs)
    shorter = Planter(pairs)
    shorter.pairs = planter.pairs[:50]
    if fault not in ("inserted", "replaced"):
        assert shorter.plant(fault) == [one for one in planter.plant(fault) if one[0] < 50]


def test_deleted_words_are_neighbours(pairs: list[tuple[str, str]]) -> None:
    planter = Planter(pairs)
    for n, said in planter.plant("deleted"):
        before, after = pairs[n][1].split(), said.split()
        gone = len(before) - len(after)
        assert 2 <= gone <= 4
        assert any(before[:i] + before[i + gone :] == after for i in range(len(after) + 1))


def test_repeated_words_stand_there_once_more(pairs: list[tuple[str, str]]) -> None:
    near = 0
    planted = Planter(pairs).plant("repeated")
    for n, said in planted:
        before, after = pairs[n][1].split(), said.split()
        more = len(after) - len(before)
        assert 1 <= more <= 4
        near += any(
            after[i : i + more] == after[i + more : i + 2 * more] and after[:i] + after[i + more :] == before
            for i in range(len(before) + 1)
        )
    assert len(planted) / 2 < near < len(planted)


def test_inserted_words_are_foreign(pairs: list[tuple[str, str]]) -> None:
    for n, said in Planter(pairs).plant("inserted"):
        before, after = pairs[n][1].split(), said.split()
        more = len(after) - len(before)
        assert 2 <= more <= 4
        assert any(after[:i] + after[i + more :] == before for i in range(len(before) + 1))
        assert set(after) - set(before)


def test_swapped_and_replaced_words_keep_the_length(pairs: list[tuple[str, str]]) -> None:
    planter = Planter(pairs)
    for n, said in planter.plant("swapped"):
        before, after = pairs[n][1].split(), said.split()
        assert sorted(before) == sorted(after)
        assert sum(one != other for one, other in zip(before, after)) == 2
    for n, said in planter.plant("replaced"):
        before, after = pairs[n][1].split(), said.split()
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_untranslated_words_are_the_sources(pairs: list[tuple[str, str]]) -> None:
    for n, said in Planter(pairs).plant("untranslated"):
        source, before = pairs[n][0].split(), pairs[n][1].split()
        new = [word for word, old in zip(said.split(), before) if word != old]
        assert new
        assert set(new) <= set(source)


def test_too_short_a_line_is_left_alone() -> None:
    planter = Planter([("a", "x"), ("", "")])
    assert {fault: planter.plant(fault) for fault in FAULTS} == {fault: [] for fault in FAULTS}


def test_an_unknown_fault_is_said() -> None:
    with pytest.raises(InputError, match=r"there is no fault 'deletd' to plant\. Did you mean 'deleted'"):
        Planter([("a", "b")]).plant("deletd")
