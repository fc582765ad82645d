"""check, card and translate --abstain on the tiny model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from entarte.check.abstain import Abstainer
from entarte.check.choose import of_model
from entarte.cli.main import main
from entarte.generate import Translator
from entarte.saved import load

from .schema import check, schema

SOURCES = ["he hit me with a pie .", "she sees two dogs and a cat", "", "he sees a cat with two dogs ."]
TARGETS = ["il m'a entarté .", "elle voit deux chiens", "", "il voit deux chiens entarté ."]


@pytest.fixture
def pairs(tmp_path: Path) -> tuple[Path, Path]:
    for name, lines in (("a.en", SOURCES), ("a.fr", TARGETS)):
        (tmp_path / name).write_text("".join(line + "\n" for line in lines * 3), encoding="utf-8")
    return tmp_path / "a.en", tmp_path / "a.fr"


def data(pairs: tuple[Path, Path]) -> list[str]:
    return ["--data", str(pairs[0]), "--data", str(pairs[1])]


def test_check_says_how_many_fail(
    folder: Path, pairs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder), *data(pairs), "--worst", "1"]) == 0
    said = capsys.readouterr().out
    assert "chrF of the rest" in said
    assert "Most suspicious" in said
    assert main(["check", str(folder), *data(pairs), "--checks", "length,copied", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 12
    assert [each["check"] for each in found[0]["checks"]] == ["copied", "length"]


def test_planted_faults_are_measured(
    folder: Path, pairs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", str(folder), *data(pairs), "--planted", "references", "--checks", "repetition"]
    assert main([*words, "--json"]) == 0
    found = {each["fault"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["repeated"]["recall"] > 0.5
    assert found["repeated"]["f1"] > found["deleted"]["f1"]
    assert main([*words, "--markdown"]) == 0
    assert "| repetition | repeated |" in capsys.readouterr().out


def test_fit_writes_settings_that_are_used(
    folder: Path, pairs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(folder, mine)
    words = ["check", str(mine), *data(pairs), "--planted", "references", "--checks", "length"]
    assert main([*words, "--fit"]) == 0
    assert f"wrote {mine / 'checks.toml'}" in capsys.readouterr().err
    [length] = of_model(load(mine), only=["length"])
    assert length.settings["ratio"] != 1.0
    assert {name: c.settings for name, c in zip(["omission"], of_model(load(mine)))} == {
        "omission": of_model(load(folder))[0].settings
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--planted", "nothing"], "faults cannot be planted in 'nothing'. Say references or outputs."),
        (["--fit"], "--fit needs to know what to plant faults in. Add --planted outputs."),
        (["--checks", "omision"], "there is no check 'omision'. Did you mean 'omission'?"),
        (["-s", "omission.treshold=1"], "has no setting 'treshold'. Did you mean 'threshold'?"),
        (["-s", "train.rate=1"], "there is no check 'train'"),
        (["--gold", "x.align"], "gold links are those of references. Add --planted references."),
    ],
)  # fmt: skip
def test_what_check_cannot_use(
    words: list[str],
    message: str,
    folder: Path,
    pairs: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.align").write_text("0-0\n\n\n\n" * 3, encoding="utf-8")
    assert main(["check", str(folder), *data(pairs), *words]) == 2
    assert message in capsys.readouterr().err


def test_card_of_a_sentence(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "card.json"
    words = ["he hit me", "--target", "il m'a entarté", "--reference", "il", "--json", str(path)]
    assert main(["card", str(folder), *words]) == 0
    plain = json.loads(path.read_text("utf-8"))
    check(plain, schema("card.schema.json"), schema("card.schema.json"))
    assert (plain["output"], plain["reference"]["text"]) == ("il m'a entarté", "il")
    capsys.readouterr()
    assert main(["card", str(folder), "he hit me"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(("# 1. ", "# 0. ", "# "))
    assert "## Alternatives" in said


def test_report_of_a_file(
    folder: Path, pairs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, path = tmp_path / "r.html", tmp_path / "r.json"
    words = [str(pairs[0]), "-r", str(pairs[1]), "--limit", "4", "--html", str(page), "--json", str(path)]
    assert main(["card", str(folder), *words]) == 0
    assert f"wrote {page}\n" in capsys.readouterr().out
    plain = json.loads(path.read_text("utf-8"))
    check(plain, schema("report.schema.json"), schema("report.schema.json"))
    assert [card["source"] for card in plain["cards"]] == SOURCES
    short = tmp_path / "short"
    short.write_text("one\n", encoding="utf-8")
    assert main(["card", str(folder), str(pairs[0]), "-r", str(short)]) == 2
    assert "1 lines in --reference, but 12 sources" in capsys.readouterr().err


def test_translate_withholds_what_fails(
    folder: Path, pairs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", str(folder), str(pairs[0])]) == 0
    whole = capsys.readouterr().out.split("\n")
    words = ["--abstain", "confidence", "--mark", "???"]
    assert main(["translate", str(folder), str(pairs[0]), *words]) == 0
    said = capsys.readouterr()
    lines = said.out.split("\n")
    assert len(lines) == len(whole)
    withheld = [n for n, line in enumerate(lines) if line == "???"]
    assert withheld
    assert all(line == whole[n] for n, line in enumerate(lines) if n not in withheld)
    assert f"{len(withheld)} outputs were withheld (confidence {len(withheld)})" in said.err
    assert main(["translate", str(folder), str(pairs[0]), "--mark", "?"]) == 2
    assert "--mark: it is only read together with --abstain" in capsys.readouterr().err


def test_an_abstainer_keeps_the_evidence(translator: Translator) -> None:
    checks = of_model(translator, ["length.threshold=0"], ["length"])
    judge = Abstainer(translator, checks)
    [plain] = translator.translate(["he hit me"])
    [output] = judge([plain])
    assert (output.text, output.alternatives, output.score) == ("", (), plain.score)
    assert output.alignment.notes["withheld"] == "length"
    assert judge.summary() == "1 output was withheld (length 1)"
    assert Abstainer(translator, checks).summary() == "no output was withheld"
