"""The settings files that are shipped, by name. The folder's listing is the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from entarte.errors import InputError, did_you_mean

FOLDER = Path(__file__).parent.parent / "recipes"


class Recipe(NamedTuple):
    """A shipped settings file and the comment at its head: what it is, and after which paper."""

    name: str
    about: str
    path: Path


def recipes(folder: Path = FOLDER) -> list[Recipe]:
    """Every recipe, by name."""
    return [Recipe(path.stem, about(path), path) for path in sorted(folder.glob("*.toml"))]


def about(path: Path) -> str:
    """The comment lines at the head of a file, as one text."""
    words = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.startswith("#"):
            break
        words.append(line.lstrip("#").strip())
    return " ".join(words)


def find(name: str | Path, folder: Path = FOLDER) -> Path:
    """The path of a recipe's name or of a settings file.

    A text that ends in .toml or holds a slash is a path; any other is a recipe's name.
    """
    text = str(name)
    if isinstance(name, Path) or text.endswith(".toml") or "/" in text:
        path = Path(name)
        if path.is_dir():
            raise InputError("is a folder, not a settings file", file=path, advice="Name a .toml file in it.")
        if not path.exists():
            raise InputError("there is no such settings file", file=path)
        return path
    path = folder / f"{text}.toml"
    if not path.is_file():
        raise InputError(
            f"there is no recipe '{text}'", advice=did_you_mean(text, [r.name for r in recipes(folder)])
        )
    return path
