"""Every way to search for targets: one file an idea. A search knows a Stepper and nothing of models."""

from typing import Any

from entarte.errors import InputError, did_you_mean
from entarte.search.base import Search
from entarte.search.beam import Beam
from entarte.search.ensemble import Ensemble
from entarte.search.exact import Exact, Proof
from entarte.search.force import force
from entarte.search.greedy import Greedy
from entarte.search.hypothesis import Hypothesis
from entarte.search.mbr import MBR
from entarte.search.sample import Sample
from entarte.search.tree import Forest
from entarte.search.unknown import learn_dictionary, replace_unknown
from entarte.search.wish import Wish

SEARCHES: dict[str, type[Search]] = {
    "greedy": Greedy,
    "beam": Beam,
    "sample": Sample,
    "exact": Exact,
    "mbr": MBR,
}


def search(kind: str, **options: Any) -> Search:
    """A search by its name.

    >>> search("beam", beam=3).beam
    3

    Raises InputError for an unknown name, and for settings that make no sense.
    """
    if kind not in SEARCHES:
        raise InputError(
            f"there is no search '{kind}'", setting="generate.kind", advice=did_you_mean(kind, SEARCHES)
        )
    return SEARCHES[kind](**options)


__all__ = [
    "MBR",
    "SEARCHES",
    "Beam",
    "Ensemble",
    "Exact",
    "Forest",
    "Greedy",
    "Hypothesis",
    "Proof",
    "Sample",
    "Search",
    "Wish",
    "force",
    "learn_dictionary",
    "replace_unknown",
    "search",
]
