"""Several tasks in one model: prefixes, the command that mixes, what is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entarte import saved
from entarte.cli.main import main
from entarte.engine.engine import Engine
from entarte.engine.folder import Facts
from entarte.engine.way import Way
from entarte.errors import InputError
from entarte.export.make import readable
from entarte.grammar.frames import frames
from entarte.grammar.reports import reports
from entarte.run import Run
from entarte.settings import dump, load, loads
from entarte.task.text_to_text import TextToText
from entarte.train import train

pytestmark = pytest.mark.timeout(600)

TASKS = ["sum up: summary", "protein: dna"]


def test_a_line_is_formed_as_its_task_has_it() -> None:
    task = TextToText(tasks=TASKS)
    assert task.pair("protein: ATGGCC", "MA") == ("protein: A T G G C C", "M A")
    assert task.pair("sum  up:  A b .", "A b") == ("sum up: A b .", "A b")
    assert task.pair(*task.pair("protein: ATG", "M")) == ("protein: A T G", "M")
    assert task.pair("") == ("", None)
    assert task.part("sum up: a: b") == "sum up"
    assert task.metrics == ("rouge-1", "rouge-2", "rouge-l", "repeated-2", "length", "exact", "wer")
    assert task.pair("sum up: 10:30 is the time")[0] == "sum up: 10:30 is the time"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("protien: ATG", "'protien: ' is no prefix of this model. Did you mean 'protein'"),
        ("translate: a", "'translate: ' is no prefix of this model. It knows 'sum up: ', 'protein: '"),
        ("ATG", "the line has no prefix. It knows 'sum up: ', 'protein: '"),
        ("protein: ATZ", "letter 3, 'Z', is no base"),
    ],
)
def test_lines_that_no_task_has(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TextToText(tasks=TASKS).pair(line)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("tasks=sum up: sumary", "task.tasks: there is no task 'sumary'. Did you mean 'summary'"),
        ("tasks=a: text-to-text", "task.tasks: there is no task 'text-to-text'"),
        ("tasks=summary", "task.tasks: 'summary' does not say which task a prefix stands for"),
        ("tasks=a: dna,a: summary", "task.tasks: a prefix stands there twice"),
        ("tasks=", "task.tasks: .*none at all"),
        ("temperature=0.5", "task.temperature: must be at least 1, not 0.5"),
        ("temprature=2", r"task 'text-to-text' has no setting 'temprature'\. Did you mean 'temperature'"),
    ],
)
def test_settings_that_cannot_be(setting: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load("text2text", [f"task.{setting}"])


def test_settings_come_back() -> None:
    settings = load("text2text", ["task.tasks=sum up: summary,protein: dna", "task.temperature=3"])
    assert loads(dump(settings)) == settings
    assert list(settings.aim.parts) == ["sum up", "protein"]
    assert settings.aim.temperature == 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports and frames in one file for each part; and a model that has seen them, a few of them."""
    folder = tmp_path_factory.mktemp("mixed")
    for part, count in (("train", 60), ("valid", 8), ("test", 8)):
        for name, pairs in (
            ("told", reports(count, part=part)),
            ("read", frames(count // 2, part=part, longest=6)),
        ):
            lines = "".join(f"{each.source}\t{each.target}\n" for each in pairs)
            (folder / f"{part}.{name}").write_text(lines)
            (folder / f"{part}.{name}.tsv").write_text(lines)
        tasks = [f"sum up={folder}/{part}.told.tsv", f"protein={folder}/{part}.read.tsv"]
        assert main(["data", "mix", *tasks, "--name", part, "-o", str(folder / "all")]) == 0
    files = [f"data.{part}={folder}/all/{part}.tsv" for part in ("train", "valid", "test")]
    small = "text.size=120 front.width=16 encoder.width=16 decoder.width=16 attention.width=16 train.epochs=2"
    tasks_ = "task.tasks=sum up: summary,protein: dna"
    train(load("text2text", [*files, *small.split(), tasks_, "train.threads=1"]), folder / "model")
    return folder


def test_mix_writes_prefixes_and_keeps_every_pair(folder: Path) -> None:
    lines = (folder / "all" / "train.tsv").read_text().removesuffix("\n").split("\n")
    assert len(lines) == 90
    told = {line for line in lines if line.startswith("sum up: ")}
    wanted = (folder / "train.told").read_text().removesuffix("\n").split("\n")
    assert told == {f"sum up: {line}" for line in wanted}
    assert lines != sorted(lines)
    assert len({line.split(":")[0] for line in lines[:20]}) == 2, "they are mixed"


def test_mix_reads_keys_cuts_and_leaves_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mails = [{"body": f"body {n} .\nmore", "title": f"title {n}" if n else ""} for n in range(9)]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(each) + "\n" for each in mails))
    task = f"title={tmp_path}/m.jsonl:body:title"
    assert main(["data", "mix", task, "--most", "3", "-o", str(tmp_path / "out")]) == 0
    lines = (tmp_path / "out" / "train.tsv").read_text().removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert all(line.startswith("title: body ") and "more\ttitle " in line for line in lines)
    said = capsys.readouterr().out
    assert "3 of 8 pairs: title" in said
    assert "1 of 9 pairs left out: a side is empty (line 1)" in said
    for bad, message in (
        ("title", "expected PREFIX=FILE, not 'title'"),
        ("a: b=x.tsv", "expected PREFIX=FILE"),
        (f"title={tmp_path}/m.jsonl:body", "names 1 columns. Give source and target"),
    ):
        assert main(["data", "mix", bad, "-o", str(tmp_path / "other")]) == 2
        assert message in capsys.readouterr().err


