"""Rendered scenes, and a model that has learned to say what they show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte.cli.main import main
from entarte.generate import Translator

from ..teaching import teach

TINY = """
[task]
kind = "captions"
[data]
readings = true
[source]
kind = "images"
grid = 4
[text]
kind = "word"
size = 0
shared = false
[front]
width = 16
[source_front]
kind = "convolution"
width = 48
channels = 8
[encoder]
kind = "identity"
[attention]
kind = "additive"
width = 32
[decoder]
cell = "gru"
width = 48
start = "learned"
query = "previous"
input_feeding = false
[readout]
kind = "maxout"
state = "current"
[train]
rate = 0.01
schedule = "cosine"
epochs = 8
batch_tokens = 100
valid_sentences = 10
threads = 1
[generate]
kind = "greedy"
length_factor = 0.0
length_constant = 20
"""


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of one thing each, on 4 × 4 cells."""
    folder = tmp_path_factory.mktemp("scenes")
    sizes = ["--pictures", "500", "--valid", "20", "--test", "40"]
    assert main(["data", "scenes", "--out", str(folder), *sizes, "--grid", "4", "--most", "1"]) == 0
    return folder


@pytest.fixture(scope="session")
def taught(scenes: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Translator]:
    """A model that was trained on them, with settings laid over."""

    def made(*overrides: str) -> Translator:
        folder, links = tmp_path_factory.mktemp("runs") / "model", f"data.test_links={scenes}/test.align"
        return teach(folder, TINY, scenes, links, *overrides)

    return made


@pytest.fixture(scope="session")
def captioner(taught: Callable[..., Translator]) -> Translator:
    """The tiny captioner, trained."""
    return taught()
