"""Begun, cut off, gone on with, refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from entarte.errors import DamagedError, InputError, SetupError
from entarte.experiment import crew
from entarte.experiment.base import Experiment
from entarte.experiment.bottleneck import Bottleneck
from entarte.experiment.conduct import conduct
from entarte.experiment.ladder import Ladder
from entarte.experiment.outcome import Outcome
from entarte.experiment.plan import Plan
from entarte.experiment.shootout import Shootout
from entarte.experiment.task import Task, Word
from entarte.metric.lines import read_lines

from .conftest import SMALL, TINY, Record


def settings(own: list[str]) -> list[str]:
    return [*own, *TINY]


def test_members_are_run_folders_and_systems_have_outcomes(finished: Path) -> None:
    from entarte import load

    model = load(finished / "members" / "general-current-1")
    outcome = Outcome.read(finished, "general-current-1")
    assert outcome.outputs == [each.text for each in model.translate(sources(finished))]
    assert outcome.parameters == sum(each.numel() for each in model.model.parameters())
    assert outcome.links is None  # no gold was named
    assert read_lines(finished / "outputs" / "mean-current-1.txt") != []


def sources(folder: Path) -> list[str]:
    test = Plan.read(folder).members["general-current-1"].data.test[0]
    return [line.split("\t")[0] for line in read_lines(test)]


def test_what_is_done_is_not_done_again(finished: Path, own: list[str]) -> None:
    before = (finished / "members" / "mean-current-1" / "model.safetensors").stat()
    record = Record()
    findings, _ = conduct(SMALL, finished, settings(own), record)
    assert [word for word in record.heard if "begins" in word] == []
    assert record.heard[-2:] == ["trainings 0 of 2", "measurings 0 of 2"]
    assert (finished / "members" / "mean-current-1" / "model.safetensors").stat() == before
    assert [row[0] for row in findings.tables[0].rows] == ["mean", "general"]


class Cut(Record):
    """Pulls the plug in the middle of the second training, after its first update."""

    def tells(self, task: Task, word: Word) -> None:
        if task.name.startswith("general") and word.text.startswith("epoch"):
            raise KeyboardInterrupt


def test_an_experiment_that_was_cut_off_goes_on_to_the_same_end(
    finished: Path, own: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entarte.experiment.task.EVERY", 0.0)
    folder = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        conduct(SMALL, folder, settings(own), Cut())
    assert not (folder / "results").exists()
    record = Record()
    conduct(SMALL, folder, settings(own), record)
    assert [word for word in record.heard if "begins train" in word] == ["begins train general-current-1"]
    for name in ("mean-current-1", "general-current-1"):
        for file in (f"members/{name}/model.safetensors", f"outputs/{name}.txt"):
            assert (folder / file).read_bytes() == (finished / file).read_bytes(), file


def test_a_member_that_was_cut_off_before_its_first_checkpoint_begins_anew(
    finished: Path, own: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "half"
    shutil.copytree(finished, folder)
    place = folder / "members" / "mean-current-1"
    shutil.rmtree(place / "checkpoints")
    (place / "model.safetensors").unlink()
    record = Record()
    conduct(SMALL, folder, settings(own), record)
    assert "ends train mean-current-1" in record.heard
    file = "members/mean-current-1/model.safetensors"
    assert (folder / file).read_bytes() == (finished / file).read_bytes()


@pytest.mark.parametrize(
    ("experiment", "words", "message"),
    [
        (SMALL, ["train.updates=3"], r"was begun with other settings: train.updates: 2 → 3\. Give those"),
        (Shootout(2, ("mean", "general"), ("current",)), [], "other settings: seeds: 1 → 2"),
        (
            Shootout(1, ("mean", "dot"), ("current",)),
            [],
            r"attentions: \['mean', 'general'\] → \['mean', 'dot'\]",
        ),
        (Bottleneck(longest=4), [], "other settings: experiment: shootout → bottleneck"),
    ],
)
def test_a_folder_that_was_begun_otherwise_is_refused(
    finished: Path, own: list[str], tmp_path: Path, experiment: Experiment, words: list[str], message: str
) -> None:
    folder = tmp_path / "begun"
    shutil.copytree(finished, folder)
    with pytest.raises(InputError, match=message):
        conduct(experiment, folder, [*settings(own), *words], Record())


def test_other_pairs_under_the_same_name_are_refused(own: list[str], tmp_path: Path, finished: Path) -> None:
    copies = []
    for word in own:
        name, _, path = word.partition("=")
        copies.append(f"{name}={shutil.copy(path, tmp_path)}")
    folder = tmp_path / "begun"
    shutil.copytree(finished, folder)
    plan = Plan.read(folder)
    conduct_plan = json.loads((folder / "plan.json").read_text())
    text = json.dumps(conduct_plan).replace(str(Path(own[0].partition("=")[2]).parent), str(tmp_path))
    (folder / "plan.json").write_text(text)
    record = Record()
    conduct(SMALL, folder, settings(copies), record)  # the same pairs elsewhere, as the plan says: accepted
    with (tmp_path / "test.tsv").open("a") as file:
        file.write("one more\tONE MORE\n")
    with pytest.raises(InputError, match=r"what .*test\.tsv holds\. Give those"):
        conduct(SMALL, folder, settings(copies), record)
    assert plan.experiment == "shootout"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds other files \(thesis\.txt\), and no experiment"):
        conduct(SMALL, tmp_path, TINY, Record())
    with pytest.raises(InputError, match="is a file; an experiment needs a folder"):
        conduct(SMALL, tmp_path / "thesis.txt", TINY, Record())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_plan_that_was_altered_is_said_to_be(finished: Path, own: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "begun"
    shutil.copytree(finished, folder)
    (folder / "plan.json").write_text('{"format": 1}')
    with pytest.raises(DamagedError, match="the plan of this experiment cannot be read"):
        conduct(SMALL, folder, settings(own), Record())


@pytest.mark.parametrize(
    ("experiment", "words", "message"),
    [
        (SMALL, ["attention.kind=dot"], "attention.kind: is what shootout varies"),
        (SMALL, ["train.seed=3"], "train.seed: is what shootout varies"),
        (
            Ladder(),
            ["front.dropout=0.3"],
            "front.dropout: is what ladder varies.*entarte experiment ladder --help",
        ),
        (Bottleneck(), ["data.max_words=9"], "data.max_words: is what bottleneck varies"),
        (SMALL, ["data.valid=a.tsv"], r"data.valid: needs data.train too"),
        (SMALL, ["train.rat=1"], "Did you mean 'rate'"),
        (SMALL, ["data.train=nowhere.tsv"], "nowhere.tsv: data.train: there is no such file"),
        (SMALL, ["decoder.context_layers=all"], "all layers can read the context only if"),
    ],
)
def test_settings_that_cannot_be_are_refused_before_anything_is_written(
    experiment: Experiment, words: list[str], message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    with pytest.raises(InputError, match=message):
        conduct(experiment, folder, [*TINY, *words], Record())
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_two_cannot_work_in_one_folder(finished: Path, own: list[str]) -> None:
    import os

    from entarte import lock

    held = lock.take(finished)
    try:
        with pytest.raises(SetupError, match=r"another .* writes to this folder"):
            conduct(SMALL, finished, settings(own), Record())
    finally:
        os.close(held)


def test_one_that_fails_does_not_keep_the_others_from_their_end(
    finished: Path, own: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "failing"
    shutil.copytree(finished, folder)
    shutil.rmtree(folder / "results")
    real = crew.do

    def do(folder: Path, plan: Plan, task: Task, tell: object) -> None:
        if task.name == "mean-current-1":
            raise SetupError("the disk is full", advice="Make room.")
        real(folder, plan, task, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(crew, "do", do)
    record = Record()
    with pytest.raises(SetupError, match=r"measure mean-current-1: the disk is full\. Make room\."):
        conduct(SMALL, folder, settings(own), record)
    assert record.heard[-2:] == ["begins measure general-current-1", "ends measure general-current-1"]
    assert "fails measure mean-current-1" in record.heard


def test_an_outcome_that_was_altered_is_said_to_be(finished: Path, own: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "begun"
    shutil.copytree(finished, folder)
    (folder / "outputs" / "mean-current-1.txt").write_text("one line\n")
    with pytest.raises(DamagedError, match=r"and its outputs are 1\. Remove it"):
        conduct(SMALL, folder, settings(own), Record())
