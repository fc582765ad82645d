"""The folder of an export, every file of it checked.

engine.json               what it is and how it decodes
source.model target.model tokenizers (pieces.model where they are one)
encode.onnx step.onnx …   the graphs
shortlist.npz             words of a translation by source word, where one was made
settings.toml             of the model that it was made from, to read
manifest.json             size and SHA-256 of each
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entarte import manifest
from entarte.engine.way import Way
from entarte.errors import DamagedError, InputError

NOTE = "export"
"""Under this name a manifest says that its folder is an export."""
FACTS, SHORTLIST = "engine.json", "shortlist.npz"
FORMAT = 4


@dataclass(frozen=True)
class Facts:
    """What an export says about itself.

    to       onnx, bfloat16 or int8
    name     of the model that it was made from
    way      how it decodes
    shifted  whether a piece's look is that of the step after it (loss.guided_shift)
    task     kind and settings of a task that gives lines a form of their own; empty where they are read as
             they are
    """

    to: str
    name: str
    way: Way
    shifted: bool = False
    task: Mapping[str, Any] = field(default_factory=dict)

    def write(self) -> bytes:
        """As JSON."""
        plain: dict[str, Any] = {"format": FORMAT, "to": self.to, "name": self.name, "shifted": self.shifted}
        plain |= {"task": dict(self.task)} if self.task else {}
        return (json.dumps({**plain, "generate": self.way.plain()}, indent=1) + "\n").encode()


def is_export(folder: str | Path) -> bool:
    """Whether a folder is an export. A folder that is none of ours, or damaged, is not."""
    try:
        plain = json.loads((Path(folder) / manifest.NAME).read_bytes())
        return NOTE in plain["notes"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def open_folder(folder: str | Path) -> Facts:
    """Check every file, and read what it is.

    Raises InputError where it is no export, or one of an older version; DamagedError where a file is not what
    it was, or is of a newer version.
    """
    place = Path(folder)
    listed = manifest.read(place)
    if NOTE not in listed.notes:
        raise InputError(
            "is not an export", file=place, advice="Make one: entarte export MODEL --to int8 --out FOLDER"
        )
    listed.check(place)
    try:
        plain: dict[str, Any] = json.loads((place / FACTS).read_bytes())
        number = int(plain["format"])
        if number > FORMAT:
            raise DamagedError(
                f"has format {number}; this version reads up to {FORMAT}",
                file=place / FACTS,
                advice="Upgrade Entarté: pip install --upgrade entarte",
            )
        if number < FORMAT:
            raise InputError(
                f"has format {number}, of an older version",
                file=place / FACTS,
                advice="Make the export again: entarte export MODEL --to … --out FOLDER",
            )
        way = Way(**plain["generate"])
        return Facts(
            str(plain["to"]), str(plain["name"]), way, bool(plain["shifted"]), dict(plain.get("task", {}))
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError("is cut short or altered", file=place / FACTS, advice=manifest.AGAIN) from error
