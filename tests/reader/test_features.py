"""Features beside a text become tags behind it, from columns and from keys."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from entarte.errors import InputError
from entarte.reader import read

Write = Callable[[str, str | bytes], str]


def test_features_of_a_column_follow_the_source(file: Write) -> None:
    path = file("a.tsv", "kuzu\tkuzuda\tN;LOC\nvade\tvadem\tN;PSS1S\n")
    found = [(pair.source, pair.target) for pair in read(path, features="3")]
    assert found == [("kuzu <N> <LOC>", "kuzuda"), ("vade <N> <PSS1S>", "vadem")]


def test_columns_have_names(file: Write) -> None:
    path = file("a.tsv", "form\tmsd\tlemma\nkuzuda\tN|LOC\tkuzu\n")
    [pair] = read(path, source="lemma", target="form", features="msd")
    assert (pair.source, pair.target) == ("kuzu <N> <LOC>", "kuzuda")


@pytest.mark.parametrize("value", ["N;LOC", "N LOC", ["N", "LOC"]])
def test_features_of_a_key(file: Write, value: object) -> None:
    record = {"source": "kuzu", "target": "kuzuda", "morph": {"ud": value}}
    [pair] = read(file("a.jsonl", json.dumps(record) + "\n"), features="morph.ud")
    assert pair.source == "kuzu <N> <LOC>"


@pytest.mark.parametrize(
    ("content", "features", "message"),
    [
        (
            "a\tb\tN\nc\td\n",
            "3",
            "a.tsv:2: data.features: the line has 2 columns, and the features are column 3",
        ),
        ("a\tb\tN\nc\td\t\n", "3", "a.tsv:2: data.features: 'c' has no features. They are separated by"),
        ("a\tb\t;\n", "3", "a.tsv:1: data.features: 'a' has no features"),
        ("a\tb\t<N>\n", "3", "a.tsv:1: data.features: the feature '<N>' holds <, > or ▁, which are kept for"),
        ("s\tt\tmsd\na\tb\tN\n", "mds", "a.tsv:1: data.features: the column 'mds' is not in the first line"),
        ("a\tb\tN\n", "0", "data.features: columns are numbered from 1"),
    ],
)
def test_what_cannot_be_features_is_refused(file: Write, content: str, features: str, message: str) -> None:
    path = file("a.tsv", content)
    with pytest.raises(InputError) as caught:
        list(read(path, features=features))
    assert str(caught.value).startswith(message)


def test_files_of_lines_have_no_features(file: Write) -> None:
    both = [file("a.x", "a\n"), file("a.y", "b\n")]
    with pytest.raises(InputError, match=r"data\.features: format 'lines' has no features"):
        list(read(both, features="3"))
