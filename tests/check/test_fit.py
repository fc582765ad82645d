"""Weights and thresholds: what fits, what may not be, and how they are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from entarte.check import CHECKS, verdicts
from entarte.check.choose import create, dump, named, of_model, write
from entarte.check.fit import best, fit, regress
from entarte.check.measure import Found
from entarte.errors import DamagedError, InputError
from entarte.saved import load
from entarte.settings import schema
from entarte.settings.place import Places, parse_toml

from .conftest import Make


def test_regression_finds_the_sign_that_tells() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([0.0, 1.0], 200)
    table = np.column_stack([truth * 3 + rng.normal(size=400), rng.normal(size=400), -truth])
    weights, offset = regress(table, truth, np.ones(400))
    assert weights[0] > 10 * weights[1]
    assert weights[2] == 0  # it speaks for the outputs, and may not
    wrong = (table @ weights > offset) != truth
    assert wrong.mean() < 0.1


def test_the_threshold_has_the_best_f1_within_the_alarms() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
    truth = np.array([1, 1, 0, 1, 1, 0, 0, 0])
    assert best(scores, truth, alarms=1.0) == pytest.approx(0.45)
    assert best(scores, truth, alarms=0.0) == pytest.approx(0.75)


def test_a_fitted_check_finds_its_fault(evidence: Make) -> None:
    source = "he sees two dogs and a cat"
    sound = [evidence(source, f"il voit {n} chiens et un chat") for n in range(12)]
    faulty = [evidence(source, f"il voit il voit {n} chiens et un chat") for n in range(12)]
    settings = fit(CHECKS["repetition"](), sound, faulty, (), 0.05)
    check = CHECKS["repetition"](**settings)  # type: ignore[arg-type]
    assert not any(check.judge(each).failed for each in sound)
    assert all(check.judge(each).failed for each in faulty)


def test_a_sign_that_was_never_seen_keeps_its_weight(evidence: Make) -> None:
    sound = [evidence("a b c d", "x y z u")] * 3
    faulty = [evidence("a b c d", "x", erased=np.full((4, 1), 2.0))] * 3
    assert fit(CHECKS["omission"](), sound, faulty, (), 0.05)["lost"] == CHECKS["omission"]().weights["lost"]


def test_precision_is_that_of_a_set_of_halves() -> None:
    found = Found("omission", "deleted", recall=0.9, alarms=0.1, faulty=10, sound=1000)
    assert found.precision == pytest.approx(0.9)
    assert found.f1 == pytest.approx(0.9)
    assert Found("omission", "deleted", 0.0, 0.0, 1, 1).f1 == 0.0


def test_settings_are_kept_in_the_folder(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(folder, mine)
    translator = load(mine)
    assert of_model(translator)[0].threshold == 0.5
    path = write(translator, dump({"omission": {"threshold": 0.75}, "length": {"ratio": 2.0}}))
    again = load(mine)  # and it is in the manifest
    omission, length = of_model(again, only=["omission", "length"])
    assert (omission.threshold, length.settings["ratio"]) == (0.75, 2.0)
    assert of_model(again, ["omission.threshold=0.9"], ["omission"])[0].threshold == 0.9
    path.write_text("[omission]\nthreshold = 0.1\n", encoding="utf-8")
    with pytest.raises(DamagedError, match=r"altered|cut short"):
        load(mine)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[omision]\n", "f.toml:1: omision: there is no check 'omision'. Did you mean 'omission'?"),
        ("[omission]\ntreshold = 1.0\n", "f.toml:2: omission.treshold: check 'omission' has no setting"),
        ("[omission]\nthreshold = 'a'\n", "f.toml:2: omission.threshold: expected a number, not 'a'"),
        ("[omission]\njump = -1\n", "f.toml:2: omission.jump: must be at least 0, not -1"),
        ("omission = 3\n", "f.toml:1: omission: is a section, not a value"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        create(*parse_toml(text, "f.toml"))
    assert str(caught.value).startswith(message)


def test_names_of_checks() -> None:
    assert named("all") == list(CHECKS)
    assert named("length, omission") == ["length", "omission"]
    with pytest.raises(InputError, match=r"there is no check 'copy'\. Did you mean 'copied'"):
        named("copy")
    with pytest.raises(InputError, match="no check is named"):
        named(",")


@pytest.mark.parametrize("name", CHECKS)
def test_dump_gives_back_every_setting(name: str) -> None:
    [check] = create({}, Places(), [], [name])
    [again] = create(*parse_toml(dump({name: check.settings}), "f.toml"), [], [name])
    assert again.settings == check.settings
    assert set(check.settings) == set(schema(CHECKS[name]).model_fields)


def test_verdicts_use_the_model_s_checks(folder: Path) -> None:
    translator = load(folder)
    outputs = translator.translate(["he hit me", "a cat"])
    found = list(verdicts(translator, outputs))
    assert [[verdict.check for verdict in row] for row in found] == [list(CHECKS)] * 2
    one = list(verdicts(translator, outputs, of_model(translator, only=["length"])))
    assert [row[0] for row in one] == [row[-1] for row in found]
