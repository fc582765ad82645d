"""The models that a page can choose from: those of the command line, and the checkpoints of each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from entarte import checkpoint
from entarte.build import build
from entarte.errors import DamagedError, InputError, did_you_mean
from entarte.explore.equations import equations
from entarte.generate import Translator
from entarte.model import parameters, set_weights
from entarte.run import CHECKPOINTS
from entarte.saved import load

KEPT = 8
"""How many checkpoints are held in memory."""


class Shelf:
    """Translators by name. A name is a folder's own; `name@update` is a checkpoint of it.

    Raises InputError and DamagedError as loading does.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders: dict[str, Path] = {}
        self.models: dict[str, Translator] = {}
        self.moments: OrderedDict[str, Translator] = OrderedDict()
        for folder in folders:
            translator = load(folder).to("cpu")  # one sentence at a time, and every number of it is shown
            name = fresh(folder.resolve().name, self.models)
            translator.name = name
            self.folders[name], self.models[name] = folder, translator

    def __getitem__(self, name: str) -> Translator:
        """The model of a name. Raises InputError where there is none."""
        if name in self.models:
            return self.models[name]
        if name in self.moments:
            self.moments.move_to_end(name)
            return self.moments[name]
        base, _, step = name.rpartition("@")
        if base not in self.models:
            raise InputError(f"there is no model '{name}'", advice=did_you_mean(name, self.models))
        if not (step.isascii() and step.isdigit()) or int(step) not in self.updates(base):
            raise InputError(f"'{base}' has no checkpoint '{step}'")
        self.moments[name] = self.at(base, int(step))
        while len(self.moments) > KEPT:
            self.moments.popitem(last=False)
        return self.moments[name]

    def updates(self, name: str) -> list[int]:
        """The updates at which checkpoints of a model were kept."""
        return checkpoint.steps(self.folders[name] / CHECKPOINTS)

    def at(self, name: str, step: int) -> Translator:
        """A model as it was at a checkpoint."""
        final = self.models[name]
        sizes = len(final.source), len(final.target)
        model = build(final.settings, *sizes, final.settings.model.tied, final.settings.loss.ctc > 0)
        moment = checkpoint.read(self.folders[name] / CHECKPOINTS, step)
        try:
            set_weights(model, moment.tensors("model"))
        except ValueError as error:
            raise DamagedError(f"the weights do not fit the settings: {error}", file=moment.folder) from error
        return Translator(final.settings, model, final.source, final.target, f"{name}@{step}")

    def facts(self, name: str) -> dict[str, Any]:
        """What a page says about a model."""
        translator = self.models[name]
        settings = translator.settings
        return {
            "name": name,
            "folder": str(self.folders[name]),
            "attention": settings.attention.kind,
            "window": settings.window.kind,
            "encoder": settings.encoder.kind,
            "cell": settings.decoder.options.get("cell", settings.decoder.kind),
            "width": settings.decoder.options.get("width"),
            "parameters": parameters(translator.model),
            "search": {"kind": settings.search.kind, **settings.search.options},
            "checkpoints": self.updates(name),
            "equations": equations(translator.model),
        }


def owner(name: str, models: Collection[str]) -> str:
    """The model that a name is a checkpoint of; the name itself where it is a model's own.

    >>> owner("mine@500", {"mine"}), owner("a@b", {"a@b"})
    ('mine', 'a@b')
    """
    return name if name in models else name.rpartition("@")[0]


def fresh(name: str, taken: dict[str, Translator]) -> str:
    """A name that no other model has."""
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)
