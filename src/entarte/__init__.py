"""Sequence-to-sequence learning with attention, and a view of where the decoder looked.

    import entarte
    model = entarte.load("runs/x")
    out = model.translate(["he hit me with a pie"])
    out[0].text, out[0].alignment

The names below are imported when they are first used, so that `import entarte` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from entarte.alignment import Alignment
    from entarte.errors import DamagedError, EntarteError, InputError, SetupError
    from entarte.generate import Output, Translator
    from entarte.linking import align
    from entarte.saved import load
    from entarte.team import ensemble

_WHERE = {
    "Alignment": ("entarte.alignment", "Alignment"),
    "DamagedError": ("entarte.errors", "DamagedError"),
    "EntarteError": ("entarte.errors", "EntarteError"),
    "InputError": ("entarte.errors", "InputError"),
    "Output": ("entarte.generate", "Output"),
    "SetupError": ("entarte.errors", "SetupError"),
    "Translator": ("entarte.generate", "Translator"),
    "align": ("entarte.linking", "align"),
    "ensemble": ("entarte.team", "ensemble"),
    "load": ("entarte.saved", "load"),
}

__all__ = [
    "Alignment",
    "DamagedError",
    "EntarteError",
    "InputError",
    "Output",
    "SetupError",
    "Translator",
    "align",
    "ensemble",
    "load",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'entarte' has no attribute '{name}'")
    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
