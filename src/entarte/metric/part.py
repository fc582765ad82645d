"""Quality by part: by the task that a source belongs to, or the kind of question that it asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from entarte.metric.base import Metric, Rows, Score

Measured = tuple[Metric, Rows, Sequence[int]]
"""A metric, its rows, and which sentence each row is of."""


def by_part(
    parts: Sequence[str], measured: Iterable[Measured], wanted: Mapping[str, Collection[str]]
) -> dict[str, list[Score]]:
    """The corpus values of the sentences of each part, in the order in which parts are first met.

    parts   (N,) which part each sentence is of
    wanted  part → names of the metrics that are its own; one that is not in there has them all
    """
    found: dict[str, list[Score]] = {part: [] for part in dict.fromkeys(parts)}
    for metric, rows, numbers in measured:
        for part, scores in found.items():
            own = [row for row, number in zip(rows, numbers, strict=True) if parts[number] == part]
            if own and metric.name in wanted.get(part, (metric.name,)):
                scores.append(metric.corpus(own))
    return found
