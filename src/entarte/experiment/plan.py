"""What will be done: every member with its settings, every system, and a digest of the pairs.

It is written into the folder before anything else, so that whoever comes back to it does the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from entarte import atomic
from entarte.build import build
from entarte.errors import DamagedError, InputError
from entarte.experiment.base import Experiment, Sizes, System, member, varied
from entarte.experiment.material import embedded, grown, lengthened, there
from entarte.settings import Settings, differences, loads, resolve, tables
from entarte.settings.place import Places

FORMAT = 1
NAME = "plan.json"
OWN = "data.train"
"""Who sets it has pairs of their own; else the embedded corpus is written."""


@dataclass(frozen=True)
class Plan:
    """An experiment, made concrete.

    experiment  its name
    options     its options
    members     run folder → settings
    systems     what is measured
    pairs       file of pairs or links → SHA-256
    """

    experiment: str
    options: dict[str, Any]
    members: dict[str, Settings]
    systems: list[System]
    pairs: dict[str, str]

    def write(self, folder: Path) -> None:
        """Keep it."""
        plain = {
            "format": FORMAT,
            "experiment": self.experiment,
            "options": self.options,
            "members": {name: tables(settings) for name, settings in self.members.items()},
            "systems": [asdict(system) for system in self.systems],
            "pairs": self.pairs,
        }
        atomic.write(folder / NAME, json.dumps(plain, ensure_ascii=False, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """The plan of a folder. Raises DamagedError where it cannot be understood."""
        file = folder / NAME
        try:
            plain = json.loads(file.read_bytes())
            if plain["format"] != FORMAT:
                raise ValueError(f"format {plain['format']}; this version reads {FORMAT}")
            return cls(
                plain["experiment"],
                plain["options"],
                {name: resolve(each, Places()) for name, each in plain["members"].items()},
                [System(**{**each, "members": tuple(each["members"])}) for each in plain["systems"]],
                plain["pairs"],
            )
        except (ValueError, KeyError, TypeError, OSError, InputError) as error:
            raise DamagedError(
                f"the plan of this experiment cannot be read ({error})",
                file=file,
                advice="Name another folder, and begin anew.",
            ) from error


def make(
    experiment: Experiment, folder: Path, overrides: Sequence[str], sizes: Sizes, to: str, seed: int
) -> Plan:
    """The plan of an experiment; the corpus that it needs is written.

    overrides    `section.key=value` words for all members
    sizes, to, seed  of the embedded corpus, where data.train is not among the overrides

    Raises InputError for settings that cannot be, and for those that the experiment itself varies.
    """
    names = [word.partition("=")[0].strip() for word in overrides]
    taken = {*varied(experiment.rows()), "train.seed", *(["data.max_words"] if experiment.limits() else [])}
    for name in names:
        if name in taken:
            raise InputError(
                f"is what {experiment.name} varies, so it cannot be set for all of it",
                setting=name,
                advice=f"An option of the command may change it: entarte experiment {experiment.name} --help",
            )
    own = OWN in names
    common = loads(experiment.base, overrides, file=f"experiment {experiment.name}")
    limits = experiment.limits()
    if own:
        there(common.data)
        words = [*overrides] if limits is None else [*overrides, f"data.max_words={limits[0]}"]
    elif odd := [name for name in names if name.startswith("data.")]:
        raise InputError("needs data.train too", setting=odd[0], advice="Name all files, or none.")
    else:
        words = [*embedded(folder, to), *overrides]
    members = {
        member(row.name, number): loads(
            experiment.base,
            [*words, *row.settings, f"train.seed={number}"],
            file=f"experiment {experiment.name}",
        )
        for row in experiment.rows()
        for number in range(1, experiment.seeds + 1)
    }
    for settings in members.values():
        with torch.device("meta"):  # what cannot be built is refused before anything is written
            build(settings, 8, 8, settings.model.tied, settings.loss.ctc > 0)
    options = experiment.options()
    if not own:
        grown(folder, sizes, to, seed)
        options |= {**asdict(sizes), "to": to, "corpus_seed": seed}
    elif limits is not None:
        lengthened(folder, common.data, *limits)
    files = digests(next(iter(members.values())))
    return Plan(experiment.name, options, members, experiment.systems(), files)


def digests(settings: Settings) -> dict[str, str]:
    """SHA-256 of every file that [data] names."""
    data = settings.data
    paths = [*data.train, *data.valid, *data.test, data.train_links, data.valid_links, data.test_links]
    return {path: sha256(Path(path).read_bytes()).hexdigest() for path in paths if path}


def unchanged(old: Plan, new: Plan, folder: Path) -> None:
    """Raises InputError where a folder was begun with another plan, and says what differs."""
    found = []
    if old.experiment != new.experiment:
        found = [f"experiment: {old.experiment} → {new.experiment}"]
    else:
        for key in dict.fromkeys([*old.options, *new.options]):
            if (was := old.options.get(key)) != (now := new.options.get(key)):
                found.append(f"{key}: {was} → {now}")
    if not found:
        for name in old.members.keys() & new.members.keys():
            found += differences(old.members[name], new.members[name])
        if old.members.keys() != new.members.keys() or old.systems != new.systems:
            found.append("its members")
    if not found:
        found = [f"what {path} holds" for path in new.pairs if old.pairs.get(path) != new.pairs[path]]
    if found:
        raise InputError(
            "the experiment in this folder was begun with other settings: " + "; ".join(dict.fromkeys(found)),
            file=folder,
            advice="Give those that it was begun with, or name another folder (--out).",
        )
