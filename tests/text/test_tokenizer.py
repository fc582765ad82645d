"""Pieces: their place in the line, determinism, control symbols, odd characters, what is refused."""

from __future__ import annotations

import pickle
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entarte.errors import DamagedError, InputError, SetupError
from entarte.span import Piece, Word, piece_words, words
from entarte.text import Tokenizer
from entarte.vocabulary import BOS, CONTROL, EOS, PAD, UNK, Vocabulary

KINDS = ("unigram", "bpe", "char", "word")

SCRIPTS = "é ﬁ e\u0301 \u0301 👩‍👩‍👧 🇫🇷 שלום مرحبا \u202e ß İ ½ ㎏ ▅ 한 \u1100\u1161 ﷺ … ▁ a the man don't"
ODD = [
    *SCRIPTS.split(), "<s>", "</s>", "<unk>", "\x01unk", "\u200b", "\u200c", "\u200f", "\ufeff",
    "\ufffd", "\x7f", " ", "  ", "\t", "\x0b", "\x0c", "\r", "\xa0", "\u3000", "\u2028", "\u0085",
]  # fmt: skip


def leaves_a_trace(character: str) -> bool:
    """Whether normalisation keeps a character: not blanks, controls, and what `nmt_nfkc` makes blanks."""
    blanks = "\u200b\u200c\u200d\u200e\u200f\ufeff\ufffd▁"
    return not (character.isspace() or unicodedata.category(character) == "Cc" or character in blanks)


NO_SURROGATES = st.characters(exclude_categories=["Cs"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.sampled_from(ODD) | st.text(NO_SURROGATES, max_size=3), max_size=8))
def test_pieces_cover_the_line_as_it_was_given(tokenizer: Tokenizer, parts: list[str]) -> None:
    line = "".join(parts).replace("\0", "").replace("\n", "")
    pieces = tokenizer.pieces(line)
    assert [piece.id for piece in pieces] == tokenizer.ids(line)
    covered: set[int] = set()
    for before, piece in zip([None, *pieces], pieces):
        assert 0 <= piece.start <= piece.end <= len(line)
        assert before is None or before.start <= piece.start
        covered |= set(range(piece.start, piece.end))
    assert [c for n, c in enumerate(line) if n not in covered and leaves_a_trace(c)] == []


def test_a_piece_of_plain_text_is_its_slice_of_the_line(tokenizer: Tokenizer, lines: list[str]) -> None:
    for line in lines:
        for piece in tokenizer.pieces(line):
            assert piece.text.strip("▁") == line[piece.start : piece.end].strip(" ")
        assert tokenizer.text(tokenizer.ids(line)) == line


def test_spans_are_those_of_the_line_before_normalisation(of_kind: Callable[[str], Tokenizer]) -> None:
    line = "  \uff4d\uff41\uff4e   pie"  # full-width letters, blanks before and between
    assert [(p.text, p.start, p.end) for p in of_kind("word").pieces(line)] == [
        ("▁man", 2, 5),
        ("▁pie", 8, 11),
    ]
    one = of_kind("char").pieces("½")  # one character gives three
    assert [(p.text, p.start, p.end) for p in one] == [("1", 0, 1), ("⁄", 0, 1), ("2", 0, 1)]


def test_the_same_lines_give_the_same_bytes(tmp_path: Path, lines: list[str], tokenizer: Tokenizer) -> None:
    size = 0 if tokenizer.kind in ("char", "tagged", "word") else len(tokenizer.vocabulary)
    again = Tokenizer.train(iter(lines), kind=tokenizer.kind, size=size)
    tokenizer.save(tmp_path / "a")
    again.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert again == tokenizer
    assert hash(again) == hash(tokenizer)


