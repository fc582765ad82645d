"""Captions: the tiny version of the recipe, where it looks, and what it is refused for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from entarte.alignment import Alignment
from entarte.assess import assess
from entarte.cli.evaluate import gold_links
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.metric import create_all
from entarte.metric.pointing import Pointing
from entarte.plot.overlay import draw, grid
from entarte.reader import read
from entarte.settings import loads
from entarte.settings.shipped import find
from entarte.span import words

from .conftest import TINY

pytestmark = pytest.mark.timeout(900)


def test_it_says_what_is_there_and_looks_there(captioner: Translator, scenes: Path) -> None:
    """At least 9 of 10 captions are right to the letter, and most words look at their object, where one look
    in seven would by chance."""
    pairs = list(read([scenes / "test.tsv"], files=True))
    gold = gold_links(scenes / "test.align", pairs, translator=captioner)
    found = assess(captioner, pairs, create_all(["exact", "bleu"]), gold=gold, readings=True)
    scores = {score.name: score for score in next(iter(found.report.scores.values()))}
    assert scores["exact"].value >= 90
    assert scores["pointing"].value >= 60
    assert scores["pointing"].details["chance"] < 25
    assert scores["on-gold"].value >= 2 * scores["pointing"].details["chance"]
    assert "aer" not in scores
    assert any("drawn by chance" in note for note in found.report.notes)


def test_slots_are_cells(captioner: Translator, scenes: Path) -> None:
    path = str(scenes / "pictures" / "test-00001.png")
    [output] = captioner.translate([path])
    assert output.source == path
    assert [token.text for token in output.alignment.columns[:-1]] == [
        f"{row},{column}" for row in range(4) for column in range(4)
    ]
    looks = grid(output.alignment)
    assert looks.shape == (len(output.alignment.rows), 4, 4)
    assert np.allclose(looks.reshape(len(looks), -1), output.alignment.weights[:, :-1])


def test_the_weights_are_laid_over_the_picture(
    captioner: Translator, scenes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(scenes / "pictures" / "test-00001.png")
    [output] = captioner.translate([path])
    svg = draw(output.alignment, path, "svg").decode()
    assert svg == draw(output.alignment, path, "svg").decode(), "the same each time"
    for token in output.alignment.rows:
        assert f"{token.label}  " in svg
    assert svg.count("<image") == len(output.alignment.rows) + 1
    folder = str(captioner.folder)
    assert main(["show", folder, path, "--over", str(tmp_path / "over.png")]) == 0
    assert (tmp_path / "over.png").read_bytes().startswith(b"\x89PNG")
    assert main(["show", folder, path, "--over", str(tmp_path / "over.txt")]) == 2
    assert main(["show", folder, path, "--picture", path]) == 2
    assert "only read together with --over" in capsys.readouterr().err


def test_only_a_grid_is_laid_over_a_picture(scenes: Path) -> None:
    alignment = Alignment.of("0.00s 0.01s", words("0.00s 0.01s"), "a", words("a"), [[0.5, 0.5]])
    with pytest.raises(InputError, match=r"the slot '0\.00s' lies on no grid"):
        draw(alignment, scenes / "pictures" / "test-00001.png")


def test_the_pointing_game_by_hand() -> None:
    """Of the two linked words one looks at a linked place most; the end is no place."""
    source, target = "0,0 0,1 1,0 1,1", "a red circle"
    weights = [[0.25] * 4 + [0], [0.1, 0.2, 0.3, 0, 0.4], [0.6, 0.4, 0, 0, 0]]
    alignment = Alignment.of(source, words(source), target, words(target), weights)
    gold = frozenset({(2, 1), (3, 1), (1, 2)})
    measure = Pointing()
    score = measure.corpus([measure.sentence(alignment, gold)])
    assert score.value == 50
    assert score.details == {"chance": pytest.approx(100 * (2 / 4 + 1 / 4) / 2), "linked": 2}
    assert np.isnan(measure.corpus([measure.sentence(alignment, frozenset())]).value)


def test_doubly_stochastic_looks_cover_the_picture(taught: Callable[..., Translator], scenes: Path) -> None:
    """With λ the looks at a slot, summed over the words, come nearer to 1 than without."""
    path = str(scenes / "pictures" / "test-00001.png")

    def uneven(much: float) -> float:
        model = taught(f"loss.doubly_stochastic={much}", "train.epochs=2")
        looked = model.force([path], ["a small red circle"])[0].alignment.weights.sum(0)
        return float(((1 - looked) ** 2).sum())

    assert uneven(2.0) < uneven(0.0)


def test_evaluate_measures_the_grounding(captioner: Translator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(captioner.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "pointing" in json.dumps(told)


def test_an_empty_caption_is_told_with_its_line(scenes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (scenes / "valid.tsv").read_text("utf-8").split("\n")
    lines[2] = lines[2].split("\t")[0] + "\t "
    broken = scenes / "broken.tsv"
    broken.write_text("\n".join(lines), encoding="utf-8")
    (scenes / "tiny.toml").write_text(TINY, encoding="utf-8")
    words = ["train", str(scenes / "tiny.toml"), f"data.train={broken}", f"data.valid={broken}"]
    assert main([*words, "--out", str(scenes / "never")]) == 2
    assert "broken.tsv:3: the caption is empty" in capsys.readouterr().err
    assert not (scenes / "never").exists()


def test_a_damaged_picture_is_told_with_its_line(scenes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scenes / "pictures" / "bad.png").write_bytes(b"no picture")
    lines = (scenes / "valid.tsv").read_text("utf-8").split("\n")
    lines[1] = "pictures/bad.png\ta small red circle"
    broken = scenes / "damaged.tsv"
    broken.write_text("\n".join(lines), encoding="utf-8")
    (scenes / "tiny.toml").write_text(TINY, encoding="utf-8")
    words = ["train", str(scenes / "tiny.toml"), f"data.train={broken}", f"data.valid={broken}"]
    assert main([*words, "--out", str(scenes / "never")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "damaged.tsv:2" in told
    assert "bad.png: is no picture that can be read" in told


def test_the_recipes_are_of_the_task() -> None:
    for name in ("captions", "xu2015"):
        settings = loads(find(name).read_text("utf-8"))
        assert (settings.task.kind, settings.source.kind) == ("captions", "images")
        assert settings.data.readings


def test_settings_that_cannot_be() -> None:
    with pytest.raises(InputError, match=r"loss\.doubly_stochastic: attention 'mean' looks everywhere alike"):
        loads(TINY, ["loss.doubly_stochastic=1", "attention.kind=mean"])
    with pytest.raises(InputError, match=r"readout\.kind: a source of kind 'images' has no words to copy"):
        loads(TINY, ["readout.kind=pointer"])
