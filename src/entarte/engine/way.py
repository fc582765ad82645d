"""How an export decodes: the settings of [generate] that its search has, without what reads settings files.

The names, defaults and meanings are those of `search.beam.Beam`, `search.greedy.Greedy` and
`settings.Generate`; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from entarte.errors import InputError, did_you_mean

CHOICES = {
    "kind": ("greedy", "beam"),
    "normalise": ("average", "gnmt", "none"),
    "stop": ("best", "count", "never"),
}
LEAST = {"beam": 1, "n_best": 1}


@dataclass(frozen=True)
class Way:
    """A search and the limits around it."""

    kind: str = "beam"
    beam: int = 5
    n_best: int = 1
    normalise: str = "average"
    alpha: float = 0.6
    coverage: float = 0.0
    stop: str = "best"
    min_length: int = 0
    max_length: int = 0
    length_factor: float = 2.0
    length_constant: int = 10
    batch: int = 0
    longest: int = 1000

    def __post_init__(self) -> None:
        for each in fields(self):
            name, value = each.name, getattr(self, each.name)
            if name in CHOICES:
                if value not in CHOICES[name]:
                    raise InputError(
                        f"an export cannot decode with '{value}'",
                        setting=f"generate.{name}",
                        advice=did_you_mean(str(value), CHOICES[name])
                        + " For all searches use the model itself.",
                    )
            elif not LEAST.get(name, 0) <= value < float("inf"):
                raise InputError(
                    f"is {value}; it must be {LEAST.get(name, 0)} or more", setting=f"generate.{name}"
                )
        if self.n_best > self.width:
            raise InputError(
                f"n_best is {self.n_best}, but a beam of {self.width} has from 1 to {self.width} hypotheses "
                "to return",
                setting="generate.n_best",
            )

    @property
    def width(self) -> int:
        """K, how many prefixes of a sentence go on at each step."""
        return 1 if self.kind == "greedy" else self.beam

    def filled(self, rows: int) -> Way:
        """With as many sentences side by side as make a step of so many rows, where `batch` says nothing."""
        return self if self.batch else replace(self, batch=max(1, rows // self.width))

    def limit(self, length: int) -> int:
        """Most pieces of an output for a source of so many, EOS included."""
        limit = max(2, int(self.length_factor * length + self.length_constant))
        return min(limit, self.max_length + 1) if self.max_length else limit

    def divisor(self, length: int) -> float:
        """What the log-probability of so many tokens is divided by; see `search.score.Score`."""
        if self.normalise == "none" or length == 0:
            return 1.0
        if self.normalise == "average":
            return float(length)
        return float(((5 + length) / 6) ** self.alpha)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def changed(self, options: Mapping[str, Any]) -> Way:
        """With other values. Raises InputError for a name or a value that makes no sense."""
        kinds = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        new: dict[str, Any] = {}
        for name, value in options.items():
            if name not in kinds:
                raise InputError(
                    f"an export has no setting '{name}'",
                    setting=f"generate.{name}",
                    advice=did_you_mean(name, kinds) + " For all searches use the model itself.",
                )
            if kinds[name] is float and type(value) is int:
                value = float(value)
            if type(value) is not kinds[name]:
                raise InputError(
                    f"is {value!r}, not {SAY[kinds[name]]}",
                    setting=f"generate.{name}",
                )
            new[name] = value
        return replace(self, **new)

    def overridden(self, words: Sequence[str]) -> Way:
        """With words as `generate.beam=8` laid over it."""
        options: dict[str, Any] = {}
        for word in words:
            name, equals, text = word.partition("=")
            section, dot, key = name.partition(".")
            if not (equals and dot and section == "generate"):
                raise InputError(
                    f"'{word}' cannot be changed in an export",
                    advice="Only settings of [generate] can, as generate.beam=8.",
                )
            options[key] = number(text)
        return self.changed(options)


SAY = {str: "a word", int: "a whole number", float: "a number"}


def number(text: str) -> int | float | str:
    """A number where it is one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
