"""Experiments of seconds: a few pairs, two updates, a word or two wide."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte.experiment.conduct import conduct
from entarte.experiment.shootout import Shootout
from entarte.experiment.task import Task, Word

TINY = [
    *(
        "text.kind=char",
        "text.size=0",
        "front.width=8",
        "encoder.width=8",
        "decoder.width=8",
        "generate.length_constant=2",
    ),
    *("train.updates=2", "train.save_every=1", "train.valid_sentences=2", "generate.length_factor=1.0"),
]
CORPUS = ["--pairs", "40", "--test", "12"]


class Record:
    """An onlooker that remembers."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def says(self, text: str) -> None:
        self.heard.append(text)

    def phase(self, name: str, left: int, of: int) -> None:
        self.heard.append(f"{name} {left} of {of}")

    def begins(self, task: Task) -> None:
        self.heard.append(f"begins {task}")

    def tells(self, task: Task, word: Word) -> None:
        pass

    def ends(self, task: Task, well: bool) -> None:
        self.heard.append(f"{'ends' if well else 'fails'} {task}")


SMALL = Shootout(attentions=("mean", "general"), queries=("current",))
"""Two members."""


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The settings that name pairs of our own; a third of the training pairs have seven words."""
    folder = tmp_path_factory.mktemp("own")
    for name, count in (("train", 45), ("valid", 4), ("test", 12)):
        lines = [" ".join("abcdefg"[: 7 if n % 3 == 0 else 1 + n % 5]) + f" {n}" for n in range(count)]
        text = "".join(f"{line}\t{line.upper()}\n" for line in lines)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return [f"data.{name}={folder / name}.tsv" for name in ("train", "valid", "test")]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, own: list[str]) -> Path:
    """A folder with SMALL, done. Not to be written to."""
    folder = tmp_path_factory.mktemp("experiments") / "small"
    conduct(SMALL, folder, [*own, *TINY], Record())
    return folder
