"""Which sections choose a member of a family, from which table, and the kind that stands in for none."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from entarte.settings.member import Table


class Family(NamedTuple):
    """A family: where its table is, and the default kind."""

    module: str
    table: str
    default: str

    def load(self) -> Table:
        """The table; imports the members, and torch with them."""
        members: Table = getattr(importlib.import_module(self.module), self.table)
        return members


FAMILIES: dict[str, Family] = {
    "task": Family("entarte.task", "TASKS", "translation"),
    "source": Family("entarte.source", "SOURCES", "text"),
    "front": Family("entarte.front", "FRONTS", "words"),
    "source_front": Family("entarte.front", "SOURCE_FRONTS", "same"),
    "encoder": Family("entarte.encoder", "ENCODERS", "recurrent"),
    "attention": Family("entarte.attention", "ATTENTIONS", "general"),
    "window": Family("entarte.window", "WINDOWS", "global"),
    "decoder": Family("entarte.decoder", "DECODERS", "recurrent"),
    "readout": Family("entarte.readout", "READOUTS", "attentional"),
}
SEARCH = Family("entarte.search", "SEARCHES", "beam")
CHECK = Family("entarte.check", "CHECKS", "omission")
"""No section: each check has one of its own, in the model's checks.toml."""
