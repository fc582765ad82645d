"""Generated words, lemmas and commands, and tiny models that have learned them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte import saved
from entarte.generate import Translator
from entarte.grammar.inflection import inflection
from entarte.grammar.reports import PARTS
from entarte.grammar.spelling import spelling
from entarte.settings import load
from entarte.train import train

SIZES = {"train": 2400, "valid": 60, "test": 150}
SMALL = (
    "front.width=48 front.dropout=0 encoder.width=96 decoder.width=96 readout.dropout=0 train.rate=0.01 "
    "train.warmup=20 train.batch_tokens=300 train.valid_sentences=60 train.threads=1 train.precision=float32"
).split()
PLAIN = ["loss.label_smoothing=0", "train.ema=0", "encoder.layers=1", "encoder.dropout=0"]
"""The recipes are deep, smooth and average for long trainings; what is trained in seconds should not."""

Taught = Callable[..., Translator]


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parts of each generated language."""
    folder = tmp_path_factory.mktemp("letters")
    for part, count in SIZES.items():
        said = "".join(f"{each.source}\t{each.target}\n" for each in spelling(count, part=part))
        (folder / f"spelling.{part}.tsv").write_text(said, encoding="utf-8")
        forms = "".join("\t".join(each) + "\n" for each in inflection(count, part=part))
        (folder / f"inflection.{part}.tsv").write_text(forms, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    """A model trained by a recipe, made small, on three files."""

    def made(recipe: str, files: dict[str, Path], *overrides: str) -> Translator:
        data = [f"data.{part}={path}" for part, path in files.items()]
        folder = tmp_path_factory.mktemp("runs") / recipe
        train(load(recipe, [*SMALL, *data, *overrides]), folder)
        return saved.load(folder)

    return made


def parts(folder: Path, name: str) -> dict[str, Path]:
    return {part: folder / f"{name}.{part}.tsv" for part in PARTS}


@pytest.fixture(scope="session")
def speller(taught: Taught, drawn: Path) -> Translator:
    """Says made-up words."""
    return taught("g2p", parts(drawn, "spelling"), *PLAIN, "train.epochs=4")


@pytest.fixture(scope="session")
def inflecter(taught: Taught, drawn: Path) -> Translator:
    """Inflects made-up lemmas."""
    return taught("inflection", parts(drawn, "inflection"), *PLAIN, "train.epochs=3")
