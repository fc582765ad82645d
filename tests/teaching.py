"""Generated pairs in files, and tiny models that are trained on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from entarte import saved
from entarte.example import Example
from entarte.generate import Translator
from entarte.settings import loads
from entarte.train import train

PARTS = ("train", "valid", "test")


def write(folder: Path, draw: Callable[..., Iterable[Example]], sizes: Mapping[str, int]) -> Path:
    """The pairs of each part, source TAB target."""
    for part, count in sizes.items():
        lines = "".join(f"{each.source}\t{each.target}\n" for each in draw(count, part=part))
        (folder / f"{part}.tsv").write_text(lines, encoding="utf-8")
    return folder


def teach(folder: Path, settings: str, data: Path, *overrides: str) -> Translator:
    """A model, trained in the folder on the files of `data`."""
    files = [f"data.{part}={data}/{part}.tsv" for part in PARTS]
    train(loads(settings, [*files, *overrides]), folder)
    return saved.load(folder)
