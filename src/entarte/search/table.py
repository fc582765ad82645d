"""A Stepper that is a written table of probabilities: to test a search, and to see one at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from entarte.step import Step
from entarte.vocabulary import EOS

Next = Callable[[tuple[int, ...]], Mapping[int, float]]
"""What may follow a prefix: token → probability."""
Look = Callable[[tuple[int, ...]], Sequence[float]]
"""Where a decoder looks that has said a prefix: one weight per source slot."""


class Table:
    """For each source, the probabilities of what follows each prefix.

    What is not written has probability 0; a prefix that is not written at all can only end.

    >>> table = Table([{(): {4: 0.6, 5: 0.4}, (4,): {4: 0.5, EOS: 0.5}}], size=6)
    >>> step = table.step(torch.tensor([2]), table.start())
    >>> [round(p, 2) for p in step.log_probs[0].exp().tolist()]
    [0.0, 0.0, 0.0, 0.0, 0.6, 0.4]
    """

    def __init__(
        self,
        sources: Sequence[Next | Mapping[tuple[int, ...], Mapping[int, float]]],
        size: int,
        look: Look = lambda prefix: (1.0,),
        mask: Tensor | None = None,
    ) -> None:
        """``size``: V; ``look``: must give the same number of slots S everywhere; ``mask`` (B, S)."""
        self.tables = list(sources)
        self.size = size
        self.look = look
        self.mask = torch.ones(len(self.tables), len(look(())), dtype=torch.bool) if mask is None else mask

    @property
    def sources(self) -> int:
        return len(self.tables)

    def start(self) -> tuple[Tensor, ...]:
        """The tokens read so far, BOS included, (B, 0): the state is the prefix itself."""
        return (torch.zeros(self.sources, 0, dtype=torch.long),)

    def step(self, tokens: Tensor, state: tuple[Tensor, ...]) -> Step:
        """Look the prefixes up."""
        read = torch.cat([state[0], tokens.unsqueeze(1)], dim=1)
        each = read.size(0) // self.sources
        log_probs = torch.full((read.size(0), self.size), -torch.inf)
        cells: list[tuple[int, int, float]] = []
        weights = []
        for row, (_, *said) in enumerate(read.tolist()):
            prefix = tuple(said)
            table = self.tables[row // each]
            following = table(prefix) if callable(table) else table.get(prefix, {EOS: 1.0})
            cells += [(row, token, probability) for token, probability in following.items()]
            weights.append([self.look(prefix)])
        if cells:
            rows, ids, probabilities = zip(*cells)
            log_probs[list(rows), list(ids)] = torch.tensor(probabilities).log()
        return Step(log_probs, torch.tensor(weights), (read,))

    def keep(self, sources: Tensor) -> Table:
        kept = [self.tables[source] for source in sources.tolist()]
        return Table(kept, self.size, self.look, self.mask[sources])
