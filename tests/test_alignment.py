"""Alignments: words from pieces, links, JSON there and back, and what is said about bad ones."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entarte.alignment import Alignment, Token, read, word_numbers
from entarte.errors import DamagedError, InputError
from entarte.span import words


class Piece(NamedTuple):
    text: str
    start: int
    end: int


SOURCE, TARGET = "he hit me", "m'a entarté"
PIECES = [Piece("▁he", 0, 2), Piece("▁hi", 2, 5), Piece("t", 5, 6), Piece("▁me", 6, 9)]
SAID = [Piece("▁m'", 0, 2), Piece("a", 2, 3), Piece("▁ent", 3, 7), Piece("arté", 7, 11)]
WEIGHTS = [
    [0.1, 0.1, 0.1, 0.5, 0.2],
    [0.1, 0.3, 0.3, 0.2, 0.1],
    [0.0, 0.5, 0.3, 0.1, 0.1],
    [0.0, 0.2, 0.2, 0.2, 0.4],
    [0.0, 0.0, 0.0, 0.1, 0.9],
]


def example(**rest: Any) -> Alignment:
    return Alignment.of(SOURCE, PIECES, TARGET, SAID, WEIGHTS, **rest)


def test_one_more_row_and_column_than_pieces_is_the_end_of_sequence() -> None:
    one = example()
    assert [token.kind for token in one.rows] == ["text"] * 4 + ["eos"]
    assert one.columns[-1] == Token("</s>", 9, 9, "eos")
    short = Alignment.of(SOURCE, PIECES, TARGET, SAID, np.array(WEIGHTS)[:4, :4])
    assert [token.kind for token in short.rows + short.columns] == ["text"] * 8


def test_a_source_word_is_the_sum_of_its_pieces_and_a_target_word_the_mean() -> None:
    whole = example().words()
    assert [token.text for token in whole.columns] == ["he", "hit", "me", "</s>"]
    assert [token.text for token in whole.rows] == ["m'a", "entarté", "</s>"]
    by_hand = [[0.1, 0.4, 0.35, 0.15], [0.0, 0.6, 0.15, 0.25], [0, 0, 0.1, 0.9]]
    np.testing.assert_allclose(whole.weights, by_hand, atol=1e-12)
    assert whole.level == "words"
    assert whole.words() is whole


def test_words_keep_heads_notes_and_gold_and_add_up_log_probabilities() -> None:
    each = np.stack([WEIGHTS, np.full((5, 5), 0.2)])
    notes = {"model": "m"}
    one = example(heads=each, log_probs=[-1, -2, -3, -4, -5], notes=notes, gold=frozenset({(1, 1)}))
    whole = one.words()
    assert [token.log_prob for token in whole.rows] == [-3, -7, -5]
    assert whole.heads is not None
    np.testing.assert_allclose(whole.heads[0], whole.weights)
    np.testing.assert_allclose(whole.heads[1][0], [0.2, 0.4, 0.2, 0.2])
    assert (whole.notes, whole.gold, whole.head_names) == (notes, frozenset({(1, 1)}), ("1", "2"))


def test_a_piece_that_covers_two_words_gives_each_an_equal_part() -> None:
    pieces = [Piece("▁he▁hit", 0, 6), Piece("▁me", 6, 9)]
    whole = Alignment.of(SOURCE, pieces, "m", [Piece("m", 0, 1)], [[0.6, 0.4]], log_probs=[-1.0]).words()
    np.testing.assert_allclose(whole.weights, [[0.3, 0.3, 0.4]])
    both = Alignment.of(
        "m", [Piece("m", 0, 1)], SOURCE, pieces, [[0.5], [1.0]], log_probs=[-4.0, -1.0]
    ).words()
    np.testing.assert_allclose(both.weights, [[0.5], [0.5], [1.0]])
    assert [token.log_prob for token in both.rows] == [-2, -2, -1]


@pytest.mark.parametrize(
    ("text", "spans", "numbers"),
    [
        ("a b", [(0, 1), (1, 2), (2, 3)], [(0,), (1,), (1,)]),  # bare space goes with what follows
        ("a ", [(0, 1), (1, 2)], [(0,), (0,)]),  # or with the last word
        ("½ b", [(0, 1), (1, 1), (1, 1), (1, 3)], [(0,), (0,), (0,), (1,)]),  # letters made from one
        ("ab", [(0, 0), (0, 1), (1, 1), (1, 2)], [(0,), (0,), (0,), (0,)]),
        ("   ", [(0, 3)], [()]),
        ("", [(0, 0)], [()]),
    ],
)
def test_the_words_of_pieces_of_space_and_of_no_width(
    text: str, spans: list[tuple[int, int]], numbers: list[tuple[int, ...]]
) -> None:
    assert list(word_numbers(text, [Token("x", *span) for span in spans])) == numbers


def test_a_text_of_spaces_only_keeps_its_tokens() -> None:
    one = Alignment.of("  ", [Piece("▁", 0, 2)], "a", [Piece("a", 0, 1)], [[0.7, 0.3]])
    np.testing.assert_allclose(one.words().weights, [[0.7, 0.3]])
    assert one.pharaoh() == ""


@st.composite
def cut_alignments(draw: st.DrawFn) -> Alignment:
    """Any two texts cut anywhere, with rows that sum to 1."""
    sides = []
    for _ in range(2):
        text = draw(st.text(st.sampled_from("ab é犬 \u00a0"), min_size=1, max_size=12))
        cuts = sorted(draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
        sides.append((text, [Piece(text[a:b], a, b) for a, b in pairwise(cuts)]))
    shape = (len(sides[1][1]) + 1, len(sides[0][1]) + 1)
    weights = draw(st.lists(st.floats(0.01, 1), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    table = np.array(weights).reshape(shape)
    return Alignment.of(*sides[0], *sides[1], table / table.sum(1, keepdims=True))


@settings(deadline=None, max_examples=60)
@given(cut_alignments())
def test_rows_of_words_sum_to_one_and_json_gives_the_same_back(one: Alignment) -> None:
    whole = one.words()
    np.testing.assert_allclose(whole.weights.sum(1), 1)
    assert whole.rows[-1].kind == whole.columns[-1].kind == "eos"
    assert [token.text for token in whole.columns if token.kind == "text" and token.text.strip(" ")] == [
        word.text for word in words(one.source)
    ]
    for level in (one, whole):
        assert Alignment.from_json(level.to_json()) == level


def test_links_are_the_heaviest_source_of_each_row_without_eos() -> None:
    one = example()
    assert one.links() == {(3, 0), (1, 1), (1, 2), (1, 3)}
    assert one.links(skip_eos=False) == {(3, 0), (1, 1), (1, 2), (4, 3), (4, 4)}
    assert one.links(threshold=0.3) == {(3, 0), (1, 1), (2, 1), (1, 2), (2, 2)}
    assert one.links(threshold=0.4, skip_eos=False) == {(3, 0), (1, 2), (4, 3), (4, 4)}


def test_a_row_of_zeros_has_no_link() -> None:
    none = Alignment.of("a b", words("a b"), "c", words("c"), [[0.0, 0.0]])
    assert none.links() == frozenset()
    assert none.pharaoh() == ""


@pytest.mark.parametrize("threshold", [0, -0.1, 1.5])
def test_a_threshold_beyond_zero_to_one_is_refused(threshold: float) -> None:
    with pytest.raises(InputError, match=r"threshold: .* is not in \(0, 1\]"):
        example().links(threshold)


def test_pharaoh_counts_words_from_zero_source_first() -> None:
    assert example().pharaoh() == "1-0 1-1"  # m'a: hit .4 before me .35; entarté: hit .6
    assert example().pharaoh(threshold=0.35) == "1-0 1-1 2-0"
    assert example().words().pharaoh() == "1-0 1-1"


def test_word_links_keep_the_numbers_of_words_that_no_piece_covers() -> None:
    only_last = Alignment.of(SOURCE, PIECES[3:], TARGET, SAID[2:], np.array(WEIGHTS)[2:4, 3:4])
    assert only_last.word_links() == {(2, 1)}


def test_entropy_is_zero_for_one_place_and_log_s_for_all() -> None:
    one = Alignment.of("a b c d", words("a b c d"), "x y", words("x y"), [[0, 1, 0, 0], [0.25] * 4])
    np.testing.assert_allclose(one.entropy(), [0, math.log(4)])


def test_one_head_alone() -> None:
    one = example(heads=np.stack([WEIGHTS, np.full((5, 5), 0.2)]), head_names=("layer 1", "layer 2"))
    np.testing.assert_array_equal(one.head(1).weights, np.full((5, 5), 0.2))
    assert one.head(1).notes["head"] == "layer 2"
    assert one.head(1).heads is None
    with pytest.raises(InputError, match=r"there is no head 2\. This alignment has 2, counted from 0"):
        one.head(2)
    with pytest.raises(InputError, match="there is no head 0"):
        example().head(0)


def test_weights_cannot_be_changed_and_are_a_copy() -> None:
    mine = np.array(WEIGHTS)
    one = Alignment.of(SOURCE, PIECES, TARGET, SAID, mine)
    mine[0, 0] = 0.9
    assert one.weights[0, 0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        one.weights[0, 0] = 0.5


def test_equal_alignments_are_equal_and_others_not() -> None:
    assert example() == example()
    assert example() != example(notes={"a": 1})
    assert example() != "an alignment"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": np.ones((2, 2))}, r"weights have shape \(2, 2\); the tokens ask for \(5, 5\)"),
        ({"weights": np.full((5, 5), np.nan)}, r"weights\[0, 0\] is nan, and a weight lies in 0 to 1"),
        ({"weights": np.eye(5) * 1.2}, r"weights\[0, 0\] is 1\.2"),
        ({"weights": -np.eye(5)}, r"weights\[0, 0\] is -1"),
        ({"source": "he"}, "source token 1 covers characters 2 to 5 of 2"),
        ({"heads": np.ones((2, 5, 4))}, r"heads have shape \(2, 5, 4\)"),
        ({"head_names": ("a",)}, "1 names for 0 heads"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, Any], message: str) -> None:
    one = example()
    parts = {"rows": one.rows, "columns": one.columns, "weights": one.weights}
    with pytest.raises(ValueError, match=message):
        Alignment(**(parts | {"source": SOURCE, "target": TARGET} | change))


def test_as_many_log_probabilities_as_tokens() -> None:
    with pytest.raises(ValueError, match="4 log-probabilities for 5 tokens"):
        example(log_probs=[-1] * 4)


def test_json_says_what_it_is_and_names_the_words_of_each_token() -> None:
    plain = json.loads(example(log_probs=[-1, -math.inf, -1, -1, -1], possible=frozenset({(2, 0)})).to_json())
    assert (plain["format"], plain["version"], plain["level"]) == ("entarte alignment", 1, "pieces")
    assert plain["source"]["tokens"][2] == {"text": "t", "start": 5, "end": 6, "words": [1]}
    assert plain["target"]["tokens"][4]["kind"] == "eos"
    assert plain["target"]["tokens"][4]["words"] == []
    assert plain["target"]["tokens"][1]["log_prob"] == "-inf"
    assert plain["possible"] == [[2, 0]]
    assert "gold" not in plain


def test_json_keeps_everything() -> None:
    one = example(
        heads=np.stack([WEIGHTS, np.full((5, 5), 0.2)]),
        head_names=("a", "b"),
        log_probs=[-1, -math.inf, -1, -1, -0.5],
        gold=frozenset(),
        possible=frozenset({(2, 0), (0, 1)}),
        notes={"model": "<b>", "score": -0.25, "finished": True, "limit": None},
    )
    back = Alignment.from_json(one.to_json())
    assert back == one
    assert back.rows[1].log_prob == -math.inf
    assert (back.gold, back.possible, dict(back.notes)) == (one.gold, one.possible, dict(one.notes))
    np.testing.assert_array_equal(back.weights, one.weights)


def test_digits_round_the_weights_of_json() -> None:
    third = Alignment.of("a b c", words("a b c"), "x", words("x"), [[1 / 3] * 3])
    assert third.to_dict(digits=4)["weights"] == [[0.3333] * 3]


def test_an_alignment_without_tokens_is_one() -> None:
    nothing = Alignment.of("", [], "", [], [])
    assert nothing.weights.shape == (0, 0)
    assert nothing.words().weights.shape == (0, 0)
    assert nothing.links() == frozenset()
    assert nothing.pharaoh() == ""
    assert nothing.entropy().shape == (0,)
    assert Alignment.from_json(nothing.to_json()) == nothing
    only_eos = Alignment.of("", [], "", [], [[1.0]])
    assert Alignment.from_json(only_eos.to_json()) == only_eos


def broken(**changes: Any) -> str:
    return json.dumps(example().to_dict() | changes)


BAD_TOKENS = {"text": SOURCE, "tokens": [{"text": "▁he", "start": 0}]}
DAMAGE = [
    (broken(version=2), "has version 2, and version 1 is understood"),
    (broken(level="letters"), "level is 'letters', not 'pieces' or 'words'"),
    (broken(colour="red"), "the alignment has an unknown key 'colour'"),
    (broken(weights=[[0.1] * 5] * 4), r"weights have shape \(4, 5\); the tokens ask for \(5, 5\)"),
    (broken(weights=[[0.1] * 5] * 4 + [[0.1]]), "damaged"),
    (broken(weights=[["a"] * 5] * 5), "weights must hold numbers only"),
    (broken(weights=7), "weights must be a list of rows"),
    (broken(source="he hit me"), "source is not an object"),
    (broken(source={"text": 3, "tokens": []}), "source must have a text and a list of tokens"),
    (broken(source=BAD_TOKENS), "'end' is missing"),
    (broken(gold=[[0, -1]]), "gold must be a list of pairs of numbers from 0"),
    (broken(notes=["a"]), "notes must be an object of plain values"),
    (broken(heads=[{"name": "a"}]), "'weights' is missing"),
    (broken(heads=[{"name": "a", "weights": [[1]]}]), "heads have shape"),
    (example().to_json().replace('"words":[1]', '"words":[0]', 1), r"says words \[0\], its span says \[1\]"),
    (example().to_json().replace('"start":5', '"start":5.0'), "source token 2 is"),
    (example().to_json().replace('"kind":"eos"', '"kind":"end"'), "token 4 is"),
    (example().to_json()[:100], "this is not JSON, or was cut short"),
    ("[" * 100_000, "this is not JSON, or was cut short"),
]


@pytest.mark.parametrize(("text", "message"), DAMAGE, ids=[message[:40] for _, message in DAMAGE])
def test_damaged_json_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(DamagedError, match=message) as error:
        Alignment.from_json(text, file="one.json")
    assert str(error.value).startswith("one.json: ")


@pytest.mark.parametrize("text", ["[]", "3", '{"format": "other"}', "null"])
def test_other_json_is_no_alignment(text: str) -> None:
    with pytest.raises(InputError, match='it does not say "format": "entarte alignment"'):
        Alignment.from_json(text)


def test_reading_files(tmp_path: Any) -> None:
    path = example().save(tmp_path / "one.json")
    assert read(path) == example()
    with pytest.raises(InputError, match=r"none\.json: cannot be read: No such file"):
        read(tmp_path / "none.json")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DamagedError, match="this is not UTF-8 text"):
        read(path)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("▁he", "he"),
        ("▁", "␣"),
        ("", "∅"),
        ("a▁b", "a b"),
        ("x\x1b[2J\n", "x␛[2J␊"),
        ("\u202eevil\u2069", "evil"),
    ],
)
def test_labels_show_spaces_and_control_characters_and_reorder_nothing(text: str, label: str) -> None:
    assert Token(text, 0, 0).label == label
