"""What an experiment is: its rows, what makes each of them, and what is read from the results."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from entarte.example import Example
from entarte.experiment.outcome import Outcome
from entarte.metric.table import Table
from entarte.plot.curve import Panel


@dataclass(frozen=True)
class Row:
    """A line of the results: a kind of model, trained once with each seed.

    name      of its folders
    title     as tables and plots call it
    settings  `section.key=value` words: all in which it differs from the other rows
    """

    name: str
    title: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class System:
    """What is measured: one trained member, or several that speak as one.

    row      the line of the results that it belongs to
    seed     of its member; 0 where members of several seeds speak
    members  names of run folders
    replace  whether unknown words are replaced
    """

    name: str
    row: str
    seed: int
    members: tuple[str, ...]
    replace: bool = False


@dataclass(frozen=True)
class Sizes:
    """Of the embedded corpus: pairs of each part, the longest source in words.

    longest  of training and validation
    beyond   of the test
    even     every length equally often, not short ones more often
    """

    pairs: int
    valid: int
    test: int
    longest: int
    beyond: int
    even: bool = False


@dataclass(frozen=True)
class Findings:
    """What an experiment found.

    pictures  file name without ending → panels, side by side
    """

    tables: Sequence[Table]
    pictures: Mapping[str, Sequence[Panel]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Experiment(ABC):
    """An experiment with its options. A member of the family says what its rows are and what they show.

    seeds  each row is trained with seeds 1, 2, …, this many
    """

    seeds: int = 1

    name: ClassVar[str]
    base: ClassVar[str]
    """Settings of all rows, as TOML."""

    @abstractmethod
    def rows(self) -> list[Row]:
        """The lines of the results that are trained, in order."""

    @abstractmethod
    def findings(self, pairs: Sequence[Example], outcomes: Mapping[str, list[Outcome]]) -> Findings:
        """Tables and pictures from the test pairs and the outcomes of each row, one a seed."""

    @property
    @abstractmethod
    def sizes(self) -> Sizes:
        """Of the embedded corpus, where no other pairs are given."""

    def systems(self) -> list[System]:
        """What is measured: every member, unless the experiment says otherwise."""
        return [
            System(member(row.name, seed), row.name, seed, (member(row.name, seed),))
            for row in self.rows()
            for seed in range(1, self.seeds + 1)
        ]

    def options(self) -> dict[str, Any]:
        """The options as JSON knows them."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    def limits(self) -> tuple[int, int] | None:
        """Words of the longest training pair, and how many longer ones are tested, where that is limited."""
        return None


def member(row: str, seed: int) -> str:
    """The name of a run folder.

    >>> member("feed", 2)
    'feed-2'
    """
    return f"{row}-{seed}"


def varied(rows: Sequence[Row]) -> set[str]:
    """The settings that an experiment varies; no one else may set them.

    >>> sorted(varied([Row("a", "A", ("encoder.reverse=true",)), Row("b", "B", ("attention.kind=dot",))]))
    ['attention.kind', 'encoder.reverse']
    """
    return {re.split("=", word, maxsplit=1)[0].strip() for row in rows for word in row.settings}
