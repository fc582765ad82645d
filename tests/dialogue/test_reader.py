"""Dialogues from files: roles, history, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entarte.errors import InputError
from entarte.reader import read

Write = Callable[[Any], str]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    """Records as a file of JSON lines, or a text as it is."""

    def write(given: Any) -> str:
        text = given if isinstance(given, str) else "".join(json.dumps(each) + "\n" for each in given)
        (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
        return str(tmp_path / "a.jsonl")

    return write


def found(path: str, **given: Any) -> list[tuple[str, str | None]]:
    return [(each.source, each.target) for each in read(path, format="dialogue", **given)]


def test_turns_alternate_where_nobody_is_named(file: Write) -> None:
    assert found(file([["hi", "hello", "how are you", "fine"]])) == [
        ("<user> hi", "hello"),
        ("<bot> hi <user> hello", "how are you"),
        ("<user> hi <bot> hello <user> how are you", "fine"),
    ]


def test_speakers_are_named(file: Write) -> None:
    turns = [("anna", "hi"), ("anna", "there"), ("ben", "hello"), ("anna", "bye")]
    path = file([{"turns": [{"speaker": who, "text": text} for who, text in turns]}])
    assert found(path, speaker="ben") == [("<user> hi <user> there", "hello")]
    assert found(path, speaker="anna") == [
        ("<bot> hi", "there"),
        ("<bot> hi <bot> there <user> hello", "bye"),
    ]
    assert len(found(path)) == 3


def test_only_the_last_turns_are_read(file: Write) -> None:
    path = file([["a", "b", "c", "d"]])
    assert found(path, turns=1) == [("<user> a", "b"), ("<user> b", "c"), ("<user> c", "d")]
    assert found(path, turns=2)[-1] == ("<bot> b <user> c", "d")
    assert found(path, turns=9) == found(path, turns=0)


def test_answers_under_a_key_of_their_own(file: Write) -> None:
    path = file([{"context": ["a", "b\nc"], "responses": ["x", " y  z"]}])
    assert found(path, source="context", target="responses") == [
        ("<bot> a <user> b c", "x"),
        ("<bot> a <user> b c", "y z"),
    ]


def test_babi(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1 hi\thello\n2 resto R_phone 12\n3 <SILENCE>\tdone\n\n1 hey\thello\n", encoding="utf-8")
    pairs = list(read(path, format="babi"))
    assert [(each.source, each.target, each.group, each.number) for each in pairs] == [
        ("<user> hi", "hello", 1, 1),
        ("<user> hi <bot> hello <known> resto R_phone 12 <user> <SILENCE>", "done", 1, 3),
        ("<user> hey", "hello", 2, 5),
    ]
    short = list(read(path, format="babi", turns=2))
    assert short[1].source == "<known> resto R_phone 12 <user> <SILENCE>"


@pytest.mark.parametrize(
    ("given", "how", "message"),
    [
        ([["hi", "you"], ["hi"]], {}, "a.jsonl:2: a dialogue of one turn: nothing is answered"),
        ([[]], {}, "a.jsonl:1: there are no turns"),
        ([{"says": []}], {}, "a.jsonl:1: there is no key 'turns'. There are says."),
        ([["hi", 3]], {}, "a.jsonl:1: turn 2 is a number, where text is needed"),
        ([[{"text": "hi"}, "you"]], {}, "a.jsonl:1: turn 1 has no speaker"),
        ([[{"speaker": "a"}, "you"]], {}, "a.jsonl:1: turn 1 has no text"),
        (["hi"], {}, "a.jsonl:1: text, where a dialogue is needed"),
        ("[\n", {}, "a.jsonl:1: not JSON"),
        ([["hi", "you\0"]], {}, "a.jsonl:1: a turn holds a NUL character"),
        ([["hi", "you"]], {"source": "turns"}, "a.jsonl:1: a list, where an object with the key 'turns'"),
        ([["hi", "you"]], {"speaker": "bot"}, "nobody is called 'bot'. No turn names its speaker"),
        (
            [[{"speaker": "anna", "text": "hi"}, {"speaker": "ben", "text": "hello"}]],
            {"speaker": "bot"},
            "nobody is called 'bot'. There are 'anna', 'ben'.",
        ),
        ([{"turns": ["a"], "answers": [1]}], {"target": "answers"}, "a.jsonl:1: an answer is a number"),
        ("", {}, "the file is empty"),
    ],
)
def test_what_is_refused(file: Write, given: Any, how: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        found(file(given), **how)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hi\thello\n", "a.txt:1: the line does not begin with the number of a turn"),
        ("1 a\tb\tc\n", "a.txt:1: more than one TAB in a line"),
    ],
)
def test_what_is_no_babi(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read(tmp_path / "a.txt", format="babi"))
    assert message in str(caught.value)
