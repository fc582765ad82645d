"""Draws: the same seed, disjoint parts, links, lengths, and what cannot be drawn."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from entarte.errors import InputError
from entarte.example import Example
from entarte.grammar import LANGUAGES, grow, pair, pairs, part_of, splits
from entarte.grammar.dice import Dice
from entarte.metric.links import pharaoh

LINKLESS: dict[str, set[str]] = {"fr": set(), "de": {","}, "es": set()}
"""Target words that may stand for nothing: the commas of German."""


def texts(found: list[Example]) -> list[tuple[str, str | None, str]]:
    return [(each.source, each.target, pharaoh(each.links or frozenset())) for each in found]


@pytest.mark.parametrize("to", LANGUAGES)
def test_a_seed_gives_the_same_pairs_in_the_same_order(to: str) -> None:
    once, again, other = (texts(list(pairs(to, 60, seed))) for seed in (3, 3, 4))
    assert once == again
    assert len({source for source, _, _ in once} & {source for source, _, _ in other}) < 30


def test_a_longer_draw_begins_like_a_shorter_one() -> None:
    assert texts(list(pairs("fr", 40)))[:15] == texts(list(pairs("fr", 15)))


@pytest.mark.parametrize("to", LANGUAGES)
def test_the_parts_share_no_sentence_on_either_side(to: str) -> None:
    found = {name: list(stream) for name, stream in splits(to, 400, 150, 150, max_words=9).items()}
    assert {name: len(part) for name, part in found.items()} == {"train": 400, "valid": 150, "test": 150}
    for side in ("source", "target"):
        seen = {name: {getattr(each, side) for each in part} for name, part in found.items()}
        assert not seen["train"] & seen["valid"]
        assert not (seen["train"] | seen["valid"]) & seen["test"]
    assert all(part_of(each.target or "") == name for name, part in found.items() for each in part)


def test_the_parts_of_two_draws_share_no_sentence_either() -> None:
    trained = {each.target for each in pairs("fr", 600, 1, max_words=5, part="train")}
    assert not trained & {each.target for each in pairs("fr", 100, 2, max_words=5, part="test")}


def test_he_hit_me_with_a_pie_is_never_trained_on() -> None:
    assert part_of("il m'a entarté") == "test"


def test_no_source_comes_twice() -> None:
    sources = [each.source for each in pairs("es", 800, max_words=4)]
    assert len(set(sources)) == 800


@pytest.mark.parametrize("to", LANGUAGES)
def test_links_are_in_range_and_leave_no_word_out(to: str) -> None:
    for each in pairs(to, 400, 11):
        source, target = each.source.split(" "), (each.target or "").split(" ")
        links = each.links or frozenset()
        assert all(0 <= i < len(source) and 0 <= j < len(target) for i, j in links)
        lone = {target[j] for j in set(range(len(target))) - {j for _, j in links}}
        assert lone <= LINKLESS[to], each
        left = {source[i] for i in set(range(len(source))) - {i for i, _ in links}}
        assert not left, each


def test_one_sentence_in_three_languages_has_one_english_side() -> None:
    dice = Dice(5)
    for tree in islice(iter(lambda: grow.sentence(dice, 12), None), 50):
        assert len({pair(tree, to).source for to in LANGUAGES}) == 1


@pytest.mark.parametrize("by_length", [False, True])
def test_lengths_stay_in_their_bounds(by_length: bool) -> None:
    found = list(pairs("de", 120, min_words=6, max_words=11, by_length=by_length))
    lengths = Counter(len(each.source.split(" ")) for each in found)
    assert set(lengths) == {6, 7, 8, 9, 10, 11}
    assert (set(lengths.values()) == {20}) == by_length


def test_lengths_from_three_to_forty_and_more() -> None:
    assert all(len(each.source.split(" ")) == 3 for each in pairs("fr", 20, min_words=3, max_words=3))
    assert all(len(each.source.split(" ")) >= 41 for each in pairs("fr", 5, min_words=41, max_words=48))


def test_short_sentences_come_more_often() -> None:
    lengths = [len(each.source.split(" ")) for each in pairs("fr", 400)]
    assert min(lengths) == 3
    assert sum(length <= 10 for length in lengths) > 200
    assert any(length > 20 for length in lengths)


def test_more_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entarte.grammar.sampling._PATIENCE", 300)
    monkeypatch.setattr("entarte.grammar.sampling._FRESH", 299)
    with pytest.raises(
        InputError, match=r"only \d+ different English–French sentences of 3 to 4 words were found for train"
    ):
        list(pairs("fr", 10_000, min_words=3, max_words=4, part="train"))


@pytest.mark.parametrize(
    ("low", "high"), [(2, 5), (9, 8), (3, 201)], ids=["too short", "upside down", "too long"]
)
def test_bounds_that_make_no_sense(low: int, high: int) -> None:
    with pytest.raises(InputError, match=f"sentences of {low} to {high} words cannot be drawn"):
        pairs("fr", 1, min_words=low, max_words=high)


def test_fewer_than_none() -> None:
    with pytest.raises(InputError, match="-1 pairs cannot be drawn"):
        pairs("fr", -1)


@pytest.mark.parametrize(("code", "advice"), [("French", "Did you mean 'fr'"), ("it", "Known: fr, de, es.")])
def test_a_language_that_is_not_there(code: str, advice: str) -> None:
    with pytest.raises(InputError, match=f"the grammar does not write '{code}'") as caught:
        pairs(code, 1)
    assert advice in str(caught.value)


def test_a_part_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no part is called 'dev'"):
        pairs("fr", 1, part="dev")
