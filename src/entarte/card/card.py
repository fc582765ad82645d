"""A card: an output with everything that speaks for or against it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entarte.check import Verdict
from entarte.output import Output

FORMAT, VERSION = "entarte card", 1
DIGITS = 4


@dataclass(frozen=True)
class Look:
    """A source word that an output word looked at: its number, and how much of the look it got."""

    source: int
    weight: float


@dataclass(frozen=True)
class Said:
    """A word of the output (a piece, where there are no spaces).

    log_prob   natural logarithm of its probability, all of its pieces together
    looks      the source words that it looked at most, heaviest first
    copied     whether it stands in the source too
    supported  how many nats the source adds to it, over an empty source; None where that was not computed
    p_gen      the chance that it was generated and not copied, the mean over its pieces; None where the model
               copies nothing
    """

    text: str
    log_prob: float
    looks: tuple[Look, ...]
    copied: bool
    supported: float | None = None
    p_gen: float | None = None


@dataclass(frozen=True)
class Heard:
    """A word of the source.

    coverage  the sum of what the output's words looked at it
    effect    by how many nats the output word that depends on it most loses when it is taken away; None
              where that was not computed
    """

    text: str
    coverage: float
    effect: float | None = None


@dataclass(frozen=True)
class Card:
    """All that is known about an output.

    task       what the model is for: `task.name`, and the languages or endings of both sides where known
    target     the output's words, with probabilities and where the decoder looked
    source     the source's words, with how far they were covered
    verdicts   of each check
    reference  what should have been said, and its scores by name; None where it is not known
    model      name, version of Entarté, SHA-256 of each file, the search
    data       files of the training and their digest
    line       the number of the source in its file, from 1; 0 if there is none
    """

    output: Output
    task: Mapping[str, str]
    target: tuple[Said, ...]
    source: tuple[Heard, ...]
    verdicts: tuple[Verdict, ...]
    reference: tuple[str, Mapping[str, float]] | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The checks that the output fails, the most certain first."""
        return tuple(sorted((v for v in self.verdicts if v.failed), key=lambda v: -v.suspicion))

    @property
    def suspicion(self) -> float:
        """In 0 to 1, to sort by: that of its worst check; from 0.5 on the output fails."""
        return max((verdict.suspicion for verdict in self.verdicts), default=0.0)

    def to_dict(self, *, identity: bool = True) -> dict[str, Any]:
        """Plain data, as `card.schema.json` describes it. identity: with model and data."""
        output = self.output
        plain: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "line": self.line,
            "task": dict(self.task),
            "source": output.source,
            "output": output.text,
            "score": number(output.score),
            "log_prob": number(output.log_prob),
            "finished": output.finished,
            "unread": output.unread,
            "suspicion": round(self.suspicion, DIGITS),
            "verdict": "fail" if self.failed else "pass",
            "target_words": [said(word) for word in self.target],
            "source_words": [heard(word) for word in self.source],
            "checks": [verdict.to_dict() for verdict in self.verdicts],
            "alternatives": [
                {"output": each.text, "score": number(each.score), "log_prob": number(each.log_prob)}
                for each in output.alternatives
            ],
            "alignment": output.alignment.to_dict(DIGITS),
        }
        if self.reference is not None:
            text, scores = self.reference
            plain["reference"] = {"text": text, "scores": {name: number(x) for name, x in scores.items()}}
        if identity:
            plain |= {"model": dict(self.model), "data": dict(self.data)}
        return plain

    def to_json(self) -> str:
        """The same as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1)

    def to_markdown(self) -> str:
        """To be read as it is, or rendered."""
        from entarte.card.markdown import markdown

        return markdown(self)

    def to_html(self) -> str:
        """One page that needs nothing else."""
        from entarte.card.page import page

        return page([self])

    def _repr_html_(self) -> str:
        from entarte.card.page import frame

        return frame(self)

    def save(self, path: str | Path, form: str = "") -> Path:
        """Write the card as html, md or json, by default what the ending names. Returns the path.

        Raises InputError for another form, SetupError where nothing can be written.
        """
        from entarte.plot import ending, write

        forms: dict[str, Callable[[], str]] = {
            "html": self.to_html,
            "md": self.to_markdown,
            "json": self.to_json,
        }
        text = forms[form or ending(path, forms)]()
        return write(path, (text.rstrip("\n") + "\n").encode())


def said(word: Said) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "text": word.text,
        "log_prob": number(word.log_prob),
        "probability": round(math.exp(min(word.log_prob, 0.0)), 6),
        "looks": [{"source": look.source, "weight": round(look.weight, DIGITS)} for look in word.looks],
        "copied": word.copied,
    }
    plain |= {} if word.supported is None else {"support": number(word.supported)}
    return plain if word.p_gen is None else {**plain, "p_gen": round(word.p_gen, DIGITS)}


def heard(word: Heard) -> dict[str, Any]:
    plain = {"text": word.text, "coverage": round(word.coverage, DIGITS)}
    return plain if word.effect is None else {**plain, "effect": number(word.effect)}


def number(value: float) -> float | None:
    """A number as JSON knows it."""
    return round(value, 6) if math.isfinite(value) else None