def test_saved_and_pickled_ones_cut_alike(tmp_path: Path, lines: list[str], tokenizer: Tokenizer) -> None:
    tokenizer.save(tmp_path / "t")
    for other in (Tokenizer.load(tmp_path / "t"), pickle.loads(pickle.dumps(tokenizer))):
        assert other.kind == tokenizer.kind
        assert other.vocabulary == tokenizer.vocabulary
        assert other.ids_many(lines) == tokenizer.ids_many(lines)


@pytest.mark.parametrize("text", ["<s>", "</s>", "<pad>", "<unk>", "a </s> man", "\x01eos", "\x01pad\x01bos"])
def test_control_symbols_written_as_text_are_text(tokenizer: Tokenizer, text: str) -> None:
    assert not {PAD, BOS, EOS} & set(tokenizer.ids(text))


def test_a_text_full_of_control_symbols_can_be_learnt_and_comes_back() -> None:
    lines = ["<s> the man </s>", "<pad> <unk> the </s>"]
    tokenizer = Tokenizer.train(lines, kind="word", size=0)
    ids = tokenizer.ids(lines[0])
    assert min(ids) >= len(CONTROL)
    assert tokenizer.text([BOS, *ids, EOS, PAD]) == lines[0]


def test_control_symbols_are_left_out_of_text_and_shown_in_what_is_written(tokenizer: Tokenizer) -> None:
    ids = [BOS, *tokenizer.ids("the man"), EOS]
    assert tokenizer.text(ids) == "the man"
    text, pieces = tokenizer.written(ids)
    assert text == "the man"
    assert (pieces[0].text, pieces[-1]) == ("<s>", Piece("</s>", 7, 7, EOS))
    assert "".join(text[p.start : p.end] for p in pieces).replace(" ", "") == "theman"


def test_an_unknown_piece_is_written_as_such(of_kind: Callable[[str], Tokenizer]) -> None:
    words_ = of_kind("word")
    assert words_.ids("the zebra") == [words_.vocabulary.id("▁the"), UNK]
    assert words_.text(words_.ids("the zebra")) == "the <unk>"


@pytest.mark.parametrize(
    "line",
    ["👩‍👩‍👧 the 🇫🇷", "שלום the مرحبا", "e\u0301 a\u0308\u0323", "\u202ethe", "the\u2028man", "", "   "],
)
def test_odd_lines_do_no_harm(tokenizer: Tokenizer, line: str) -> None:
    pieces = tokenizer.pieces(line)
    assert [piece.id for piece in pieces] == tokenizer.ids(line)
    assert not {PAD, BOS, EOS} & {piece.id for piece in pieces}
    if not line.strip():
        assert tokenizer.text(tokenizer.ids(line)) == ""


def test_combining_and_composed_characters_are_the_same_pieces(tokenizer: Tokenizer) -> None:
    assert tokenizer.ids("cafe\u0301") == tokenizer.ids("café")
    assert tokenizer.pieces("cafe\u0301")[-1].end == 5


def test_normalisation_none_keeps_characters_apart() -> None:
    tokenizer = Tokenizer.train(["cafe\u0301 café ﬁn"], kind="word", size=0, normalisation="none")
    assert [p.text for p in tokenizer.pieces("cafe\u0301 café")] == ["▁cafe\u0301", "▁café"]
    assert tokenizer.ids("ﬁn") != tokenizer.ids("fin")


def test_lower_case_folds_and_keeps_places() -> None:
    tokenizer = Tokenizer.train(["Die Straße Die"], kind="word", size=0, lowercase=True)
    assert [(p.text, p.start, p.end) for p in tokenizer.pieces("DIE Straße")] == [
        ("▁die", 0, 3), ("▁straße", 4, 10)
    ]  # fmt: skip


def test_a_long_line_is_no_burden(tokenizer: Tokenizer) -> None:
    line = "the man " * 25_000
    begin = time.process_time()
    assert len(tokenizer.ids(line)) >= 50_000
    assert time.process_time() - begin < 2.0


