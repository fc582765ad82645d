"""Letters beside tags: <PST> is one piece, h, e, r are three."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte.constrain import lexicon
from entarte.text import Tokenizer
from entarte.vocabulary import UNK

LINES = ["hämmern <V> <PST> <3>", "an trú <N> <a,b>", "hämmerten"]


@pytest.fixture
def tagged() -> Tokenizer:
    return Tokenizer.train(LINES, kind="tagged", size=0, normalisation="none")


def test_a_tag_is_one_piece_and_brings_its_spaces(tagged: Tokenizer) -> None:
    line = "  trä an <V>  <PST><3> h"
    pieces = tagged.pieces(line)
    assert [piece.text for piece in pieces] == [*"trä▁an", "<V>", "<PST>", "<3>", "h"]
    assert [line[piece.start : piece.end] for piece in pieces] == [*"trä an", "<V>", "<PST>", "<3>", "h"]
    assert [piece.id for piece in pieces] == tagged.ids(line)
    assert tagged.texts_many([line]) == [[piece.text for piece in pieces]]


def test_the_spaces_around_a_tag_are_not_looked_at(tagged: Tokenizer) -> None:
    assert tagged.ids("an <V> <3>") == tagged.ids("an<V><3>") == tagged.ids(" an  <V> <3> ")


def test_every_tag_of_the_text_is_known_and_another_is_one_unknown_piece(tagged: Tokenizer) -> None:
    for tag in ("<V>", "<PST>", "<3>", "<N>", "<a,b>"):
        assert tag in tagged.vocabulary
    assert tagged.ids("<XYZ>") == [UNK]
    assert len(tagged.ids("<V Z>")) == 5, "a tag holds no space"


def test_control_symbols_cannot_be_written_as_tags(tagged: Tokenizer) -> None:
    assert tagged.ids("<s></s><unk><pad>") == [UNK] * 4


def test_a_form_is_written_in_letters(tagged: Tokenizer) -> None:
    assert tagged.text(tagged.ids("hämmert an")) == "hämmert an"


def test_it_is_kept(tagged: Tokenizer, tmp_path: Path) -> None:
    tagged.save(tmp_path / "it")
    again = Tokenizer.load(tmp_path / "it")
    assert again.kind == "tagged"
    assert again.pieces("an<V>") == tagged.pieces("an<V>")


def test_a_phrase_begins_where_a_word_does(tagged: Tokenizer) -> None:
    """As with characters: a space comes before it."""
    assert lexicon(tagged).phrase("an")[0] == tagged.vocabulary.id("▁")
