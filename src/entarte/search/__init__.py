"""Every way to search for targets: one file an idea. A search knows a Stepper and nothing of models."""

from entarte.search.base import Search
from entarte.search.beam import Beam
from entarte.search.greedy import Greedy
from entarte.search.hypothesis import Hypothesis

SEARCHES: dict[str, type[Search]] = {
    "greedy": Greedy,
    "beam": Beam,
}

__all__ = ["SEARCHES", "Beam", "Greedy", "Hypothesis", "Search"]
