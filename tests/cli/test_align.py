"""`entarte align`: links of given pairs, in one direction and both, and what can be wrong with the files."""

from __future__ import annotations

from pathlib import Path

import pytest

import entarte
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.generate import CHUNK
from entarte.metric.links import parse, transpose
from entarte.metric.symmetrise import symmetrise
from entarte.saved import load

SOURCES = ["he hit me", "", "a pie .", "with a pie"]
TARGETS = ["il m'a", "me", "", "ABC def il m'a"]


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put("s", SOURCES)
    put("t", TARGETS)
    return tmp_path


def put(name: str, lines: list[str]) -> None:
    Path(name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def lines(name: str) -> list[str]:
    return Path(name).read_text("utf-8").split("\n")[:-1]


def test_links_are_those_of_forced_decoding(folder: Path, pairs: Path) -> None:
    assert main(["align", str(folder), "s", "t", "-o", "links"]) == 0
    forced = load(folder).force(SOURCES, TARGETS)
    assert lines("links") == [each.alignment.pharaoh() for each in forced]
    assert lines("links")[1:3] == ["", ""]  # nothing to link: the end of a sentence is no word
    # Without a threshold every target word has one link.
    assert [sorted(j for _, j in parse(line).sure) for line in lines("links")] == [
        [0, 1],
        [],
        [],
        [0, 1, 2, 3],
    ]


def test_the_end_of_the_sentence_is_no_word(folder: Path) -> None:
    model = load(folder)
    [output] = model.force(["he hit"], ["il m'a"])
    assert output.alignment.rows[-1].kind == output.alignment.columns[-1].kind == "eos"
    [links] = entarte.align(model, ["he hit"], ["il m'a"], threshold=0.01)
    assert links == {(i, j) for i in (0, 1) for j in (0, 1)}  # all words, and nothing beyond them


@pytest.mark.parametrize("method", ["intersection", "union", "grow-diag-final-and"])
def test_both_directions_are_joined(folder: Path, pairs: Path, method: str) -> None:
    words = ["align", str(folder), "s", "t", "-r", str(folder), "--method", method, "-o", "links"]
    assert main(words) == 0
    model = load(folder)
    there = entarte.align(model, SOURCES, TARGETS)
    back = [transpose(each) for each in entarte.align(model, TARGETS, SOURCES)]
    joined = [symmetrise(one, other, method) for one, other in zip(there, back)]
    assert [parse(line).sure for line in lines("links")] == joined
    assert entarte.align(model, SOURCES, TARGETS, reverse=model, method=method) == joined


def test_the_first_word_may_be_called_1(folder: Path, pairs: Path) -> None:
    assert main(["align", str(folder), "s", "t", "-o", "zero"]) == 0
    assert main(["align", str(folder), "s", "t", "-o", "one", "--base", "1"]) == 0
    assert [parse(line, base=1) for line in lines("one")] == [parse(line) for line in lines("zero")]


def test_gold_gives_the_error_rate(folder: Path, pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = entarte.align(load(folder), SOURCES, TARGETS)
    put("gold", [" ".join(f"{i + 1}-{j + 1}" for i, j in sorted(each)) for each in found])
    words = ["align", str(folder), "s", "t", "-o", "links", "-g", "gold", "--gold-base", "1"]
    assert main(words) == 0
    head, row = capsys.readouterr().err.split("\n")[:2]
    assert head.split()[:2] == ["links", "AER"]
    assert row.split()[:2] == ["forward", "0.000"]


def test_one_file_and_a_stream_longer_than_what_is_read_ahead(folder: Path, pairs: Path) -> None:
    count = 32 * CHUNK + 3
    put("pairs.tsv", ["he hit\til m'a"] * count)
    assert main(["align", str(folder), "pairs.tsv", "-o", "links"]) == 0
    assert len(lines("links")) == count


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("s short", "has"),
        ("s", "one file of lines holds sources only, and pairs are needed"),
        ("s t --method unoin -r MODEL", "to join two alignments. Did you mean 'union'?"),
        ("s t --method union", "--method: it is only read together with --reverse"),
        ("s t --gold-base 1", "--gold-base: it is only read together with --gold"),
        ("s t --threshold 2", "--threshold: 2.0 is not above 0 and at most 1"),
        ("s t -g beyond", "beyond:1: link 1-2 points beyond the pair's 3 source and 2 target words. "
         "All positions would fit if they counted from 1: read the file with base 1. Here: --gold-base 1"),
        ("s t -g turned", "would fit with source and target exchanged: transpose them"),
        ("s t -g few", "1 lines of links for 4 sentence pairs"),
        ("s t -o s", "are the same file"),
        ("s t --mean log-probabilities", "--mean: it is only read together with --ensemble"),
    ],
)  # fmt: skip
def test_what_a_person_can_get_wrong(
    folder: Path, pairs: Path, words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("short", TARGETS[:2])
    put("beyond", ["3-1 1-2", "", "", "3-4"])
    put("turned", ["0-2", "", "", ""])
    put("few", ["0-0"])
    said = words.replace("MODEL", str(folder)).split()
    assert main(["align", str(folder), *said]) == 2
    assert message in capsys.readouterr().err


def test_sides_of_different_lengths(folder: Path) -> None:
    with pytest.raises(InputError, match=r"1 sources but 2 targets\. Give one target for each source"):
        entarte.align(load(folder), ["a"], ["b", "c"])
