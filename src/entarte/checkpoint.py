"""Moments of a training, each a folder with a manifest of its own: there whole or not at all.

checkpoints/step-00001234/   model.safetensors, optimiser.safetensors …, state.json, manifest.json
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from entarte import atomic, manifest
from entarte.errors import DamagedError, InputError
from entarte.manifest import Manifest, entry
from entarte.tensors import pack, unpack

if TYPE_CHECKING:
    from torch import Tensor

STEP = re.compile(r"step-(\d{8,})")


class Checkpoint(NamedTuple):
    """A moment that was saved; its files have been checked.

    notes  plain values about it, from its manifest
    """

    folder: Path
    step: int
    notes: Mapping[str, Any]

    def tensors(self, name: str) -> dict[str, Tensor]:
        """The tensors that were saved under this name."""
        return unpack(self.folder / f"{name}.safetensors")

    def state(self) -> dict[str, Any]:
        """The plain values that were saved."""
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_bytes())
        return state


def place(parent: Path, step: int) -> Path:
    """The folder of a step."""
    return parent / f"step-{step:08d}"


def save(
    parent: Path,
    step: int,
    tensors: Mapping[str, Mapping[str, Tensor]],
    state: Mapping[str, Any],
    notes: Mapping[str, Any],
) -> Path:
    """Keep named groups of tensors and plain values; what this step held before is replaced.

    Raises SetupError, and leaves nothing half-written, where the disk is full or may not be written.
    """
    files = {f"{name}.safetensors": pack(group) for name, group in tensors.items()}
    files["state.json"] = json.dumps(state).encode()
    final = place(parent, step)
    beside = final.with_name(f".{final.name}.new")
    try:
        atomic.make_folder(beside)
        for name, data in files.items():
            atomic.write(beside / name, data)
        Manifest({name: entry(data) for name, data in files.items()}, notes=dict(notes)).write(beside)
        with atomic.writing(final):
            remove(final)
            beside.rename(final)
            atomic.flush_folder(parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return final


def steps(parent: Path) -> list[int]:
    """The steps that were saved, in order."""
    found = (STEP.fullmatch(path.name) for path in parent.glob("step-*"))
    return sorted(int(match[1]) for match in found if match)


def read(parent: Path, step: int) -> Checkpoint:
    """A moment that was saved, every file of it checked.

    Raises DamagedError where a file is not what it was; it says what to go on from without it.
    """
    folder = place(parent, step)
    try:
        files = manifest.read(folder)
        files.check(folder)
        return Checkpoint(folder, step, files.notes)
    except (InputError, DamagedError) as error:
        before = [each for each in steps(parent) if each < step]
        rest = f"the checkpoint of step {before[-1]}" if before else "the start"
        raise DamagedError(
            error.message, file=error.file, advice=f"Remove {folder} to go on from {rest}."
        ) from error


def prune(parent: Path, keep: int) -> None:
    """Remove all but the last `keep`."""
    for step in steps(parent)[:-keep]:
        with atomic.writing(parent):
            remove(place(parent, step))


def remove(folder: Path) -> None:
    """Remove a checkpoint; at no moment does a half of it stand there under its name."""
    if folder.exists():
        doomed = folder.with_name(f".{folder.name}.old")
        folder.rename(doomed)
        shutil.rmtree(doomed)


def clear(parent: Path) -> None:
    """Remove what a crash left half-written or half-removed."""
    for rest in parent.glob(".step-*"):
        shutil.rmtree(rest)
