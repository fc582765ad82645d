"""The classic experiments as commands: one file an experiment, and what all of them share.

base        rows, systems, findings: what an experiment is
plan        every member with its settings, kept in the folder
task, crew  members are trained and measured, side by side
conduct     from the plan to the report
"""

from __future__ import annotations

from entarte.experiment.base import Experiment
from entarte.experiment.bottleneck import Bottleneck
from entarte.experiment.ladder import Ladder
from entarte.experiment.shootout import Shootout

EXPERIMENTS: dict[str, type[Experiment]] = {
    "bottleneck": Bottleneck,
    "ladder": Ladder,
    "shootout": Shootout,
}

__all__ = ["EXPERIMENTS", "Bottleneck", "Experiment", "Ladder", "Shootout"]
