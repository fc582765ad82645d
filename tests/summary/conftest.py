"""A pointer that has learned to sum up little reports, and one that has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte import saved
from entarte.generate import Translator
from entarte.grammar.reports import PARTS, reports
from entarte.settings import loads
from entarte.train import train

from ..laws.small import keep

SIZES = {"train": 1200, "valid": 40, "test": 60}

TINY = """
[task]
kind = "summary"
[text]
kind = "word"
size = 52
[front]
width = 32
[encoder]
cell = "gru"
width = 64
[attention]
kind = "additive"
[decoder]
cell = "gru"
width = 64
input_feeding = false
[readout]
kind = "pointer"
[train]
rate = 0.005
epochs = 3
batch_tokens = 300
valid_sentences = 20
threads = 1
[generate]
kind = "greedy"
"""
"""52: the words of the frame and the control symbols. No name is in the vocabulary."""


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of each part."""
    folder = tmp_path_factory.mktemp("reports")
    for part in PARTS:
        lines = "".join(f"{each.source}\t{each.target}\n" for each in reports(SIZES[part], part=part))
        (folder / f"{part}.tsv").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def taught(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Translator]:
    """A model that was trained on them, with settings laid over."""

    def made(*overrides: str) -> Translator:
        files = [f"data.{part}={told}/{part}.tsv" for part in PARTS]
        folder = tmp_path_factory.mktemp("runs") / "model"
        train(loads(TINY, [*files, *overrides]), folder)
        return saved.load(folder)

    return made


@pytest.fixture(scope="session")
def pointer(taught: Callable[..., Translator]) -> Translator:
    """The tiny pointer-generator, trained."""
    return taught()


@pytest.fixture
def untaught(tmp_path: Path) -> Callable[..., Translator]:
    """Models with random weights over a few words, some of which copy."""

    def made(name: str, *overrides: str, seed: int = 3) -> Translator:
        return keep(tmp_path / name, ["text.kind=word", *overrides], seed)

    return made
