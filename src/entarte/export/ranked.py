"""The most probable words of each row, as nodes.

The whole distribution never leaves the graph. Where scores are not asked for, it is not even computed.
"""

from __future__ import annotations

from entarte.export.graph import Graph


def ranked(g: Graph, logits: str, k: str, scores: str) -> list[str]:
    """log_probs and ids (R, k), the most probable first, among equals the lower id; without scores logits
    stand in for log_probs."""
    branches = {}
    for branch in ("then_branch", "else_branch"):
        inner = g.inner(branch)
        values = inner("LogSoftmax", logits, axis=-1) if branch == "then_branch" else logits
        found = inner.many("TopK", 2, values, k, axis=-1)
        for name, kind, value in zip(("log_probs", "ids"), ("float", "int"), found, strict=True):
            inner.give(inner.fresh(name), value, kind, "R", "k")
        branches[branch] = inner.body()
    return g.many("If", 2, scores, **branches)
