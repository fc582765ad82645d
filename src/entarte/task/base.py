"""What a task says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from entarte.metric.bucket import LENGTHS


class Task:
    """Words, measures, and the form of a line; no model code.

    name      of the task, on cards
    source    what a person calls the text that is read
    target    what a person calls the text that is written
    outputs   the title of a table of them
    metrics   what `entarte evaluate` measures unless other metrics are named
    watched   what outputs are measured by while a model is trained; empty: none is decoded
    surprise  what is measured of the probability that the model gives to the targets
    labels    how tables call measures that have a name of their own in this field
    links     what is measured where gold links are known
    by        the side whose length, in words, tables and pictures go by: source or target
    lengths   last length of each of their buckets
    verb      the command that uses a trained model
    """

    name: str
    source: str
    target: str
    outputs: str
    metrics: tuple[str, ...]
    watched: str
    surprise: tuple[str, ...] = ("perplexity",)
    labels: Mapping[str, str] = MappingProxyType({})
    links: tuple[str, ...] = ("aer", "on-gold")
    by: Literal["source", "target"] = "source"
    lengths: tuple[int, ...] = LENGTHS
    verb: str = "translate"

    @property
    def parts(self) -> Mapping[str, Task]:
        """The tasks that this one is made of, by the prefix of their sources; a plain task has none."""
        return {}

    temperature: float = 1.0
    """T: a training pair is of part i with the probability ∝ n_i^(1/T)."""

    def pair(self, source: str, target: str | None = None) -> tuple[str, str | None]:
        """Source and target in the form that a model reads and writes. Doing it twice changes nothing.

        Raises InputError for a line that this task cannot have.
        """
        return source, target

    def part(self, source: str) -> str:
        """The prefix of a source: which of the parts it belongs to."""
        return ""