def test_validation_and_evaluation_measure_each_task(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Run.open(folder / "model") as run:
        last = [line for line in run.metrics() if line["kind"] == "validation"][-1]
    assert set(last["scores"]) == {"sum up: rouge-l", "protein: wer"}
    assert main(["evaluate", str(folder / "model"), "--json", "--examples", "0"]) == 0
    [parts] = json.loads(capsys.readouterr().out)["parts"].values()
    measured = {name: {score["name"] for score in scores} for name, scores in parts.items()}
    assert measured["protein"] == {"exact", "wer", "length", "perplexity"}
    assert measured["sum up"] == {"rouge-1", "rouge-2", "rouge-l", "repeated-2", "length", "perplexity"}
    assert {score["sentences"] for scores in parts.values() for score in scores} == {8, 4}


def test_an_unknown_prefix_is_refused_with_its_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("protein: ATG\n\nsumup: a b\n")
    assert main(["translate", str(folder / "model"), str(lines)]) == 2
    error = capsys.readouterr().err
    assert "line 3: 'sumup: ' is no prefix of this model. Did you mean 'sum up'" in error
    lines.write_text("protein: ATG\n\n")
    assert main(["translate", str(folder / "model"), str(lines)]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    model = saved.load(folder / "model")
    [output] = model.translate(["protein: ATGGCC"])
    assert output.source == "protein: A T G G C C"
    with pytest.raises(InputError, match="the line has no prefix"):
        model.force(["ATG"], ["M"])


def test_an_export_forms_lines_too() -> None:
    task = {"kind": "text-to-text", "tasks": TASKS, "temperature": 1.0}
    facts = Facts("int8", "m", Way(), task=task)
    assert json.loads(facts.write())["task"] == task
    assert "task" not in json.loads(Facts("int8", "m", Way()).write())
    engine = Engine(facts, None, None, None, None)  # type: ignore[arg-type]
    assert engine.formed(["protein: ATG", ""], 7) == ["protein: A T G", ""]
    with pytest.raises(InputError, match="line 9: 'x: ' is no prefix of this model"):
        engine.formed(["", "x: ATG"], 7)
    assert readable(TextToText(tasks=TASKS), ["a b"]) == ["sum up: a b"]
    with pytest.raises(InputError, match="no line to compare by could be made up"):
        readable(TextToText(tasks=["protein: dna"]), ["x"])


def test_training_refuses_a_line_of_no_task(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "train.tsv"
    file.write_text("sum up: a b\ta\nwhat: a\tb\n")
    files = [f"data.train={file}", f"data.valid={file}"]
    settings = load("text2text", [*files, "task.tasks=sum up: summary"])
    with pytest.raises(InputError, match=r"train\.tsv:2: 'what: ' is no prefix of this model"):
        train(settings, tmp_path / "model")
