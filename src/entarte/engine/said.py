"""What an export said for one source: light to make, an `Output` when one is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment
from entarte.output import Output
from entarte.span import Piece
from entarte.text import Tokenizer


@dataclass(frozen=True)
class Said:
    """A line and what was said for it.

    source, text  the line that was read and the line that was said
    score         what the search ranks by; NaN where scores were not asked for
    log_probs     natural log-probability of each target piece, EOS included; empty in the same case
    finished      False where the length limit cut the output off
    unread        pieces at the end of an overlong source that were not read
    alternatives  the rest of the n-best list, best first
    weights       (T, H, S) where each piece looked, or None where that was not asked for
    """

    source: str
    text: str
    score: float = 0.0
    log_probs: tuple[float, ...] = ()
    finished: bool = True
    unread: int = 0
    alternatives: tuple[Said, ...] = ()
    weights: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
    pieces: tuple[tuple[Piece, ...], tuple[Piece, ...]] = field(default=((), ()), repr=False, compare=False)
    notes: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def log_prob(self) -> float:
        """log p(text | source)."""
        return sum(self.log_probs)

    def ranked(self) -> list[Said]:
        """This one and its alternatives, best first."""
        return [self, *self.alternatives]

    def to_dict(self) -> dict[str, Any]:
        """What `json.dumps` takes; see `Output.to_dict`."""
        return self.output.to_dict()

    @cached_property
    def alignment(self) -> Alignment:
        """Over pieces, EOS included. Raises ValueError where weights were not asked for."""
        read, said = self.pieces
        if self.weights is None:
            raise ValueError("where the decoder looked was not kept: translate with looks=True")
        heads = self.weights.transpose(1, 0, 2)  # (H, T, S)
        return Alignment.of(
            *(self.source, read, self.text, said, heads.mean(0)),
            log_probs=self.log_probs or None,
            heads=heads if len(heads) > 1 else None,
            notes={**self.notes, "score": self.score, "finished": self.finished},
        )

    @cached_property
    def output(self) -> Output:
        """The same as a model's output."""
        return Output(
            *(self.source, self.text, self.score, self.log_probs, self.alignment, self.finished),
            alternatives=tuple(each.output for each in self.alternatives),
            unread=self.unread,
        )


def nothing(line: str, name: str, heads: int = 1) -> Said:
    """The output of a line without a piece in it: nothing, with certainty."""
    return Said(line, "", weights=np.zeros((0, heads, 0), np.float32), notes={"model": name})


def cut(tokenizer: Tokenizer, line: str, length: int) -> tuple[Piece, ...]:
    """The pieces of a line that were read."""
    return tuple(tokenizer.pieces(line)[:length])
