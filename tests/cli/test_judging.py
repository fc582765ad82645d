"""evaluate, compare with models, force and dictionary, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import entarte
from entarte import dictionary
from entarte.cli.main import main
from entarte.saved import load

SOURCES = ["he hit me", "a pie .", "ABC def", "with me"] * 3
TARGETS = ["il m'a", "pie .", "def ABC", "me"] * 3


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put("s", SOURCES)
    put("t", TARGETS)
    return tmp_path


def put(name: str, lines: list[str]) -> None:
    Path(name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def test_evaluate_measures_all_and_says_how(
    folder: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put("gold", ["0-0"] * 12)
    words = ["evaluate", str(folder), "-d", "s", "-d", "t", "-g", "gold", "--train", "t", "--lengths", "2,3"]
    assert main([*words, "--json", "--plot", "p.svg"]) == 0
    found = json.loads(capsys.readouterr().out)
    [scores] = found["scores"].values()
    names = [score["name"] for score in scores]
    assert names == ["bleu", "chrf", "ter", "exact", "wer", "cer", "length", "perplexity", "aer", "on-gold"]
    assert all(score["signature"] for score in scores)
    [lengths] = found["lengths"].values()
    assert list(lengths) == names
    assert [bucket["sentences"] for bucket in lengths["bleu"]] == [6, 6, 0]
    [buckets] = found["words"].values()
    assert sum(bucket["wanted"] for bucket in buckets) == sum(len(line.split()) for line in TARGETS)
    assert b"by word frequency" in Path("p.svg").read_bytes()
    assert main([*words, "--markdown"]) == 0
    said = capsys.readouterr().out
    assert "## By source length (words)" in said
    assert "## Word F1 by training frequency" in said


def test_evaluate_without_the_training_data_says_so(
    folder: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(folder), "-d", "s", "-d", "t", "--metrics", "wer"]) == 0
    said = capsys.readouterr()
    assert "no F1 by word frequency: data.train is not set; give --train" in said.err
    assert "times in training" not in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--metrics blue", "metrics: there is no metric 'blue'. Did you mean 'bleu'"),
        (
            "-g one",
            "no link of any line touches word 0 of either side, so the positions seem to count from 1",
        ),
        ("-g far", "far:1: link 5-0 points beyond the pair's 3 source and 2 target words"),
        ("-g few", "2 lines of links for 12 sentence pairs"),
        ("--plot p.gif", "p.gif: a picture cannot be written as '.gif'"),
        ("--lengths 3,1", "the edges of the buckets are 3, 1"),
    ],
)
def test_bad_words_for_evaluate(
    folder: Path, files: Path, words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("one", ["1-1"] * 12)
    put("far", ["5-0", *[""] * 11])
    put("few", ["0-0", ""])
    put("s", ["he hit me"] * 12)
    put("t", ["il m'a"] * 12)
    assert main(["evaluate", str(folder), "-d", "s", "-d", "t", *words.split()]) == 2
    assert message in capsys.readouterr().err


def test_compare_takes_models(folder: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("out", [output.text for output in load(folder).translate(SOURCES)])
    base = ["compare", str(folder), "-r", "t", "--metrics", "wer", "--samples", "20", "--json"]
    assert main([*base, "out", "-s", "s", "--plot", "p.svg"]) == 0
    [pair] = json.loads(capsys.readouterr().out)["versus"]
    assert [each["difference"] for each in pair["comparisons"]] == [0, 0]
    assert Path("p.svg").stat().st_size > 1000
    link = files / "again"
    link.symlink_to(folder)
    assert main([*base, str(link), "-s", "s"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert [score["name"] for score in scores[str(folder)]] == ["wer", "perplexity"]
    assert main([*base, "out"]) == 2
    assert "a model needs sources to translate. Give --source" in capsys.readouterr().err
    put("links", ["0-0"] * len(SOURCES))
    assert main([*base, str(link), "-s", "s", "--gold", "links"]) == 0
    compared = json.loads(capsys.readouterr().out)
    aer = compared["scores"][str(folder)][-1]
    assert aer["name"] == "aer"
    links = [each.alignment.word_links() for each in load(folder).force(SOURCES, TARGETS)]
    right = sum((0, 0) in each for each in links)
    assert aer["value"] == pytest.approx(1 - 2 * right / (sum(map(len, links)) + len(SOURCES)))
    assert [each["metric"] for each in compared["versus"][0]["comparisons"]][-1] == "aer"
    assert main([*base, "out", "-s", "s", "--gold", "links"]) == 2
    assert "out: --gold: only a model says where it looked" in capsys.readouterr().err


def test_force_says_how_probable_each_piece_is(
    folder: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["force", str(folder), "s", "t", "-a", "pharaoh", "links"]) == 0
    said = capsys.readouterr()
    forced = load(folder).force(SOURCES, TARGETS)
    for line, each in zip(said.out.split("\n")[:-1], forced, strict=True):
        total, pieces = line.split("\t")
        assert float(total) == pytest.approx(each.log_prob, abs=1e-3)
        parts = [float(piece.rsplit(":", 1)[1]) for piece in pieces.split(" ")]
        assert parts == pytest.approx(each.log_probs, abs=1e-3)
    assert Path("links").read_text() == "".join(each.alignment.pharaoh() + "\n" for each in forced)
    count = sum(len(each.log_probs) for each in forced)
    assert f"over {count} pieces" in said.err
    assert main(["force", str(folder), "s", "t", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.split("\n")[0])
    assert first["log_prob"] == pytest.approx(forced[0].log_prob, abs=1e-3)


def test_force_by_words(folder: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["force", str(folder), "s", "t", "--words", "-e", str(folder)]) == 0
    total, words = capsys.readouterr().out.split("\n")[0].split("\t")
    assert [word.rsplit(":", 1)[0] for word in words.split(" ")] == ["il", "m'a", "</s>"]
    parts = [float(word.rsplit(":", 1)[1]) for word in words.split(" ")]
    assert sum(parts) == pytest.approx(float(total), abs=1e-3)


def test_a_dictionary_is_learned_and_used(
    folder: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put("gold", ["0-1 2-0", "1-0", "0-1", "1-0"] * 3)
    assert main(["dictionary", "s", "t", "--links", "gold", "-o", "d.tsv"]) == 0
    assert dictionary.read("d.tsv") == {"ABC": "ABC", "he": "m'a", "me": "il", "pie": "pie"}
    assert "4 words; " in capsys.readouterr().out
    assert main(["dictionary", "s", "t", "--model", str(folder), "-o", "e.tsv", "--least", "1"]) == 0
    links = entarte.align(load(folder), SOURCES, TARGETS)
    wanted = dictionary.learn(zip(SOURCES, TARGETS, links), least=1, share=0.1)
    assert dictionary.read("e.tsv") == {word: one.target for word, one in wanted.items()}
    assert main(["dictionary", "s", "t", "-o", "f.tsv"]) == 2
    assert "the words are linked by --model or by --links. Give one of them" in capsys.readouterr().err
