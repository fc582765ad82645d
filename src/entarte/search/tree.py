"""The whole beam as a tree: every candidate, with its score and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from entarte.search.hypothesis import Hypothesis
from entarte.search.picks import Picks
from entarte.search.score import Score
from entarte.vocabulary import BOS, EOS

Status = Literal["kept", "pruned", "finished", "stopped"]
FORMAT, VERSION = "entarte-beam", 1


@dataclass
class Node:
    """A candidate: a prefix and the token that would lengthen it."""

    id: int
    parent: int | None
    step: int
    """The number of tokens up to here; the root has 0."""
    token: int
    log_prob: float
    """Of the token."""
    total: float
    """Log-probability of the prefix with it."""
    score: float
    """The total after length normalisation; for a finished one with its coverage penalty too."""
    status: Status
    """kept: it went on; pruned: it did not; finished: it ended; stopped: the search ended before it."""
    group: int = 0
    """Of a diverse beam."""
    rank: int | None = None
    """1 for the best of the results, and so on; None for all others."""


@dataclass
class Tree:
    """One source's beam."""

    limit: int
    beam: int
    score: Score
    nodes: list[Node] = field(default_factory=list)

    def tokens(self, node: Node) -> tuple[int, ...]:
        """The prefix that a node stands for."""
        said = []
        while node.parent is not None:
            said.append(node.token)
            node = self.nodes[node.parent]
        return tuple(said[::-1])

    def json(self, piece: Callable[[int], str] | None = None) -> dict[str, Any]:
        """What `json.dumps` takes. With `piece`, every node also has its token's text."""
        nodes = [vars(node) | ({"text": piece(node.token)} if piece else {}) for node in self.nodes]
        ranked = sorted((node.rank, node.id) for node in self.nodes if node.rank is not None)
        return {
            "format": FORMAT,
            "version": VERSION,
            "beam": self.beam,
            "limit": self.limit,
            "score": vars(self.score),
            "chosen": [node for _, node in ranked],
            "nodes": nodes,
        }


class Forest:
    """Records the trees of one call of a beam search: `beam(stepper, limits, forest=forest)`."""

    def __init__(self) -> None:
        self.trees: list[Tree] = []
        self.rows: list[Node] = []  # of each row of the present step
        self.candidates: dict[tuple[int, int], Node] = {}  # by row and token

    def begin(self, limits: Sequence[int], beam: int, groups: int, score: Score) -> None:
        """One tree for each source, with its root."""
        self.trees = [Tree(limit, beam, score) for limit in limits]
        for tree in self.trees:
            tree.nodes.append(Node(0, None, 0, BOS, 0.0, 0.0, 0.0, "kept"))
        self.rows = [tree.nodes[0] for tree in self.trees for _ in range(groups)]

    def grow(self, sources: Sequence[int], ranked: Picks, picks: Picks) -> None:
        """The candidates of a step; beams are grouped by source."""
        self.candidates = {}
        groups = ranked.total.size(0) // len(sources)
        chosen = set(zip(picks.row.flatten().tolist(), picks.token.flatten().tolist()))
        for part in (ranked, picks):  # constraints may choose what a plain beam does not look at
            for v, columns in enumerate(zip(*(column.tolist() for column in part))):
                tree = self.trees[sources[v // groups]]
                for total, row, token, log_prob in zip(*columns):
                    if total == -float("inf") or (row, token) in self.candidates:
                        continue
                    parent = self.rows[row]
                    status: Status = "pruned" if (row, token) not in chosen else "kept"
                    if status == "kept" and token == EOS:
                        status = "finished"
                    score = tree.score.of(total, parent.step + 1)
                    node = Node(
                        len(tree.nodes),
                        parent.id,
                        parent.step + 1,
                        token,
                        log_prob,
                        total,
                        score,
                        status,
                        v % groups,
                    )
                    tree.nodes.append(node)
                    self.candidates[row, token] = node

    def end(self, row: int, score: float) -> None:
        """The score with which a row's EOS finished."""
        self.candidates[row, EOS].score = score

    def follow(self, rows: Sequence[int], tokens: Sequence[int]) -> None:
        """Which candidates are the next step's rows. A dead row may be any."""
        spare = next(iter(self.candidates.values()))
        self.rows = [self.candidates.get(key, spare) for key in zip(rows, tokens)]

    def choose(self, source: int, results: Sequence[Hypothesis]) -> None:
        """A source is done, with these results, best first."""
        tree = self.trees[source]
        parents = {node.parent for node in tree.nodes}
        ranks = {h.tokens: rank for rank, h in enumerate(results, start=1)}
        for node in tree.nodes:
            if node.status == "kept" and node.id not in parents:
                node.status = "stopped"
            if node.status in ("finished", "stopped"):
                node.rank = ranks.pop(tree.tokens(node), None)
