"""What a model said for one source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entarte.alignment import Alignment
from entarte.source.row import Row

if TYPE_CHECKING:
    from entarte.card import Card
    from entarte.generate import Translator
    from entarte.search import Hypothesis, Proof
    from entarte.search.tree import Tree
    from entarte.search.unknown import Word


@dataclass(frozen=True)
class Output:
    """What the model said for one source.

    source, text  the line that was read and the line that was said
    score         what the search ranks by (length-normalised log-probability by default)
    log_probs     natural log-probability of each target piece, EOS included
    alignment     over pieces, EOS included; shows itself in a notebook
    finished      False where the length limit cut the output off
    alternatives  the rest of the n-best list, best first
    unread        pieces at the end of an overlong source that were not read (generate.longest)
    replaced      unknown words that were replaced: the number of the target piece, and what became of it
    beyond        pieces of the source that the vocabulary lacks, which a pointer can copy
    proof         what exact search found out; None from any other search
    tree          the whole beam, where it was asked for
    by            the model that said it
    """

    source: str
    text: str
    score: float
    log_probs: tuple[float, ...]
    alignment: Alignment = field(repr=False)
    finished: bool = True
    alternatives: tuple[Output, ...] = ()
    unread: int = 0
    replaced: Mapping[int, Word] = field(default_factory=dict)
    beyond: tuple[str, ...] = field(default=(), repr=False)
    proof: Proof | None = field(default=None, repr=False)
    tree: Tree | None = field(default=None, repr=False)
    by: Translator | None = field(default=None, repr=False, compare=False)

    @property
    def log_prob(self) -> float:
        """log p(text | source)."""
        return sum(self.log_probs)

    def ranked(self) -> list[Output]:
        """This one and its alternatives, best first."""
        return [self, *self.alternatives]

    def card(self, reference: str | None = None) -> Card:
        """The evidence about this output, with the checks of its model; see `entarte.card`.

        reference  what should have been said
        """
        from entarte.card import cards

        if self.by is None:
            raise ValueError("this output does not know the model that said it")
        [made] = cards(self.by, [self], references=[] if reference is None else [reference], first=0)
        return made

    def to_dict(self) -> dict[str, Any]:
        """What `json.dumps` takes: pieces with their log-probabilities, word links from 0, alternatives."""
        pairs = zip(self.alignment.rows, self.log_probs, strict=True)
        found: dict[str, Any] = {
            "source": self.source,
            "text": self.text,
            "score": self.score,
            "log_prob": self.log_prob,
            "finished": self.finished,
            "tokens": [
                {"text": piece.text, "log_prob": log_prob}
                | ({} if piece.p_gen is None else {"p_gen": piece.p_gen})
                for piece, log_prob in pairs
            ],
            "links": sorted([i, j] for i, j in self.alignment.word_links()),
        }
        if self.replaced:
            found["replaced"] = {str(n): word._asdict() for n, word in self.replaced.items()}
        if self.alternatives:
            found["alternatives"] = [each.to_dict() for each in self.alternatives]
        return found


@dataclass(frozen=True)
class Read:
    """A source line as the models read it.

    line    as it was given
    ids     piece ids without EOS, or frames, for each model that reads it: one, or the members of an
            ensemble
    unread  pieces beyond generate.longest that were left out, of the first model
    copies  for each model the target id that copying each piece says; None where it copies nothing
    beyond  pieces that the target's vocabulary lacks, by their ids
    """

    line: str
    ids: tuple[Row, ...]
    unread: int = 0
    copies: tuple[list[int] | None, ...] = (None,)
    beyond: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return not any(len(row) for row in self.ids)

    @property
    def length(self) -> int:
        """Pieces that the first model reads."""
        return len(self.ids[0])


@dataclass(frozen=True)
class Found:
    """What a search found for one source.

    ranked  hypotheses, best first
    proof   from exact search
    tree    of a beam that was recorded
    """

    ranked: list[Hypothesis]
    proof: Proof | None = None
    tree: Tree | None = None
