"""A pointer that has learned to write little lines of Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte.generate import Translator
from entarte.grammar.programs import programs

from ..teaching import teach, write

SIZES = {"train": 1500, "valid": 40, "test": 100}

TINY = """
[task]
kind = "code"
[text]
kind = "code"
size = 78
normalisation = "none"
[front]
width = 32
[encoder]
cell = "gru"
width = 48
[attention]
kind = "additive"
width = 48
[decoder]
cell = "gru"
width = 48
input_feeding = false
[readout]
kind = "pointer"
[train]
rate = 0.01
epochs = 10
schedule = "cosine"
batch_tokens = 250
valid_sentences = 20
threads = 1
[generate]
kind = "greedy"
unknown = "forbid"
"""
"""78: the frame's tokens and the control symbols. No made-up name, number or literal is in the vocabulary."""


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the lines of each part."""
    return write(tmp_path_factory.mktemp("programs"), programs, SIZES)


@pytest.fixture(scope="session")
def taught(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Translator]:
    """A model that was trained on them, with settings laid over."""

    def made(*overrides: str) -> Translator:
        return teach(tmp_path_factory.mktemp("runs") / "model", TINY, written, *overrides)

    return made


@pytest.fixture(scope="session")
def pointer(taught: Callable[..., Translator]) -> Translator:
    """The tiny pointer-generator, trained."""
    return taught()