@pytest.mark.slow
def test_a_line_of_a_million_tokens(tokenizer: Tokenizer) -> None:
    line = "the man " * 500_000 if tokenizer.kind not in ("char", "tagged") else "the man " * 125_000
    begin = time.process_time()
    ids = tokenizer.ids(line)
    assert time.process_time() - begin < 20.0
    pieces = tokenizer.pieces(line)
    assert time.process_time() - begin < 100.0
    assert [piece.id for piece in pieces] == ids
    assert len(ids) >= 999_999
    assert pieces[-1].end >= len(line) - 1


def test_a_line_of_a_million_tokens_can_be_learnt_from(lines: list[str]) -> None:
    long = " ".join(lines) + " pie" * 100_000
    tokenizer = Tokenizer.train([long], kind="word", size=0)
    assert tokenizer.notes == ()
    assert "▁tart" in tokenizer.vocabulary


def test_lines_that_cannot_be_learnt_from_are_counted() -> None:
    tokenizer = Tokenizer.train(["the man", "x" * 4_000, "a ▅ b"], kind="word", size=0)
    assert tokenizer.notes == (
        "1 of 3 lines were not used to learn the pieces: they run on for more than 3,000 characters without "
        "a space",
        "1 of 3 lines were not used to learn the pieces: they hold the character U+2585, which SentencePiece "
        "keeps for itself",
    )


def test_a_sample_of_the_lines_is_drawn_by_the_seed(lines: list[str]) -> None:
    def learnt(seed: int) -> Tokenizer:
        return Tokenizer.train(lines, kind="word", size=0, sample=3, seed=seed)

    assert learnt(1) == learnt(1)
    assert len({learnt(seed).vocabulary for seed in range(5)}) > 1
    assert len(learnt(1).vocabulary) < len(Tokenizer.train(lines, kind="word", size=0).vocabulary)


