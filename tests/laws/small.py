"""A tiny language to learn, its pieces, and whole models in folders."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import torch

from entarte.build import build, initialise
from entarte.generate import Translator
from entarte.model import weights
from entarte.run import Run
from entarte.saved import BOTH, SOURCE, TARGET, tokenizers
from entarte.settings import dump, loads
from entarte.text import Tokenizer

WORDS = {"ka": "ro", "te": "mi", "so": "lu", "pie": "tarte", "hat": "nos", "mun": "fe"}


def pairs(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Sentences of a language and of another one, which says the words backwards."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        words = [chance.choice(list(WORDS)) for _ in range(chance.randint(1, 5))]
        found.append((" ".join(words), " ".join(WORDS[word] for word in reversed(words))))
    return found


def write(folder: Path, **counts: int) -> None:
    """Files of such sentences, name.s and name.t, for each name so many."""
    for name, count in counts.items():
        for side, lines in zip("st", zip(*pairs(count), strict=True), strict=True):
            (folder / f"{name}.{side}").write_text("".join(line + "\n" for line in lines), "utf-8")


SMALL = """
[text]
kind = "char"
size = 0
[front]
width = 8
[encoder]
cell = "gru"
width = 8
[decoder]
cell = "gru"
width = 8
[generate]
kind = "beam"
beam = 2
length_factor = 1.0
length_constant = 2
"""


@cache
def pieces(kind: str, normalisation: str, sides: tuple[int, ...]) -> Tokenizer:
    """Pieces of the source (0), the target (1) or both."""
    lines = [pair[side] for pair in pairs(30) for side in sides]
    return Tokenizer.train(lines, kind=kind, size=0, normalisation=normalisation)


def keep(folder: Path, overrides: list[str], seed: int = 3) -> Translator:
    """A model with random weights, saved; what is returned was never in the folder but in memory only."""
    settings = loads(SMALL, overrides)
    with Run.create(folder) as run:
        run.put("settings.toml", dump(settings).encode())
        text = settings.text
        for name, sides in {BOTH: (0, 1)}.items() if text.shared else {SOURCE: (0,), TARGET: (1,)}.items():
            pieces(text.kind, text.normalisation, sides).save(run.path(name))
            run.adopt(name)
        source, target = tokenizers(run, settings)
        torch.manual_seed(seed)
        model = build(settings, len(source.vocabulary), len(target.vocabulary), settings.model.tied)
        initialise(model, "uniform", 0.7)
        run.put_model(weights(model))
    return Translator(settings, model, source, target, folder.name)
