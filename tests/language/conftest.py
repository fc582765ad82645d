"""Language models over dialogues told as texts: one that looks back and has learned a little, a plain one."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte import saved
from entarte.generate import Translator
from entarte.grammar.booking import lines
from entarte.settings import Settings, load
from entarte.train import train

SIZES = {"train": 240, "valid": 30, "test": 30}

TINY = [
    "text.kind=word",
    "front.width=32",
    "decoder.width=32",
    "front.dropout=0",
    "readout.dropout=0",
    "train.rate=0.02",
    "train.warmup=0",
    "train.batch_tokens=400",
    "train.threads=1",
    "generate.length_constant=30",
]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with texts of each part, one a line."""
    folder = tmp_path_factory.mktemp("told")
    for number, (part, count) in enumerate(SIZES.items()):
        text = "".join(line + "\n" for line in lines(count, number, text=True))
        (folder / f"{part}.txt").write_text(text, encoding="utf-8")
    return folder


def settings(told: Path, recipe: str, *overrides: str) -> Settings:
    """A recipe, small, on these texts."""
    data = [f"data.{part}={told / part}.txt" for part in SIZES]
    return load(recipe, [*TINY, "data.window=0", *data, *overrides])


@pytest.fixture(scope="session")
def attentive(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It looks back at its own states."""
    folder = tmp_path_factory.mktemp("lm") / "attentive"
    train(settings(told, "lm-attention", "train.epochs=3"), folder)
    return folder


@pytest.fixture(scope="session")
def plain(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It looks at nothing; windows of a stream, and hardly trained."""
    folder = tmp_path_factory.mktemp("lm") / "plain"
    train(settings(told, "lm", "train.updates=3", "data.window=200"), folder)
    return folder


@pytest.fixture(scope="session")
def model(attentive: Path) -> Translator:
    """The first of them, loaded."""
    return saved.load(attentive)
