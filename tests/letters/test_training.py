"""Tiny models learn the generated languages to a stated threshold, and are measured as their fields do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entarte.cli.main import main
from entarte.generate import Translator
from entarte.grammar.scan import scan
from entarte.run import Run

from .conftest import PLAIN, Taught

pytestmark = pytest.mark.timeout(600)  # trainings of some seconds, on a machine that may be busy


def evaluated(model: Translator, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["evaluate", str(model.folder), "--json", *words]) == 0
    found: dict = json.loads(capsys.readouterr().out)
    return found


def scores(found: dict) -> dict[str, float]:
    return {score["name"]: score["value"] for score in next(iter(found["scores"].values()))}


def test_words_are_said(speller: Translator, capsys: pytest.CaptureFixture[str]) -> None:
    """At most one phoneme in ten of unseen words is wrong, within 4 epochs, by the best reading."""
    found = evaluated(speller, capsys)
    measured = scores(found)
    assert list(measured) == ["per", "ser", "length", "perplexity"]
    assert measured["per"] <= 10
    assert found["notes"][0].startswith("179 pairs of 150 sources, each with all its readings; beam")


def test_each_source_is_decoded_once(
    speller: Translator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = tmp_path / "told"
    evaluated(speller, capsys, "--outputs", str(told))
    assert len(told.read_text(encoding="utf-8").split("\n")) == 150 + 1


def test_tables_go_by_the_field(speller: Translator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(speller.folder), "--examples", "2"]) == 0
    said = capsys.readouterr().out
    assert said.split("\n")[2].split()[:3] == ["system", "PER", "WER"]
    assert "By target length (words)" in said
    assert "Pronunciations\n\nword" in said
    assert main(["evaluate", str(speller.folder), "--by", "source", "--lengths", "1,2"]) == 0
    assert "By source length (words)\n\nlength  sentences" in capsys.readouterr().out
    assert main(["evaluate", str(speller.folder), "--by", "sorce"]) == 2
    assert "--by: 'sorce' is no side. Did you mean 'source'?" in capsys.readouterr().err


def test_training_is_watched_by_the_best_reading(speller: Translator) -> None:
    last = Run.open(str(speller.folder)).metrics()[-1]
    assert last["scores"]["per"] < 15


def test_a_model_without_the_setting_takes_it_from_the_command(
    inflecter: Translator, drawn: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    twice = tmp_path / "twice.tsv"
    twice.write_text("mada\tmadada\tN;LOC\nmada\tmadaya\tN;LOC\n", encoding="utf-8")
    for words, sentences in (([], 2), (["--readings"], 1)):
        found = evaluated(inflecter, capsys, "--data", str(twice), "--metrics", "exact", *words)
        assert next(iter(found["scores"].values()))[0]["sentences"] == sentences


def test_lemmas_are_inflected(inflecter: Translator, capsys: pytest.CaptureFixture[str]) -> None:
    """At least four in five forms of unseen lemmas are right to the letter, within 3 epochs."""
    assert scores(evaluated(inflecter, capsys))["exact"] >= 80


def test_each_feature_is_a_row_of_the_picture(inflecter: Translator) -> None:
    [output] = inflecter.translate(["mada <N> <PL> <LOC>"])
    assert [column.text for column in output.alignment.columns[:-1]] == [*"mada", "<N>", "<PL>", "<LOC>"]
    assert [row.text for row in output.alignment.rows[:-1]] == list(output.text)


def test_an_empty_reading_stops_a_training_before_it_begins(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    valid = tmp_path / "valid.tsv"
    valid.write_text("bat\tB AE1 T\nbit\t \n", encoding="utf-8")
    out = tmp_path / "run"
    words = [f"data.train={drawn}/spelling.train.tsv", f"data.valid={valid}", "--out", str(out)]
    assert main(["train", "g2p", *words]) == 2
    told = capsys.readouterr().err.replace("\n", " ")
    assert "valid.tsv:2: data.readings: 'bit' has no target: the reading is empty." in told
    assert not out.exists()


@pytest.mark.slow
def test_what_is_longer_than_all_it_has_seen_is_not_carried_over(
    taught: Taught, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lake and Baroni 2018, experiment 2, in small: commands of up to 16 actions are learned, longer ones
    from the same grammar all but fail."""
    parts = scan("simple")
    brief = [pair for pair in parts["train"] if len(str(pair.target).split()) <= 16][:4000]
    held = [pair for pair in parts["test"] if len(str(pair.target).split()) <= 16][:200]
    longer = [pair for pair in parts["test"] if len(str(pair.target).split()) > 16][:200]
    files = {}
    for name, pairs in (("train", brief), ("valid", held), ("test", longer)):
        files[name] = tmp_path / f"{name}.tsv"
        files[name].write_text("".join(f"{e.source}\t{e.target}\n" for e in pairs), encoding="utf-8")
    own = ["train.batch_tokens=600", "train.epochs=6", *PLAIN[:1]]
    model = taught("scan", files, *own)
    assert scores(evaluated(model, capsys, "--data", str(files["valid"])))["exact"] >= 75
    assert scores(evaluated(model, capsys))["exact"] <= 10
