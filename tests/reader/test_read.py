"""Pairs in every format, their links, and what is refused, in its words."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from entarte.errors import InputError
from entarte.example import Example
from entarte.reader import Notes, read

Write = Callable[[str, str | bytes], str]

PAIRED = ("lines", "tsv", "jsonl")
"""Formats that hold any pairs."""

PAIRS = [("he hit me", "il m'a frappé"), ("", "rien"), ('a "pie"', "une « tarte »\u2028x")]


def written(file: Write, kind: str, zipped: bool) -> list[str]:
    """PAIRS in files of a format."""
    contents = {
        "lines": ["\n".join(pair[side] for pair in PAIRS) for side in (0, 1)],
        "tsv": ["".join("\t".join(pair) + "\n" for pair in PAIRS)],
        "jsonl": ["".join(json.dumps({"source": s, "target": t, "id": 3}) + "\n" for s, t in PAIRS)],
    }[kind]
    return [
        file(f"{number}.{kind}", gzip.compress(text.encode()) if zipped else text)
        for number, text in enumerate(contents)
    ]


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("kind", PAIRED)
def test_every_format_gives_the_same_pairs(file: Write, kind: str, zipped: bool) -> None:
    paths = written(file, kind, zipped)
    for format_ in (kind, "auto"):
        found = list(read(paths, format=format_))
        assert [(example.source, example.target) for example in found] == PAIRS
        assert [example.where for example in found] == [f"{paths[0]}:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", PAIRED)
def test_pairs_come_one_at_a_time(file: Write, kind: str) -> None:
    paths = written(file, kind, zipped=False)
    with open(paths[0], "ab") as end:
        end.write(b"\n\xff\n")
    assert next(read(paths, format=kind)).source == PAIRS[0][0]
    assert len(list(islice(read(paths, format=kind), 2))) == 2


def test_one_file_of_lines_is_sources(file: Write) -> None:
    assert list(read(file("a.txt", "a\nb"))) == [
        Example("a", file="a.txt", number=1), Example("b", file="a.txt", number=2)
    ]  # fmt: skip


def test_columns_by_number_and_by_name(file: Write) -> None:
    path = file("a.tsv", "id\ten\tfr\n1\ta\tb\n")
    assert [e.source for e in read(path, source="2", target="3")] == ["en", "a"]
    for source, target in (("en", "fr"), ("2", "fr"), ("en", "3")):
        (only,) = read(path, source=source, target=target)
        assert (only.source, only.target, only.number) == ("a", "b", 2)


def test_columns_called_source_and_target_are_known(file: Write) -> None:
    notes = Notes()
    (only,) = read(file("a.tsv", "source\ttarget\na\tb\n"), notes=notes)
    assert (only.source, only.target) == ("a", "b")
    assert [str(note) for note in notes] == [
        "a.tsv: the first line, 'source' and 'target', was taken as names of columns (line 1)"
    ]


def test_keys_with_dots(file: Write) -> None:
    path = file("a.jsonl", '{"translation": {"en": "a", "fr": "b"}, "x.y": "c"}\n')
    (one,) = read(path, source="translation.en", target="translation.fr")
    (two,) = read(path, source="x.y", target="translation.fr")
    assert (one.source, one.target, two.source) == ("a", "b", "c")


def test_links(file: Write) -> None:
    notes = Notes()
    pairs = file("a.tsv", "a b\tc d e\nx\ty\n")
    found = list(read(pairs, links=file("a.links", "0-0 1-2 0?1 1p1\n\n"), notes=notes))
    assert [example.links for example in found] == [frozenset({(0, 0), (1, 2)}), frozenset()]
    assert [str(note) for note in notes] == ["a.links: links that are only possible (i?j), left out (line 1)"]


def test_notes_of_both_files(file: Write) -> None:
    notes = Notes()
    list(read([file("a", "x\r\n"), file("b", "\ufeffy\n")], notes=notes))
    assert [note.file for note in notes] == ["a", "b"]


@pytest.mark.parametrize(("first", "second"), [(3, 5), (5, 3), (0, 2), (2, 0), (1200, 1)])
def test_different_line_counts_are_both_said(file: Write, first: int, second: int) -> None:
    paths = [file("a.en", "x\n" * first), file("b.fr", "y\n" * second)]
    shorter = "a.en" if first < second else "b.fr"
    with pytest.raises(InputError) as error:
        list(read(paths))
    assert f"a.en has {first:,} lines and b.fr has {second:,}: {shorter} is the shorter" in str(error.value)
    assert str(error.value).startswith(shorter)


@pytest.mark.parametrize(
    ("files", "given", "message"),
    [
        # nothing in them
        ({"a": ""}, {}, r"^a: the file is empty: there is nothing to read"),
        ({"a": "", "b": ""}, {}, r"^a: the file is empty"),
        ({"a.tsv": ""}, {}, r"^a\.tsv: the file is empty"),
        ({"a.jsonl": ""}, {}, r"^a\.jsonl: the file is empty"),
        ({"a.tsv": "en\tfr\n"}, {"source": "en"}, r"^a\.tsv: the file is empty"),
        ({"a": "\n \n"}, {}, r"^a: all 2 lines are empty on the source side"),
        ({"a": "\n\n", "b": "x\n\n"}, {}, r"^a: all 2 lines are empty$"),
        ({"a": "x\n\n", "b": "\n\t\n"}, {}, r"^b: all 2 lines are empty$"),
        ({"a.tsv": "x\t\ny\t\n"}, {}, r"^a\.tsv: all 2 lines are empty on the target side$"),
        # tsv
        ({"a.tsv": "a\tb\n\n"}, {}, r"^a\.tsv:2: the line is empty; each line must hold a pair$"),
        ({"a.tsv": "a\tb\nc d\n"}, {}, r"^a\.tsv:2: the line has 1 column, and the target is column 2\. Col"),
        ({"a.tsv": "a\tb\n"}, {"source": "4"}, r"^a\.tsv:1: the line has 2 columns, and the source is"),
        ({"a.tsv": "a\tb\n"}, {"target": "0"}, r"^data\.target: columns are numbered from 1$"),
        (
            {"a.tsv": "en\tfr\na\tb\n"},
            {"source": "eng"},
            r"^a\.tsv:1: data\.source: the column 'eng' is not in the first line\. Did you mean 'en'\?$",
        ),
        ({"a.tsv": "en\ten\n"}, {"target": "en"}, r"data\.target: the column 'en' is twice in the first"),
        ({"a.tsv": "", "b.tsv": ""}, {"format": "tsv"}, r"^data\.format: a TSV file holds both sides; 2"),
        # jsonl
        ({"a.jsonl": "\n"}, {}, r"^a\.jsonl:1: the line is empty; each line must hold a pair$"),
        ({"a.jsonl": '{"source": "a"'}, {}, r"^a\.jsonl:1: not JSON: .* at character 15$"),
        ({"a.jsonl": '["a", "b"]'}, {}, r"^a\.jsonl:1: a list, where an object is needed\. For example"),
        ({"a.jsonl": "9" * 5000}, {}, r"^a\.jsonl:1: JSON that cannot be read: "),
        ({"a.jsonl": "[" * 200_000}, {}, r"^a\.jsonl:1: JSON that cannot be read: "),
        ({"a.jsonl": '{"source": "a", "tgt": "b"}'}, {}, r"^a\.jsonl:1: there is no key 'target'\. .*tgt"),
        ({"a.jsonl": "{}"}, {}, r"^a\.jsonl:1: there is no key 'source'\. The object is empty\.$"),
        ({"a.jsonl": '{"t": {"en": "a"}}'}, {"source": "t.enn"}, r":1: there is no key 'enn' of 't\.enn'"),
        ({"a.jsonl": '{"t": "a"}'}, {"source": "t.en"}, r":1: 'en' of 't\.en' is looked for in text$"),
        ({"a.jsonl": '{"source": 3}'}, {}, r":1: the value of 'source' is a number, where text is needed$"),
        ({"a.jsonl": '{"source": null}'}, {}, r":1: the value of 'source' is null, where text is needed$"),
        ({"a.jsonl": '{"source": []}'}, {}, r":1: the value of 'source' is a list, where text is needed$"),
        ({"a.jsonl": '{"source": ["a", 1]}'}, {}, r":1: the value of 'source' is a list, where text is"),
        (
            {"a.jsonl": '{"source": "a", "target": ["b"]}'},
            {"target": "target.1"},
            r":1: there is no item 1 of 'target\.1': the list has 1, counted from 0$",
        ),
        ({"a.jsonl": r'{"source": "a\u0000b"}'}, {}, r":1: the value of 'source' holds a NUL character$"),
        ({"a.jsonl": r'{"source": "\ud83d"}'}, {}, r":1: the value of 'source' holds half of a surr"),
        ({"a": "", "b": ""}, {"format": "jsonl"}, r"^data\.format: a JSONL file holds both sides; 2"),
        # arguments
        ({}, {}, r"^no file is named$"),
        ({"a": ""}, {"format": "tvs"}, r"^data\.format: there is no format 'tvs'\. Did you mean 'tsv'\?$"),
        ({"a": "x", "b": "y"}, {"source": "en"}, r"^data\.source: 'en' names a column, and files of l"),
        ({"a": "", "b": "", "c": ""}, {}, r"^data\.format: pairs in lines are two files, source first, not"),
        ({"a.en": "x"}, {"both": True}, r"^a\.en: one file of lines holds sources only, and pairs"),
    ],
)  # fmt: skip
def test_what_is_refused(file: Write, files: dict[str, str], given: dict[str, Any], message: str) -> None:
    paths = [file(name, content) for name, content in files.items()]
    with pytest.raises(InputError, match=message):
        list(read(paths, **given))


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ("0-0\n", r"^a\.links: 1 lines of links for 2 pairs\. Every pair has a line, an empty one"),
        ("0-0\n\n\n0-0\n", r"^a\.links: 4 lines of links for 2 pairs"),
        ("0-0 0:1\n\n", r"^a\.links:1: '0:1' is not a link\. Links are written i-j"),
        ("\n0--1\n", r"^a\.links:2: '0--1' is not a link"),
        (
            "\n1-0\n",
            r"^a\.links:2: link '1-0' points beyond the 1 source and 1 target words of a\.tsv:2\. Links",
        ),
        ("0?3\n\n", r"^a\.links:1: link '0\?3' points beyond the 2 source and 3 target words of a\.tsv:1"),
        (f"0-{'9' * 5000}\n\n", r"^a\.links:1: '0-9+' is not a link"),
    ],
)
def test_links_that_are_refused(file: Write, links: str, message: str) -> None:
    pairs = file("a.tsv", "a b\tc d e\nx\ty\n")
    with pytest.raises(InputError, match=message):
        list(read(pairs, links=file("a.links", links)))


def test_links_that_count_from_1_are_found_out(file: Write) -> None:
    """Nine such lines may be chance, ten are not."""
    for count in (9, 10):
        pairs = file("a.tsv", "x y z\tA B C\n" * count)
        reading = read(pairs, links=file("a.links", "1-1 2-2\n" * count))
        if count < 10:
            assert len(list(reading)) == count
            continue
        with pytest.raises(InputError, match=r"a\.links: no link of any line touches word 0 .* count from 1"):
            list(reading)


def test_links_need_targets(file: Write) -> None:
    with pytest.raises(InputError, match=r"^a\.links: links need a target, and there are only sources$"):
        list(read(file("a", "x\n"), links=file("a.links", "0-0\n")))


def test_arguments_are_looked_at_at_once() -> None:
    with pytest.raises(InputError, match="there is no format"):
        read("a", format="csv")
