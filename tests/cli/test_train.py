"""train and evaluate, from the command line, on pairs that are copied in seconds."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from entarte.cli.main import main

SIZES = [
    *("text.kind=word", "text.size=0", "front.width=8", "encoder.width=8", "decoder.width=8"),
    *("train.batch_tokens=200", "train.valid_sentences=4", "train.seed=3", "generate.beam=2"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs of a line and itself, with their links."""
    folder = tmp_path_factory.mktemp("data")
    chance = random.Random(1)
    for name, count in (("train", 60), ("valid", 8), ("test", 8)):
        lines = [" ".join(chance.choices("abcdef", k=chance.randint(1, 6))) for _ in range(count)]
        (folder / f"{name}.x").write_text("".join(line + "\n" for line in lines))
        (folder / f"{name}.y").write_text("".join(line.upper() + "\n" for line in lines))
        links = [" ".join(f"{n}-{n}" for n in range(len(line.split()))) for line in lines]
        (folder / f"{name}.links").write_text("".join(line + "\n" for line in links))
    return folder


def words(files: Path, out: Path, *more: str) -> list[str]:
    data = [f"data.{name}={files / name}.x,{files / name}.y" for name in ("train", "valid", "test")]
    return ["train", "quick", *data, *SIZES, *more, "--out", str(out)]


@pytest.fixture(scope="module")
def trained(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "copy"
    assert main([*words(files, out, "train.epochs=2"), "--quiet"]) == 0
    return out


def test_a_training_reports_and_leaves_a_model(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "run"
    assert main(words(files, out, "train.updates=3")) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "60 pairs" in said.err
    assert "valid ppl" in said.err
    assert "3 updates are done" in said.err
    assert f"The model is in {out}. Try: entarte translate {out}" in said.err
    assert main(["describe", str(out)]) == 0


def test_fewer_pairs_than_a_batch_are_one_batch(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side in "xy":
        (tmp_path / f"one.{side}").write_text("a b c\n")
    one = f"data.train={tmp_path / 'one.x'},{tmp_path / 'one.y'}"
    assert main(words(files, tmp_path / "run", one, "train.epochs=3")) == 0
    said = capsys.readouterr().err
    assert "1 pairs," in said
    assert "3 epochs are done" in said


def test_a_quiet_training_says_nothing(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words(files, tmp_path / "run", "train.updates=1"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_second_training_does_not_write_over_the_first(
    files: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(files, trained)) == 2
    assert f"error: {trained}: already holds a run. Go on with it (--resume)" in capsys.readouterr().err


def test_a_finished_training_has_nothing_to_go_on_with(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (trained / "model.safetensors").read_bytes()
    assert main(["train", str(trained), "--resume"]) == 0
    assert "it was finished already" in capsys.readouterr().err
    assert (trained / "model.safetensors").read_bytes() == before


def test_other_settings_do_not_go_on_with_it(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(trained), "train.rate=0.5", "--resume"]) == 2
    assert "train.rate: 0.002 → 0.5" in capsys.readouterr().err


def test_mistakes_are_said_and_leave_no_folder(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    for change, message in (
        ("data.train=", "data.train: no file is named"),
        ("data.valid=/none.x,/none.y", "/none.x: data.valid: there is no such file"),
        ("train.rat=1", "train.rat: [train] has no setting 'rat'. Did you mean 'rate'?"),
        ("text.size=4000", "text.size: a vocabulary of 4000 is larger than this text allows"),
    ):
        assert main(words(files, out, change)) == 2
        assert message in capsys.readouterr().err
        assert not out.exists()
    assert main(["train", "quik"]) == 2
    assert "there is no recipe 'quik'. Did you mean 'quick'?" in capsys.readouterr().err
    assert main(["train", str(tmp_path / "no.toml")]) == 2
    assert "there is no such settings file" in capsys.readouterr().err


def test_ctrl_c_saves_and_says_how_to_go_on(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    call = [sys.executable, "-m", "entarte.cli.main", *words(files, out, "train.epochs=100000")]
    process = subprocess.Popen(call, stderr=-1, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith("*\n"):  # the first validation
            break
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.endswith(f"Stopped. Go on with: entarte train {out} --resume\n")
    assert "interrupted" not in said
    call = [sys.executable, "-m", "entarte.cli.main", "train", str(out), "--resume"]
    process = subprocess.Popen(call, stderr=-1, text=True)
    assert process.stderr is not None
    assert any("going on after update" in line for line in process.stderr if not line.endswith("*\n"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_evaluate_measures_what_the_model_says(
    files: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from entarte.saved import load

    gold = ["--gold", str(files / "test.links")]
    outputs = tmp_path / "out"
    assert main(["evaluate", str(trained), *gold, "--json", "--outputs", str(outputs)]) == 0
    found = json.loads(capsys.readouterr().out)
    scores = {each["name"]: each for each in found["scores"]["copy"]}
    measured = ["bleu", "chrf", "ter", "exact", "wer", "cer", "length", "perplexity", "aer", "on-gold"]
    assert list(scores) == measured
    assert scores["aer"]["sentences"] == 8
    assert "nrefs:1" in scores["bleu"]["signature"]
    sources = (files / "test.x").read_text().split("\n")[:-1]
    texts = [each.text for each in load(trained).translate(sources)]
    assert outputs.read_text().split("\n") == [*texts, ""]


def test_evaluate_shows_tables_and_translations(
    files: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = ["--data", str(files / "valid.x"), "--data", str(files / "valid.y")]
    assert main(["evaluate", str(trained), *pairs, "--markdown", "--examples", "2"]) == 0
    said = capsys.readouterr().out
    assert f"# copy on {files / 'valid.x'}" in said
    assert "## Translations\n\n| source | output | reference |\n" in said
    assert "AER" not in said
    assert main(["evaluate", str(trained), *pairs, "--examples", "0", "-s", "generate.kind=greedy"]) == 0
    said = capsys.readouterr().out
    assert "Translations" not in said
    assert "greedy search" in said


def test_evaluate_refuses_what_does_not_fit(
    files: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(trained), "--metrics", "blue"]) == 2
    assert "there is no metric 'blue'. Did you mean 'bleu'?" in capsys.readouterr().err
    assert main(["evaluate", str(trained), "--gold", str(files / "train.links")]) == 2
    assert "60 lines of links for 8 sentence pairs" in capsys.readouterr().err
    assert main(["evaluate", str(trained), "--data", str(files / "test.x")]) == 2
    assert "one file of lines holds sources only" in capsys.readouterr().err


def test_evaluate_wants_a_test_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(folder)]) == 2
    assert capsys.readouterr().err == (
        "error: data.test: there are no test pairs. Name them: --data a.en --data a.fr\n"
    )
