"""Settings that can do nothing are named."""

from __future__ import annotations

import pytest

from entarte.settings import load, recipes
from entarte.settings.idle import idle


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("encoder.dropout=0.2", "one layer"),
        ("decoder.dropout=0.2", "one layer"),
        ("encoder.residual=true", "one layer"),
        ("decoder.query_layer=bottom", "one layer"),
        ("decoder.context_layers=all", "one layer"),
        ("train.decay_start=3", "schedule"),
        ("train.decay_factor=0.9", "schedule"),
    ],
)
def test_what_has_no_effect_is_named_with_its_reason(setting: str, why: str) -> None:
    lines = idle(load("quick", [setting]))
    name = setting.split("=")[0]
    assert [line for line in lines if line.startswith(f"{name} has no effect: ") and why in line]


def test_settings_of_another_self_attention_or_position() -> None:
    lines = idle(load("transformer", ["encoder.reach=4", "decoder.longest=9", "decoder.positions=rotary"]))
    assert lines == [
        'encoder.reach has no effect: encoder.self_attention is "full"',
        'decoder.longest has no effect: decoder.positions is "rotary"',
    ]


@pytest.mark.parametrize(
    "settings",
    [
        ["encoder.layers=2", "encoder.dropout=0.2"],
        ["decoder.layers=2", "decoder.dropout=0.2", "decoder.residual=true"],
        ["train.schedule=halving", "train.decay_start=3"],
        ["train.schedule=plateau", "train.decay_every=3", "train.decay_factor=0.9"],
        ["loss.agreement=2"],
        ["encoder.kind=transformer", "encoder.layers=1", "encoder.dropout=0.2"],
        ["encoder.kind=transformer", "encoder.self_attention=window", "encoder.reach=4"],
    ],
)
def test_what_has_an_effect_is_not(settings: list[str]) -> None:
    assert idle(load("quick", settings)) == []


def test_agreement_needs_dropout() -> None:
    (line,) = idle(load("quick", ["loss.agreement=2", "front.dropout=0", "readout.dropout=0"]))
    assert line == "loss.agreement has no effect: without dropout both passes are the same"


def test_an_optimiser_without_moments_reads_no_betas() -> None:
    lines = idle(load("quick", ["train.optimiser=sgd", "train.betas=0.5,0.9"]))
    assert lines == ['train.betas has no effect: train.optimiser is "sgd"']


@pytest.mark.parametrize("recipe", [each.name for each in recipes()])
def test_no_shipped_recipe_has_one(recipe: str) -> None:
    assert idle(load(recipe)) == []


def test_an_accumulator_is_adagrads() -> None:
    lines = idle(load("quick", ["train.accumulator=0.5", "train.epsilon=1e-6"]))
    assert lines == ['train.accumulator has no effect: train.optimiser is "adam"']
    assert idle(load("quick", ["train.optimiser=adagrad", "train.accumulator=0.5"])) == []
