"""A model that has learned to book, a little."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte import saved
from entarte.generate import Translator
from entarte.grammar.booking import lines
from entarte.settings import load
from entarte.train import train

SIZES = {"train": 300, "valid": 20, "test": 30}

TINY = [
    "data.format=dialogue",
    "data.speaker=bot",
    "front.width=32",
    "encoder.width=64",
    "decoder.width=64",
    "front.dropout=0",
    "readout.dropout=0",
    "train.rate=0.01",
    "train.epochs=3",
    "train.batch_tokens=200",
    "train.threads=1",
]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dialogues of each part."""
    folder = tmp_path_factory.mktemp("booking")
    for number, (part, count) in enumerate(SIZES.items()):
        text = "".join(line + "\n" for line in lines(count, number))
        (folder / f"{part}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def trained(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model."""
    folder = tmp_path_factory.mktemp("runs") / "booking"
    train(load("babi", [*TINY, *(f"data.{part}={told / part}.jsonl" for part in SIZES)]), folder)
    return folder


@pytest.fixture(scope="session")
def model(trained: Path) -> Translator:
    """Loaded."""
    return saved.load(trained)