def test_coverage_leaves_rare_characters_out() -> None:
    lines = ["a b ab" * 50] * 20 + ["abŋ"]
    assert "ŋ" in Tokenizer.train(lines, size=8).vocabulary
    assert "ŋ" not in Tokenizer.train(lines, size=8, coverage=0.99).vocabulary


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_larger_than_the_text_allows_names_the_largest(kind: str, lines: list[str]) -> None:
    with pytest.raises(
        InputError, match=r"text\.size: a vocabulary of 5000 is larger than .* is \d+"
    ) as error:
        Tokenizer.train(lines, kind=kind, size=5000)
    largest = int(str(error.value).split("possible is ")[1].split(".")[0])
    assert str(error.value).endswith(f"Set text.size={largest} or less, or give more text.")
    assert len(Tokenizer.train(lines, kind=kind, size=largest).vocabulary) == largest


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"kind": "bep"}, r"text\.kind: 'bep' is no kind of pieces\. Did you mean 'bpe'\?"),
        ({"size": 4}, r"text\.size: 4 leaves no room for text: 4 ids are control symbols"),
        ({"size": 0}, r"text\.size: 0 \(all there are\) has no meaning for kind unigram\. Give a number"),
        ({"size": 10}, r"text\.size: a vocabulary of 10 is smaller than the \d+ single characters"),
        ({"normalisation": "nfk"}, r"text\.normalisation: 'nfk' is no normalisation\. Did you mean 'nfkc'\?"),
        ({"normalisation": "none", "lowercase": True}, r"text\.lowercase: lower case needs a normalisation"),
        ({"coverage": 0.0}, r"text\.coverage: 0\.0 is not from 0\.98 to 1"),
        (
            {"kind": "word", "size": 0, "coverage": 0.99},
            r"text\.coverage: 0\.99 changes nothing for kind word",
        ),
        ({"sample": -1}, r"text\.sample: -1 lines cannot be sampled\. 0 takes all lines\."),
    ],
)
def test_settings_that_cannot_be(lines: list[str], given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Tokenizer.train(lines, **{"kind": "unigram", "size": 76, **given_})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines_", "message"),
    [
        ([], "there is no text to learn pieces from"),
        (["", "   "], "there is no text to learn pieces from"),
        (["x" * 9000], "there is no text to learn pieces from; 1 of 1 lines were not used"),
        (["a", "b\0"], "line 2 of the text to learn pieces from holds a NUL character"),
        (["a\nb"], "line 1 of the text to learn pieces from holds a line end"),
    ],
)
def test_text_that_nothing_can_be_learnt_from(lines_: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Tokenizer.train(lines_, kind="word", size=0)


def test_half_a_surrogate_pair_is_no_text(tokenizer: Tokenizer) -> None:
    for use in (tokenizer.ids, tokenizer.pieces):
        with pytest.raises(
            InputError, match=r"character 2 of a line is half of a pair \(U\+D83D\), not text"
        ):
            use("a \ud83d")


def test_segmentations_come_best_first_with_their_probabilities(of_kind: Callable[[str], Tokenizer]) -> None:
    tokenizer = of_kind("unigram")
    ways = tokenizer.segmentations("the woman sings", 8)
    assert len({ids for ids, _ in ways}) == 8
    assert list(ways[0][0]) == tokenizer.ids("the woman sings")
    assert [score for _, score in ways] == sorted((score for _, score in ways), reverse=True)
    assert all(tokenizer.text(ids) == "the woman sings" for ids, _ in ways)


def test_segmentations_need_unigram(of_kind: Callable[[str], Tokenizer]) -> None:
    with pytest.raises(
        InputError, match=r"text\.kind: a tokenizer of kind bpe cuts each line in one way only"
    ):
        of_kind("bpe").segmentations("the", 2)


def test_damaged_files_are_named_for_what_they_are(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path = tmp_path / "source.model"
    with pytest.raises(DamagedError, match=r"source\.model: the tokenizer file is missing"):
        Tokenizer.load(path)
    tokenizer.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(DamagedError, match="no tokenizer of Entarté, or its end is missing"):
        Tokenizer.load(path)
    for place in [50, *range(len(whole) - 95, len(whole))]:  # of the model, and of all that seals it
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DamagedError, match=r"was altered: its checksum is wrong|no tokenizer of Entarté"):
            Tokenizer.load(path)
    path.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    with pytest.raises(DamagedError, match="the tokenizer was altered: its checksum is wrong"):
        Tokenizer.load(path)
    path.write_bytes(whole.replace(b"entarte tokenizer 1 ", b"entarte tokenizer 7 "))
    with pytest.raises(DamagedError, match=r"format 7; this version reads up to 1\. Upgrade Entarté"):
        Tokenizer.load(path)


def test_folders_are_no_tokenizer_files(tmp_path: Path, tokenizer: Tokenizer) -> None:
    with pytest.raises(SetupError, match="cannot be read: Is a directory"):
        Tokenizer.load(tmp_path)
    with pytest.raises(SetupError, match="cannot be written: Is a directory"):
        tokenizer.save(tmp_path)


def test_words_and_the_pieces_in_them(of_kind: Callable[[str], Tokenizer]) -> None:
    line = "the  woman\u2028x sings "
    assert words(line) == [Word("the", 0, 3), Word("woman\u2028x", 5, 12), Word("sings", 13, 18)]
    pieces = of_kind("unigram").pieces(line)
    at = piece_words(pieces, words(line))
    assert set(at) == {0, 1, 2}
    for piece, word in zip(pieces, at):
        assert word is not None
        if piece.text.strip("▁"):
            assert words(line)[word].start <= piece.start < words(line)[word].end
    assert piece_words(pieces, []) == [None] * len(pieces)


def test_a_vocabulary_has_no_piece_twice_and_no_id_below_zero() -> None:
    with pytest.raises(ValueError, match="the piece 'a' comes twice in the vocabulary"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(IndexError, match="there is no id -1"):
        Vocabulary(["a"]).piece(-1)
