"""What exact search found out, line by line and in all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entarte.generate import Output
    from entarte.text import Tokenizer


class Proofs:
    """Counts proofs. `add` gives the facts of a line as JSON takes them."""

    def __init__(self, target: Tokenizer) -> None:
        self.target = target
        self.lines = self.proved = self.missed = self.empty = self.better = 0

    def add(self, output: Output) -> dict[str, Any]:
        """The facts of a line; of one without a piece, that nothing was to be proved."""
        facts: dict[str, Any] = {"source": output.source, "text": output.text, "score": output.score}
        proof = output.proof
        if proof is None:
            return facts | {"proved": None}
        self.lines += 1
        self.proved += proof.proved
        self.missed += bool(proof.proved and proof.search_error)
        self.empty += bool(proof.empty)
        self.better += bool(not proof.proved and proof.search_error)
        return facts | {
            "proved": proof.proved,
            "bound": proof.bound if math.isfinite(proof.bound) else None,
            "expanded": proof.expanded,
            "search_error": proof.search_error,
            "empty": proof.empty,
            "beam": {
                "text": self.target.text(proof.beam.said, output.beyond),
                "score": proof.beam.score,
                "log_prob": proof.beam.log_prob,
                "finished": proof.beam.finished,
            },
        }

    def summary(self) -> list[str]:
        """What all of them together say; nothing where there was no proof."""
        if not self.lines:
            return []
        open_ = self.lines - self.proved
        return [
            f"exact search: the optimum is proved for {part(self.proved, self.lines)} lines",
            f"  of these the beam missed {part(self.missed, self.proved)}, "
            f"and the empty output is the optimum of {part(self.empty, self.proved)}",
            f"  not proved within generate.budget: {open_}; "
            f"for {self.better} of them something better than the beam's was found",
        ]


def part(count: int, of: int) -> str:
    """A count of a count, with its share.

    >>> part(1, 4), part(0, 0)
    ('1 of 4 (25.0 %)', '0 of 0')
    """
    return f"{count} of {of}" + (f" ({100 * count / of:.1f} %)" if of else "")
