"""Two one-directional word alignments made into one (Och and Ney 2003; Koehn, Och and Marcu 2003).

Both are given as (source word, target word): transpose the one that was made from target to source.
Every result lies between the intersection (few links, precise) and the union (many, complete).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from entarte.errors import InputError, did_you_mean
from entarte.metric.links import Link

# In the order of Koehn's pseudo-code (2010, figure 4.14), which decides between rival links.
NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def intersection(forward: AbstractSet[Link], backward: AbstractSet[Link]) -> frozenset[Link]:
    """Links that both directions found."""
    return frozenset(forward & backward)


def union(forward: AbstractSet[Link], backward: AbstractSet[Link]) -> frozenset[Link]:
    """Links that either direction found."""
    return frozenset(forward | backward)


def grow_diag(forward: AbstractSet[Link], backward: AbstractSet[Link]) -> frozenset[Link]:
    """The intersection, grown link by link into neighbouring links of the union, diagonals too, as long
    as one of the two words has no link yet."""
    links = set(forward & backward)
    allowed = forward | backward
    sources, targets = {i for i, _ in links}, {j for _, j in links}
    grown = True
    while grown:
        grown = False
        for j, i in _sweep(allowed):  # target by target, as Koehn's loops run
            if (i, j) not in links:
                continue
            for down, right in NEIGHBOURS:
                near = (i + right, j + down)
                free = near[0] not in sources or near[1] not in targets
                if free and near in allowed and near not in links:
                    links.add(near)
                    sources.add(near[0])
                    targets.add(near[1])
                    grown = True
    return frozenset(links)


def grow_diag_final(forward: AbstractSet[Link], backward: AbstractSet[Link]) -> frozenset[Link]:
    """grow-diag, then every link of either direction with at least one word that has no link yet."""
    return _final(grow_diag(forward, backward), forward, backward, both=False)


def grow_diag_final_and(forward: AbstractSet[Link], backward: AbstractSet[Link]) -> frozenset[Link]:
    """grow-diag, then every link of either direction whose words both have no link yet."""
    return _final(grow_diag(forward, backward), forward, backward, both=True)


METHODS: dict[str, Callable[[AbstractSet[Link], AbstractSet[Link]], frozenset[Link]]] = {
    "intersection": intersection,
    "union": union,
    "grow-diag": grow_diag,
    "grow-diag-final": grow_diag_final,
    "grow-diag-final-and": grow_diag_final_and,
}


def symmetrise(
    forward: AbstractSet[Link], backward: AbstractSet[Link], method: str = "grow-diag-final-and"
) -> frozenset[Link]:
    """The two made into one by the named method.

    >>> sorted(symmetrise({(0, 0), (1, 1)}, {(0, 0), (2, 1)}, "intersection"))
    [(0, 0)]
    """
    if method not in METHODS:
        raise InputError(
            f"there is no way '{method}' to join two alignments", advice=did_you_mean(method, METHODS)
        )
    return METHODS[method](forward, backward)


def _final(
    start: AbstractSet[Link], forward: AbstractSet[Link], backward: AbstractSet[Link], *, both: bool
) -> frozenset[Link]:
    links = set(start)
    sources, targets = {i for i, _ in links}, {j for _, j in links}
    for direction in (forward, backward):
        for j, i in _sweep(direction):
            free = (i not in sources, j not in targets)
            if all(free) if both else any(free):
                links.add((i, j))
                sources.add(i)
                targets.add(j)
    return frozenset(links)


def _sweep(links: AbstractSet[Link]) -> list[Link]:
    """(target, source), row by row."""
    return sorted((j, i) for i, j in links)
