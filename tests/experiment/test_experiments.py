"""Each experiment, from the command to its report; then what its tables say of outcomes that we make up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from entarte.cli.main import main
from entarte.example import Example
from entarte.experiment import EXPERIMENTS
from entarte.experiment.base import varied
from entarte.experiment.bottleneck import Bottleneck
from entarte.experiment.compare import bleu, pooled
from entarte.experiment.ladder import PUBLISHED, Ladder
from entarte.experiment.outcome import Outcome, entropies
from entarte.experiment.shootout import Shootout
from entarte.metric import measure
from entarte.span import Piece

from .conftest import CORPUS, TINY


def outcome(outputs: list[str], **more: object) -> Outcome:
    plain: dict[str, object] = {
        "forced": [[-2.0, 2.0]] * len(outputs),
        "entropy": [0.5] * len(outputs),
        "links": [[1.0, 1.0, 2.0, 1.0]] * len(outputs),
        "cut": 0,
        "parameters": 7,
        "training": 1.0,
        "speed": 100.0,
        "speaking": 0.5,
        **more,
    }
    return Outcome(outputs, **plain)  # type: ignore[arg-type]


WORDS = "the old man who sings ate a pie with us and they laughed at him until he went home".split()
PAIRS = [Example(" ".join(WORDS[:n]), " ".join(WORDS[:n]).upper()) for n in range(5, 17) for _ in range(5)]
RIGHT = [pair.target or "" for pair in PAIRS]
WRONG = ["THE THE OLD MAN WHO SINGS"] * len(PAIRS)


# -- from the command to the report --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "rows"),
    [
        ("bottleneck", ["--longest", "6"], ["fixed vector", "fixed, reversed source", "mean", "attention"]),
        (
            "shootout",
            ["--attentions", "none,multi-head", "--words", "6"],
            ["none", "none", *["multi-head"] * 2],
        ),
    ],
)
def test_a_command_leaves_a_report(
    name: str, words: list[str], rows: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["experiment", name, "--out", str(out), "--jobs", "1", *CORPUS, *words, *TINY]) == 0
    said = capsys.readouterr()
    report = json.loads((out / "report.json").read_text())
    assert [row[0] for row in report["tables"][0]["rows"]] == rows
    assert report["experiment"] == name
    assert report["options"]["pairs"] == 40
    text = (out / "report.md").read_text()
    for picture in out.glob("*.svg"):
        assert f"({picture.name})" in text
        assert picture.with_suffix(".png").is_file()
    assert list(out.glob("*.svg"))
    assert report["tables"][0]["title"] in text
    assert report["tables"][0]["title"] in said.out
    assert "[1/4] train" in said.err
    assert f"Tables, pictures and models are in {out}" in said.err


def test_the_ladder_has_all_its_rows(tmp_path: Path) -> None:
    out = tmp_path / "ladder"
    words = ["--seeds", "1", "--words", "6", *CORPUS, *TINY, "text.kind=word", "text.size=30"]
    words += ["train.updates=6", "train.rate=0.1", "train.warmup=0"]  # enough to learn that most is unknown
    assert main(["experiment", "ladder", "--out", str(out), "--jobs", "1", *words]) == 0
    [table] = json.loads((out / "report.json").read_text())["tables"]
    assert [row[7] for row in table["rows"]] == list(PUBLISHED.values())
    assert len(list((out / "members").iterdir())) == 6
    kept, replaced = Outcome.read(out, "local-p-1"), Outcome.read(out, "unknown-1")
    assert any("<unk>" in line for line in kept.outputs)
    assert not any("<unk>" in line for line in replaced.outputs)
    assert replaced.forced == kept.forced
    assert Outcome.read(out, "ensemble").parameters == sum(
        Outcome.read(out, name).parameters for name in ("feed-1", "local-p-1")
    )


def test_own_pairs_with_sentences_longer_than_any_in_training(own: list[str], tmp_path: Path) -> None:
    out = tmp_path / "own"
    words = ["--longest", "6", "--long", "5", "--jobs", "1", *own, *TINY]
    assert main(["experiment", "bottleneck", "--out", str(out), *words]) == 0
    tested = (out / "data" / "test.source").read_text().split("\n")[:-1]
    assert len(tested) == 12 + 5
    assert all(len(line.split()) > 6 for line in tested[12:])
    assert "45 of 45" not in (out / "report.md").read_text()
    counts = [row[1] for row in json.loads((out / "report.json").read_text())["tables"][1]["rows"]]
    assert sum(counts) == 17


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["shootout", "--attentions", "genral"],
            "--attentions: there is no 'genral'. Did you mean 'general'?",
        ),
        (["shootout", "--queries", "current,current"], "--queries: one is named twice"),
        (["bottleneck", "--attention", "mean"], "--attention: 'mean' is in the experiment already"),
        (["bottleneck", "--attention", "dott"], "there is no attention 'dott'. Did you mean"),
        (["ladder", "--dropout", "1"], "--dropout: 1.0 is no rate of dropout"),
        (["ladder", "--pairs", "9", "data.train=x.tsv"], "--pairs: belongs to the embedded corpus"),
        (["shootout", "--to", "it"], "Known: fr, de, es"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["experiment", *words, "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err


# -- what the tables say -------------------------------------------------------------------------------


def test_seeds_are_pooled_by_sentence() -> None:
    both = pooled([outcome(RIGHT), outcome(WRONG)], PAIRS)
    assert bleu(both) == pytest.approx(measure([*RIGHT, *WRONG], [*RIGHT, *RIGHT], ["bleu"])[0].value)
    assert len(both) == len(PAIRS)


def test_the_bottleneck_shows_where_quality_falls() -> None:
    experiment = Bottleneck(longest=8)
    half = [line if len(line.split()) <= 8 else "THE OLD MAN WHO" for line in RIGHT]
    outcomes = {"fixed": [outcome(half)], "attention": [outcome(RIGHT)]}
    outcomes |= {"reversed": outcomes["fixed"], "mean": outcomes["fixed"]}
    found = experiment.findings(PAIRS, outcomes)
    fixed, *_, attention = [row[1:3] for row in found.tables[0].rows]
    assert fixed == (pytest.approx(100), pytest.approx(0, abs=40))
    assert attention == (pytest.approx(100), pytest.approx(100))
    inside, beyond = found.pictures["length"]
    assert (inside.title, beyond.title) == ("as long as in training", "longer than any in training")
    assert all(x <= 8 for one in inside.series for x in one.x)
    assert all(x > 8 for one in beyond.series for x in one.x)
    low, high = beyond.series[0].high, beyond.series[3].low
    assert low is not None
    assert high is not None
    assert max(low) < min(high)


def test_the_ladder_says_which_gains_are_as_published() -> None:
    better, worse = [outcome(RIGHT)] * 2, [outcome(WRONG)] * 2
    outcomes = {"base": worse, "reverse": better, "dropout": worse, "location": worse}
    outcomes |= {"feed": worse, "local-p": better, "unknown": better, "ensemble": better}
    [table] = Ladder().findings(PAIRS, outcomes).tables
    verdicts = [row[-1] for row in table.rows]
    assert verdicts == [None, "yes", "no", "not shown", "not shown", "yes", "not shown", "not shown"]
    gains = [row[-2] for row in table.rows]
    assert gains == [None, *map(pytest.approx, (1.3, 1.4, 2.8, 1.3, 0.9, 1.9, 2.1))]


def test_the_shoot_out_holds_all_against_the_best() -> None:
    experiment = Shootout(attentions=("mean", "dot"), queries=("current", "previous"))
    outcomes = {row.name: [outcome(WRONG)] for row in experiment.rows()}
    outcomes["dot-previous"] = [outcome(RIGHT, entropy=[0.25] * len(RIGHT))]
    [table] = experiment.findings(PAIRS, outcomes).tables
    columns = dict(zip(table.columns, zip(*table.rows)))
    assert columns["p"][3] is None
    assert all(float(p) < 0.01 for p in columns["p"][:3])
    assert columns["entropy"] == (0.5, 0.5, 0.5, 0.25)
    assert columns["AER"][0] == pytest.approx(1 - 2 / 3)
    assert columns["sent/s"][0] == len(PAIRS) / 0.5


def test_without_gold_links_there_is_no_error_rate() -> None:
    experiment = Shootout(attentions=("dot",), queries=("current",))
    found = experiment.findings(PAIRS, {"dot-current": [outcome(RIGHT, links=None)]})
    assert dict(zip(found.tables[0].columns, found.tables[0].rows[0]))["AER"] is None
    assert [panel.y for panel in found.pictures["shootout"]] == ["BLEU"]


def test_entropy_of_several_heads_is_their_mean() -> None:
    from entarte.alignment import Alignment

    heads = np.array([[[1.0, 0.0]], [[0.5, 0.5]]])
    pieces = [Piece("a", 0, 1, 4), Piece("b", 2, 3, 5)]
    both = Alignment.of("a b", pieces, "c", [Piece("c", 0, 1, 6)], heads.mean(0), heads=heads)
    assert entropies(both) == pytest.approx([np.log(2) / 2])


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_varies_something_and_says_what(name: str) -> None:
    experiment = EXPERIMENTS[name]()
    rows = experiment.rows()
    assert varied(rows)
    assert len({row.name for row in rows}) == len({row.title for row in rows}) == len(rows)
    assert {each for system in experiment.systems() for each in system.members} == {
        f"{row.name}-{seed}" for row in rows for seed in range(1, experiment.seeds + 1)
    }
