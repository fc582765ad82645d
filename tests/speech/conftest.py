"""Sound that is made for the tests, and a model that has learned to hear it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from entarte.cli.main import main
from entarte.settings import loads
from entarte.sound import wav
from entarte.train import train

TINY = """
[task]
kind = "speech"
[source]
kind = "audio"
rate = 8000
bands = 24
window = 32.0
hop = 16.0
[text]
kind = "char"
size = 0
shared = false
[front]
width = 16
[source_front]
kind = "features"
width = 24
[encoder]
kind = "pyramid"
cell = "gru"
width = 48
layers = 2
[attention]
kind = "location-aware"
width = 24
filters = 4
reach = 5
[decoder]
cell = "gru"
width = 48
query = "previous"
input_feeding = false
[readout]
width = 48
[loss]
ctc = 0.3
[train]
rate = 0.008
warmup = 10
schedule = "cosine"
epochs = 8
batch_tokens = 100
valid_sentences = 10
metric = "cer"
threads = 1
[generate]
kind = "beam"
beam = 2
length_factor = 0.5
length_constant = 3
"""
"""A pyramid of two layers over frames 16 ms apart: a slot of its memory stands for 32 ms."""


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words of one to three letters, of six that there are, each a chord."""
    folder = tmp_path_factory.mktemp("tones")
    sizes = ["--train", "500", "--valid", "40", "--test", "40"]
    words = ["--least", "1", "--most", "3", "--letters", "6", "--noise", "30"]
    assert main(["data", "tones", "--out", str(folder), *sizes, *words]) == 0
    return folder


@pytest.fixture(scope="session")
def taught(tones: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that was trained on them. Not to be written to."""
    folder = tmp_path_factory.mktemp("runs") / "ear"
    files = [f"data.{part}={tones}/{part}.tsv" for part in ("train", "valid", "test")]
    train(loads(TINY, files), folder)
    return folder


@pytest.fixture
def beep(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file with a tone."""

    def made(name: str, seconds: float = 0.3, rate: int = 8000, hertz: float = 440.0) -> Path:
        time = np.arange(round(seconds * rate)) / rate
        wav.write(tmp_path / name, 0.3 * np.sin(2 * np.pi * hertz * time), rate)
        return tmp_path / name

    return made
