"""show and describe, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entarte.alignment import Alignment
from entarte.cli.main import main
from entarte.saved import load


def test_show_prints_the_output_and_the_heat_map(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = load(folder).translate(["he hit me"])[0]
    assert main(["show", str(folder), "he hit me"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[0] == said.text
    assert lines[1] == f"score {said.score:.4f}, log-probability {said.log_prob:.4f}"
    assert "⟨end⟩" in "\n".join(lines)


def test_show_writes_the_same_alignment_as_files(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, page = tmp_path / "a.json", tmp_path / "a.html"
    words = ["--target", "il m'a entarté", "--json", str(path), "--html", str(page), "--words"]
    assert main(["show", str(folder), "he hit me", *words]) == 0
    assert f"wrote {path}\n" in capsys.readouterr().out
    found = Alignment.from_json(path.read_text("utf-8"))
    assert found == load(folder).force(["he hit me"], ["il m'a entarté"])[0].alignment.words()
    assert [token.text for token in found.rows] == ["il", "m'a", "entarté", "</s>"]
    assert "entarté" in page.read_text("utf-8")


def test_show_decodes_with_other_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder), "he", "--set", "generate.kind=greedy"]) == 0
    assert main(["show", str(folder), "he", "-s", "generate.length_constant=1", "-s", "generate.beam=1"]) == 0
    capsys.readouterr()
    assert main(["show", str(folder), "he", "--set", "train.rate=1"]) == 2
    assert capsys.readouterr().err == (
        "error: 'train.rate=1' cannot be changed in a trained model. Only settings of [generate] can.\n"
    )
    assert main(["show", str(folder), "he", "--set", "generate.bean=1"]) == 2
    assert "search 'beam' has no setting 'bean'. Did you mean 'beam'?" in capsys.readouterr().err


@pytest.mark.parametrize("sentence", ["", "  ", "two\nlines"])
def test_show_wants_one_line(folder: Path, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder), sentence]) == 2
    assert capsys.readouterr().err == "error: the sentence must be one line with something in it\n"


def test_describe_says_what_the_folder_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(folder)]) == 0
    said = capsys.readouterr().out
    model = load(folder).model
    count = sum(parameter.numel() for parameter in model.parameters())
    assert f"{count:,} parameters" in said
    assert "shared" in said
    assert "12.25   3.50      –      50 *" in said
    assert "valid ppl █▁\nBLEU      ▄▄\n" in said
    assert '[attention]\nkind = "general"' in said


def test_describe_draws_the_training(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["describe", str(folder), "--curve", str(tmp_path / "c.svg")]) == 0
    assert (tmp_path / "c.svg").read_text("utf-8").startswith("<?xml")
    assert main(["describe", str(folder), "--curve", str(tmp_path / "c.xyz")]) == 2
    assert "a picture cannot be written as '.xyz'" in capsys.readouterr().err


def test_describe_gives_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    parts = found["parameters"]
    assert parts["all"] == sum(count for name, count in parts.items() if name != "all")
    assert parts["readout"] > 0
    assert [line["perplexity"] for line in found["training"]] == [20.5, 12.25]
    assert found["settings"]["generate"]["beam"] == 2


@pytest.mark.parametrize("command", [["show", "{}", "he"], ["describe", "{}"], ["evaluate", "{}"]])
def test_a_folder_without_a_model_is_said(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(tmp_path / "none") for word in command]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path / 'none'}: there is no such model folder\n"
