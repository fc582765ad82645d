"""How the pairs of a model are read: what its settings say to a reader."""

from __future__ import annotations

from typing import Any

from entarte.settings import Settings


def reading(settings: Settings) -> dict[str, Any]:
    """The arguments of `reader.read`, but for the files and what is done with them."""
    data, text = settings.data, settings.text
    return {
        "format": data.format,
        "source": data.source,
        "target": data.target,
        "features": data.features,
        "window": data.window,
        "turns": data.turns,
        "speaker": data.speaker,
        "files": settings.files,
        "form": settings.aim.pair,
        "glued": text.kind == "char",
    }
