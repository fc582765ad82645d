"""Code and text about code are cut into the same tokens, which are Python's own."""

from __future__ import annotations

import io
import tokenize

import pytest

from entarte.errors import InputError
from entarte.lexer import canonical, program, tokens
from entarte.text import Tokenizer
from entarte.vocabulary import UNK

LINES = [
    "x = f(a, b[1:2], *args, **kwargs)",
    "def f(a, b=None) -> int:",
    "if not (a <= 3.5e-3 or b != 0x1F) and c // 2 ** 3 >> 1:",
    "s += r'^\\d+$' + b\"it's\" + '''a ' b''' + \"\"",
    "return '%s:%s  %s' % (key_prefix, version, self._key)",
    "@decorator(lambda x: x if x else -1)",
    "n: dict[str, int] = {'a b': 1_000, 'c': .5, \"d\\\"e\": 2j}",
    "while (m := next(it, ...)) is not None: m @= k; m ^= ~k & 3 | 4",
]


def texts(line: str) -> list[str]:
    return [token.text for token in tokens(line)]


@pytest.mark.parametrize("line", LINES)
def test_tokens_are_those_of_python(line: str) -> None:
    found = tokenize.generate_tokens(io.StringIO(line).readline)
    assert texts(line) == [token.string for token in found if token.string.strip()]


@pytest.mark.parametrize("line", [*LINES, "it's the 'key' of self.log, isn't it?", "the users' 'a b' ''", ""])
def test_places_and_the_canonical_form(line: str) -> None:
    assert [line[token.start : token.end] for token in tokens(line)] == texts(line)
    assert texts(canonical(line)) == texts(line)


def test_an_apostrophe_is_no_literal() -> None:
    assert texts("it's the class' 'a b', isn't it") == [
        *("it", "'", "s", "the", "class", "'", "'a b'", ",", "isn", "'", "t", "it"),
    ]
    assert texts("he said 'no") == ["he", "said", "'", "no"]


def test_names_are_the_same_in_text_and_in_code() -> None:
    said = texts("call the method self._cache.get with 'a key', substitute it for exp.")
    assert {"self", "_cache", "get", "'a key'", "exp"} <= set(said)


def test_a_program_of_several_lines() -> None:
    line = "class A(B):§    def f(self):§        return 1§§x = A()"
    assert canonical(line) == "class A ( B ) : § ⇥ def f ( self ) : § ⇥ ⇥ return 1 § § x = A ( )"
    assert canonical(canonical(line)) == canonical(line)
    assert canonical(line.replace("    ", "  ")) == canonical(line), "steps of two spaces"
    assert program(line) == "class A ( B ) :\n    def f ( self ) :\n        return 1\n\nx = A ( )"
    assert all(
        line[token.start : token.end].strip("§ ") == "" for token in tokens(line) if token.text in "§⇥"
    )


def tokenizer() -> Tokenizer:
    return Tokenizer.train(LINES, kind="code", size=0, normalisation="none")


def test_a_tokenizer_of_code_says_what_it_read() -> None:
    mine = tokenizer()
    for line in LINES:
        assert mine.text(mine.ids(line)) == canonical(line)
        assert UNK not in mine.ids(line)
        pieces = mine.pieces(line)
        assert [line[piece.start : piece.end] for piece in pieces] == texts(line)
        assert [piece.id for piece in pieces] == mine.ids(line)
        written, places = mine.written(mine.ids(line))
        assert written == canonical(line)
        assert [written[piece.start : piece.end] for piece in places] == texts(line)
    assert mine.vocabulary.id("▁'%s:%s  %s'") != UNK, "a literal is one entry, with the spaces in it"


def test_a_tokenizer_of_code_is_saved(tmp_path: object) -> None:
    path = f"{tmp_path}/code.model"
    tokenizer().save(path)
    assert Tokenizer.load(path) == tokenizer()
    assert Tokenizer.load(path).kind == "code"


def test_bad_input() -> None:
    with pytest.raises(InputError, match=r"text\.normalisation.*code is read as it is"):
        Tokenizer.train(LINES, kind="code", size=0)
    with pytest.raises(InputError, match=r"text\.size.*larger than this text allows"):
        Tokenizer.train(LINES, kind="code", size=5000, normalisation="none")
    with pytest.raises(InputError, match="half of a pair"):
        tokenizer().ids("x = '\ud800'")
