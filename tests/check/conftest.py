"""A tiny model with random weights, and evidence made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from entarte.alignment import Alignment
from entarte.build import build, initialise
from entarte.check import Aids, Evidence
from entarte.check.units import units
from entarte.generate import Output, Translator
from entarte.model import weights
from entarte.run import Run
from entarte.saved import BOTH, load
from entarte.settings import dump, loads
from entarte.span import words
from entarte.text import Tokenizer

SETTINGS = """
[data]
train = ["train.en", "train.fr"]
[text]
kind = "word"
size = 0
[front]
width = 8
[encoder]
width = 8
[decoder]
width = 8
[generate]
beam = 3
n_best = 2
length_factor = 1.0
length_constant = 4
"""
LINES = ["he hit me with a pie .", "il m'a entarté .", "she sees two dogs and a cat", "elle voit deux chiens"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's folder. Not to be written to."""
    place = tmp_path_factory.mktemp("runs") / "tiny"
    settings = loads(SETTINGS)
    with Run.create(place) as run:
        run.put("settings.toml", dump(settings).encode())
        tokenizer = Tokenizer.train(LINES, kind="word", size=0)
        tokenizer.save(run.path(BOTH))
        run.adopt(BOTH)
        torch.manual_seed(1)
        model = build(settings, len(tokenizer.vocabulary), len(tokenizer.vocabulary), "none")
        initialise(model, "glorot", 0.1)
        run.put_model(weights(model))
    return place


@pytest.fixture(scope="session")
def translator(folder: Path) -> Translator:
    return load(folder)


Make = Callable[..., Evidence]


@pytest.fixture(scope="session")
def evidence() -> Make:
    """Evidence about a source and a target, by words; a sure one with a diagonal look unless told otherwise.

    looks      (U, S) without EOS
    log_probs  of each target word
    bare       as log_probs, without the source
    erased     (S, U)
    """

    def make(
        source: str,
        target: str,
        *,
        looks: object = None,
        log_probs: object = None,
        bare: object = None,
        erased: object = None,
        finished: bool = True,
        **aids: object,
    ) -> Evidence:
        read, said = words(source), words(target)
        table = np.eye(len(said) + 1, len(read) + 1)
        table[:, -1] += 1 - table.sum(1)
        if looks is not None:
            table[:-1, :-1] = looks
            table[:-1, -1] = 0
        each = np.full(len(said), -0.01) if log_probs is None else np.array(log_probs, dtype=float)
        each = np.append(each, -0.01)
        alignment = Alignment.of(source, read, target, said, table, log_probs=each.tolist())
        output = Output(source, target, float(each.mean()), tuple(each), alignment, finished)
        without = np.append(np.full(len(said), -5.0) if bare is None else np.array(bare, dtype=float), -1.0)
        effects = np.where(table[:-1, :-1].T > 0.5, -5.0, 0.0) if erased is None else np.array(erased, float)
        effects = np.hstack([effects, np.zeros((len(read), 1))])
        sides = units(source, alignment.columns), units(target, alignment.rows)
        return Evidence(output, *sides, each, without, effects, Aids(**aids))  # type: ignore[arg-type]

    return make


@pytest.fixture
def nasty() -> SimpleNamespace:
    """Texts that would be markup."""
    return SimpleNamespace(source="</script><b>he</b> | *hit*", target="<img src=x onerror=alert(1)> `il`")
