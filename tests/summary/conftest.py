"""A pointer that has learned to sum up little reports, and one that has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte.generate import Translator
from entarte.grammar.reports import reports

from ..laws.small import keep
from ..teaching import teach, write

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
    return write(tmp_path_factory.mktemp("reports"), reports, SIZES)


@pytest.fixture(scope="session")
def taught(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Translator]:
    """A model that was trained on them, with settings laid over."""

    def made(*overrides: str) -> Translator:
        return teach(tmp_path_factory.mktemp("runs") / "model", TINY, told, *overrides)

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
