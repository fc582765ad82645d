"""A model is a folder; a training writes one.

    settings.toml             what was chosen, complete
    source.model target.model tokenizers (one file where they are shared)
    model.safetensors         the best weights so far
    metrics.jsonl             one line per report
    manifest.json             size and SHA-256 of each of these, checked on load
    checkpoints/step-00001234 everything to go on from
    recent/step-00001234      weights to be averaged at the end
    shards/                   cut training pairs, where they are not held in memory; gone when it has ended

Weights are safetensors and state is JSON: nothing that can hold code is ever read. Every file is
written beside its place and renamed, so that a crash or a full disk leaves the old or the new one.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from entarte import atomic, checkpoint, lock, manifest
from entarte.checkpoint import Checkpoint
from entarte.errors import DamagedError, InputError
from entarte.manifest import Manifest, entry
from entarte.tensors import pack, unpack

if TYPE_CHECKING:
    from torch import Tensor

MODEL = "model.safetensors"
METRICS = "metrics.jsonl"
CHECKPOINTS = "checkpoints"
RECENT = "recent"
SHARDS = "shards"


class Run:
    """The folder of a model. Made by `create` and `open`; usable in a `with`, which lets go of the lock.

    Only one process at a time may have it open for writing.
    """

    def __init__(self, folder: Path, files: Manifest, held: int | None) -> None:
        self.folder = folder
        self.manifest = files
        self.held = held

    @classmethod
    def create(cls, folder: str | Path) -> Run:
        """A new folder, open for writing.

        Raises InputError where it holds a run already, SetupError where it cannot be written.
        """
        folder = Path(folder)
        if folder.exists() and not folder.is_dir():
            raise InputError("is a file; a model needs a folder", file=folder)
        atomic.make_folder(folder)
        held = lock.take(folder)
        for name in (manifest.NAME, MODEL, "settings.toml", CHECKPOINTS):
            if (folder / name).exists():
                os.close(held)
                raise InputError(
                    "already holds a run" if name == manifest.NAME else f"already holds {name}",
                    file=folder,
                    advice="Go on with it (--resume), or name another folder.",
                )
        run = cls(folder, Manifest(), held)
        run.manifest.write(folder)
        return run

    @classmethod
    def open(cls, folder: str | Path, *, write: bool = False) -> Run:
        """An existing folder, every file of it checked; `write` to go on with its training.

        Raises InputError where it is none, DamagedError where a file is not what it was.
        """
        folder = Path(folder)
        files = manifest.read(folder)
        held = lock.take(folder) if write else None
        files.check(folder)
        if write:
            for rest in folder.glob(".*.new"):
                rest.unlink()
            checkpoint.clear(folder / CHECKPOINTS)
            checkpoint.clear(folder / RECENT)
        return cls(folder, files, held)

    def close(self) -> None:
        """Let others write."""
        if self.held is not None:
            os.close(self.held)
            self.held = None

    def discard(self) -> None:
        """Take back a folder made in vain: all that this run wrote, and the folder if that was all."""
        for name in (*self.manifest.files, manifest.NAME, METRICS, ".lock"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / SHARDS, ignore_errors=True)
        self.close()
        with suppress(OSError):  # what others put there stays, and the folder with it
            self.folder.rmdir()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def path(self, name: str) -> Path:
        """Where a file of the run is."""
        return self.folder / name

    # -- files ----------------------------------------------------------------------------------------

    def put(self, name: str, data: bytes) -> None:
        """Write or replace a file, and its entry in the manifest."""
        new = entry(data)
        if self.manifest.files.get(name) not in (None, new):
            self.manifest.next[name] = new
            self._seal()
        atomic.write(self.folder / name, data)
        self.manifest.files[name] = new
        self.manifest.next.pop(name, None)
        self._seal()

    def adopt(self, *names: str) -> None:
        """Enter files that others wrote into the folder (tokenizers) in the manifest."""
        for name in names:
            data = (self.folder / name).read_bytes()
            atomic.write(self.folder / name, data)  # whoever wrote it may not have flushed it
            self.manifest.files[name] = entry(data)
        self._seal()

    def drop(self, *names: str) -> None:
        """Take files out of the run; those that it does not hold are no fault."""
        for name in names:
            self.manifest.files.pop(name, None)
        self._seal()
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def text(self, name: str) -> str:
        """A text file of the run. Raises DamagedError where it is not there."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DamagedError("is missing", file=self.folder / name, advice=manifest.AGAIN) from None

    def put_model(self, tensors: Mapping[str, Tensor]) -> None:
        """The best weights so far."""
        self.put(MODEL, pack(tensors))

    def model(self) -> dict[str, Tensor]:
        """The best weights. Raises InputError where training has not come that far."""
        if MODEL not in self.manifest.files:
            raise InputError(
                "holds no model yet",
                file=self.folder,
                advice="The first validation of its training writes one.",
            )
        return unpack(self.folder / MODEL)

    def _seal(self) -> None:
        """Write the manifest; the log's entry says how far it has come."""
        path = self.folder / METRICS
        if path.exists():
            self.manifest.files[METRICS] = entry(path.read_bytes(), grows=True)
        self.manifest.write(self.folder)

    # -- the log --------------------------------------------------------------------------------------

    def log(self, record: Mapping[str, Any]) -> None:
        """Add a line to metrics.jsonl. Numbers that are not finite become null, as JSON has none."""
        plain = {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in record.items()
        }
        line = json.dumps(plain, ensure_ascii=False, allow_nan=False)
        atomic.append(self.folder / METRICS, line.encode() + b"\n")

    def metrics(self) -> list[dict[str, Any]]:
        """What was logged. A last line that a crash cut short is left out."""
        path = self.folder / METRICS
        if not path.exists():
            return []
        records = []
        for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
            try:
                records.append(json.loads(line))
            except ValueError:
                raise DamagedError("is not JSON", file=path, line=number) from None
        return records

    def rewind(self, to: Checkpoint) -> None:
        """Forget what was written after a checkpoint: lines of the log, weights to be averaged."""
        path = self.folder / METRICS
        if path.exists():
            data = path.read_bytes()[: to.notes["metrics"]]
            self.manifest.files[METRICS] = entry(data, grows=True)
            self.manifest.write(self.folder)
            atomic.write(path, data)
        for step in self.recent():
            if step > to.step:
                checkpoint.remove(checkpoint.place(self.folder / RECENT, step))

    # -- checkpoints ----------------------------------------------------------------------------------

    def save_checkpoint(
        self, step: int, tensors: Mapping[str, Mapping[str, Tensor]], state: Mapping[str, Any]
    ) -> Path:
        """Keep a moment to go on from: named groups of tensors ("model", "optimiser") and plain values."""
        log = self.folder / METRICS
        notes = {"metrics": log.stat().st_size if log.exists() else 0}
        return checkpoint.save(self.folder / CHECKPOINTS, step, tensors, state, notes)

    def steps(self) -> list[int]:
        """The steps of the checkpoints, in order."""
        return checkpoint.steps(self.folder / CHECKPOINTS)

    def latest_checkpoint(self) -> Checkpoint | None:
        """The last checkpoint, every file of it checked; None where there is none.

        Raises DamagedError where a file is not what it was.
        """
        steps = self.steps()
        return checkpoint.read(self.folder / CHECKPOINTS, steps[-1]) if steps else None

    def prune(self, keep: int) -> None:
        """Remove all checkpoints but the last `keep`."""
        checkpoint.prune(self.folder / CHECKPOINTS, keep)

    # -- weights to be averaged -----------------------------------------------------------------------

    def put_recent(self, step: int, tensors: Mapping[str, Tensor], keep: int) -> None:
        """Keep the weights of a step, and of the `keep` last steps only."""
        checkpoint.save(self.folder / RECENT, step, {"model": tensors}, {}, {})
        checkpoint.prune(self.folder / RECENT, keep)

    def recent(self) -> list[int]:
        """The steps whose weights were kept, in order."""
        return checkpoint.steps(self.folder / RECENT)

    def recent_weights(self, step: int) -> dict[str, Tensor]:
        """The weights of a step. Raises DamagedError where they are not what they were."""
        return checkpoint.read(self.folder / RECENT, step).tensors("model")
