"""The search for the best target of one source: prefixes in the order of what they can still reach."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from entarte.search.base import device, possible
from entarte.search.hypothesis import Hypothesis
from entarte.search.rules import Rules
from entarte.search.score import Score
from entarte.search.trail import stack
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS

Waiting = tuple[float, int, "Open", int, float, float]
"""-bound, number in the order of arrival, the prefix before, token, its log-probability, the total."""


class Open:
    """A prefix that the model has read: its state, and where it looks for the next token."""

    __slots__ = ("log_prob", "p_gen", "parent", "row", "said", "state", "token", "total", "weights")

    def __init__(self, parent: Open | None, token: int, log_prob: float, total: float) -> None:
        self.parent = parent
        self.token = token
        self.log_prob = log_prob
        self.total = total
        self.said: tuple[int, ...] = () if parent is None else (*parent.said, token)
        self.state: Any = None  # of the whole batch in which it was read …
        self.row = 0  # … and its row there
        self.weights = torch.zeros(0)  # (H, S)
        self.p_gen: float | None = None

    def line(self) -> list[Open]:
        """From the root to here."""
        found, node = [self], self
        while node.parent is not None:
            node = node.parent
            found.append(node)
        return found[::-1]


class Quest:
    """Best-first search for one source.

    Prefixes wait in one heap per length, since a model reads rows of one length at a time. At each turn
    the length is taken whose best prefix has the highest bound, and its best few prefixes are read.

    stepper   bound to one source
    limit     most tokens, EOS included
    rules     what may not be said, and `owner`, whose wishes hold
    mask      (S,) for the coverage penalty
    results   what is known already, finished
    wanted    how many results are to be the best
    together  most prefixes that are read at once
    memory    most prefixes that wait
    """

    def __init__(
        self,
        stepper: Stepper,
        limit: int,
        rules: Rules,
        owner: int,
        score: Score,
        mask: Tensor | None,
        results: Sequence[Hypothesis],
        *,
        wanted: int,
        together: int,
        memory: int,
    ) -> None:
        self.stepper, self.limit, self.rules, self.owner = stepper, limit, rules, owner
        self.score, self.mask = score, mask
        self.results = list(results)
        self.wanted, self.together, self.memory = wanted, together, memory
        self.waiting: list[list[Waiting]] = [[] for _ in range(limit)]  # by length
        self.forgotten = -math.inf  # the highest bound of what memory had no room for
        self.expanded = 0
        self.arrivals = 0

    @property
    def worst(self) -> float:
        """What must be beaten."""
        return self.results[self.wanted - 1].score if len(self.results) >= self.wanted else -math.inf

    @property
    def bound(self) -> float:
        """No target that is not among the results has a higher score than this."""
        return max([-heap[0][0] for heap in self.waiting if heap] + [self.forgotten])

    @property
    def proved(self) -> bool:
        """Whether the results are the best there are."""
        return self.bound <= self.worst

    def run(self, budget: int) -> None:
        """Read prefixes until the results are proved or the budget of prefixes is spent."""
        state = self.stepper.start()
        self.read([Open(None, BOS, 0.0, 0.0)], state)
        while self.expanded < budget:
            live = [heap for heap in self.waiting if heap]
            if not live or -min(heap[0] for heap in live)[0] <= self.worst:
                return  # what is left is no better, or was forgotten
            heap = min(live, key=lambda heap: heap[0])
            nodes: list[Open] = []
            while (
                heap and -heap[0][0] > self.worst and len(nodes) < min(self.together, budget - self.expanded)
            ):
                _, _, parent, token, log_prob, total = heapq.heappop(heap)
                nodes.append(Open(parent, token, log_prob, total))
            parents = [node.parent for node in nodes if node.parent is not None]
            self.read(
                nodes, join([select(p.state, torch.tensor([p.row], device=device(p.state))) for p in parents])
            )

    def read(self, nodes: list[Open], state: Any) -> None:
        """The model reads the last token of prefixes of one length; what may follow waits or is a result."""
        tokens = torch.tensor([node.token for node in nodes], device=device(state))
        step = self.stepper.step(tokens, state)
        self.expanded += len(nodes)
        self.rules.jump([node.said for node in nodes], self.owner)
        log_probs = self.rules.mask(possible(step.log_probs)).cpu()
        length = len(nodes[0].said) + 1  # of what follows
        for row, node in enumerate(nodes):
            node.state, node.row, node.weights = step.state, row, step.weights[row].cpu()
            node.p_gen = None if step.p_gen is None else float(step.p_gen[row])
            if (log_prob := float(log_probs[row, EOS])) > -math.inf:
                self.finish(node, log_prob)
        if length >= self.limit:
            return
        totals = torch.tensor([node.total for node in nodes], dtype=torch.float64).unsqueeze(1) + log_probs
        least = self.worst * self.score.divisor(self.limit) if self.worst > -math.inf else -math.inf
        hopeful = totals > least
        hopeful[:, EOS] = False
        for row, token in hopeful.nonzero().tolist():
            total = float(totals[row, token])
            entry = (
                -self.score.bound(total, self.limit),
                self.arrivals,
                nodes[row],
                token,
                float(log_probs[row, token]),
                total,
            )
            self.arrivals += 1
            heapq.heappush(self.waiting[length], entry)
        if sum(map(len, self.waiting)) > self.memory:
            self.forget()

    def finish(self, node: Open, log_prob: float) -> None:
        """A prefix with EOS is a result if it is among the best."""
        line = node.line()
        total = node.total + log_prob
        weights = stack([one.weights for one in line]) if self.score.coverage else None
        score = self.score.of(total, len(line), weights, self.mask)
        tokens = (*node.said, EOS)
        if score <= self.worst or any(tokens == known.tokens for known in self.results):
            return
        log_probs = (*(one.log_prob for one in line[1:]), log_prob)
        weights = stack([one.weights for one in line])
        chances = tuple(one.p_gen for one in line if one.p_gen is not None) or None
        self.results.append(Hypothesis(tokens, log_probs, total, score, weights, p_gen=chances))
        self.results.sort(key=lambda h: (-h.score, h.tokens))
        del self.results[self.wanted :]

    def forget(self) -> None:
        """Drop what cannot win, and then the less hopeful half; remember the best bound that was lost."""
        entries = sorted((entry[:2], length) for length, heap in enumerate(self.waiting) for entry in heap)
        hopeful = [entry for entry in entries if -entry[0][0] > self.worst]
        kept, lost = hopeful[: self.memory // 2], hopeful[self.memory // 2 :]
        if lost:
            self.forgotten = max(self.forgotten, -lost[0][0][0])
        numbers = {number for (_, number), _ in kept}
        for heap in self.waiting:
            heap[:] = [entry for entry in heap if entry[1] in numbers]
            heapq.heapify(heap)


def join(states: Sequence[Any]) -> Any:
    """Rows of several states as one state.

    >>> join([(torch.tensor([1]), None), (torch.tensor([2]), None)])
    (tensor([1, 2]), None)
    """
    first = states[0]
    if isinstance(first, Tensor):
        return torch.cat(list(states))
    if isinstance(first, tuple):
        parts = [join(part) for part in zip(*states)]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    return first
