"""From an experiment to its report: plan, train all members, measure all systems, publish."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from entarte import atomic, lock
from entarte.errors import InputError
from entarte.experiment import plan as plans
from entarte.experiment.base import Experiment, Findings, Sizes
from entarte.experiment.crew import Onlooker, work
from entarte.experiment.material import test_set
from entarte.experiment.outcome import Outcome
from entarte.experiment.plan import Plan
from entarte.experiment.publish import publish
from entarte.experiment.task import Task, done


def conduct(
    experiment: Experiment,
    folder: Path,
    overrides: Sequence[str],
    onlooker: Onlooker,
    *,
    sizes: Sizes | None = None,
    to: str = "fr",
    seed: int = 1,
    jobs: int = 1,
) -> tuple[Findings, list[str]]:
    """Make an experiment in a folder, or go on with the one that it holds; the findings, and notes.

    overrides        `section.key=value` words for all members
    sizes, to, seed  of the embedded corpus, which is taken where the overrides name no data.train
    jobs             members trained at a time, each on one processor

    Raises InputError where the folder was begun otherwise, trainer.Stopped where a signal came.
    """
    room(folder)
    atomic.make_folder(folder)
    held = lock.take(folder)
    try:
        onlooker.says(f"{experiment.name}: its pairs are made ready")
        plan = plans.make(experiment, folder, overrides, sizes or experiment.sizes, to, seed)
        if (folder / plans.NAME).is_file():
            plans.unchanged(Plan.read(folder), plan, folder)
        else:
            plan.write(folder)
        for name, tasks in (
            ("trainings", [Task("train", name) for name in plan.members]),
            ("measurings", [Task("measure", system.name) for system in plan.systems]),
        ):
            rest = [task for task in tasks if not done(folder, task)]
            onlooker.phase(name, len(rest), len(tasks))
            work(folder, plan, rest, jobs, onlooker)
        outcomes: dict[str, list[Outcome]] = {}
        for system in plan.systems:
            outcomes.setdefault(system.row, []).append(Outcome.read(folder, system.name))
        pairs, _ = test_set(folder, next(iter(plan.members.values())).data)
        findings = experiment.findings(pairs, outcomes)
        return findings, publish(folder, plan, findings)
    finally:
        os.close(held)


def room(folder: Path) -> None:
    """Refuse a folder that holds something else."""
    if folder.exists() and not folder.is_dir():
        raise InputError("is a file; an experiment needs a folder", file=folder)
    if folder.is_dir() and not (folder / plans.NAME).is_file():
        strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        if strange:
            raise InputError(
                f"holds other files ({strange[0]}), and no experiment",
                file=folder,
                advice="Name another folder.",
            )
