"""A tiny model with random weights, in a folder as a training leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from entarte.build import build, initialise
from entarte.model import weights
from entarte.run import Run
from entarte.saved import BOTH
from entarte.settings import dump, loads
from entarte.text import Tokenizer

SETTINGS = """
[text]
kind = "char"
size = 0
[front]
width = 8
[encoder]
width = 8
[decoder]
width = 8
[generate]
beam = 2
length_factor = 1.0
length_constant = 2
"""
LINES = ["he hit me with a pie .", "il m'a entarté .", "ABC def"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's folder. Not to be written to."""
    place = tmp_path_factory.mktemp("runs") / "tiny"
    settings = loads(SETTINGS)
    with Run.create(place) as run:
        run.put("settings.toml", dump(settings).encode())
        tokenizer = Tokenizer.train(LINES, kind="char", size=0)
        tokenizer.save(run.path(BOTH))
        run.adopt(BOTH)
        size = len(tokenizer.vocabulary)
        torch.manual_seed(1)
        model = build(settings, size, size, settings.model.tied)
        initialise(model, "glorot", 0.1)
        for update, perplexity in ((5, 20.5), (10, 12.25)):
            run.log(
                {
                    "kind": "validation",
                    "update": update,
                    "epoch": update / 10,
                    "seconds": 2.0,
                    "tokens": 100,
                    "train_perplexity": 9.5,
                    "perplexity": perplexity,
                    "bleu": 3.5,
                    "aer": None,
                    "rate": 0.001,
                    "speed": 50.0,
                    "best": True,
                }
            )
        run.put_model(weights(model))
    return place
