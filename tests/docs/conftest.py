"""A folder as the pages find it: a few pairs, and a model that has seen them once."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte.grammar import splits
from entarte.metric.links import pharaoh
from entarte.settings import load
from entarte.train import train


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """train.en, train.fr, valid.en … and runs/mine."""
    folder = tmp_path_factory.mktemp("docs")
    for name, stream in splits("fr", 40, 10, 10, seed=1, max_words=6).items():
        pairs = list(stream)
        for ending, lines in (
            ("en", [pair.source for pair in pairs]),
            ("fr", [pair.target or "" for pair in pairs]),
            ("align", [pharaoh(pair.links or frozenset()) for pair in pairs]),
        ):
            text = "".join(line + "\n" for line in lines)
            (folder / f"{name}.{ending}").write_text(text, encoding="utf-8")
    sides = [f"data.{part}={folder}/{part}.en,{folder}/{part}.fr" for part in ("train", "valid")]
    small = ["text.size=100", "front.width=8", "encoder.width=8", "decoder.width=8", "train.epochs=1"]
    train(load("quick", [*sides, *small]), folder / "runs" / "mine")
    return folder
