"""A source whose lines name files, which are read as frames."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from entarte import atomic
from entarte.errors import DamagedError, InputError, SetupError
from entarte.source.row import Frames, RowError
from entarte.span import Piece

FORMAT = 1
ENOUGH = 1000
"""Files that the means and deviations are learned from, evenly drawn; every one where there are fewer."""
LEAST = 1e-5
"""A deviation below this is taken as 1: numbers that never change are brought to 0."""


class FeatureSource:
    """Lines that name files, each read as frames.

    A member says how a file becomes frames (`read`), and what its slots are called (`labels`). The training
    files say what is usual: each of the F numbers is brought to mean 0 and deviation 1.

    normalise  by the training files' means and deviations (corpus), by those of each file alone (file), or
               not at all (none)
    cache      a folder where frames are kept by the content of their file; empty: they are not kept
    """

    kind: ClassVar[str]

    def __init__(
        self, *, normalise: Literal["corpus", "file", "none"] = "corpus", cache: str = "", **reading: Any
    ) -> None:
        self.normalise = normalise
        self.cache = cache
        self.reading = reading
        self.mean: Frames = np.zeros(0, np.float32)
        self.deviation: Frames = np.ones(0, np.float32)
        self.like = ""
        self.remarks: dict[str, list[str]] = {}

    # -- what a member says ----------------------------------------------------------------------------

    def read(self, path: Path) -> Frames:
        """(S, F) frames of a file. Raises InputError, naming the file, where there are none to be had."""
        raise TypeError(f"{type(self).__name__} does not say how it reads")

    def labels(self, line: str, count: int) -> list[str]:
        """What a person calls the first slots of a source, each without a space and unlike the others."""
        return [str(slot) for slot in range(count)]

    # -- what it has learned ---------------------------------------------------------------------------

    def learn(self, lines: Sequence[str]) -> None:
        """Width, means and deviations, from the training lines."""
        numbers = [n for n, line in enumerate(lines) if line.strip()]
        some = np.linspace(0, len(numbers) - 1, min(len(numbers), ENOUGH)).astype(int)
        numbers = [numbers[at] for at in some]
        count, total, squares = 0, np.zeros(0), np.zeros(0)
        for n in numbers:
            frames = self.row(lines[n], n).astype(np.float64)
            if count == 0:
                total, squares = np.zeros((2, frames.shape[1]))
            count += len(frames)
            total = total + frames.sum(0)
            squares = squares + (frames**2).sum(0)
        if self.normalise != "corpus":
            return
        mean = total / max(count, 1)
        deviation = np.sqrt(np.maximum(squares / max(count, 1) - mean**2, 0))
        self.mean = mean.astype(np.float32)
        self.deviation = steady(deviation)

    def save(self, path: str | Path) -> None:
        """What was learned, as JSON."""
        plain = {
            "format": FORMAT,
            "kind": self.kind,
            "like": self.like,
            "mean": self.mean.tolist(),
            "deviation": self.deviation.tolist(),
        }
        atomic.write(Path(path), json.dumps(plain).encode())

    def restore(self, path: str | Path) -> None:
        """What `save` wrote. Raises DamagedError where it is missing or altered."""
        try:
            plain = json.loads(Path(path).read_text("utf-8"))
            mean, deviation = (np.asarray(plain[name], np.float32) for name in ("mean", "deviation"))
            if plain["format"] > FORMAT:
                raise DamagedError(
                    f"it has format {plain['format']}; this version reads up to {FORMAT}",
                    file=path,
                    advice="Upgrade Entarté.",
                )
            right = plain["kind"] == self.kind and mean.ndim == 1 and mean.shape == deviation.shape
            self.like = str(plain["like"])
        except FileNotFoundError:
            raise DamagedError("the file of the source's means is missing", file=path) from None
        except OSError as fault:
            raise SetupError(f"cannot be read: {fault.strerror}", file=path) from None
        except (ValueError, KeyError, TypeError) as fault:
            raise DamagedError(f"these are no means of a source: {fault}", file=path) from None
        if not right:
            raise DamagedError(f"these are no means of a source of kind '{self.kind}'", file=path)
        self.mean, self.deviation = mean, deviation

    # -- a Cut -----------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """F, numbers of a frame."""
        return len(self.mean)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the files that were read."""
        return tuple(
            f"{remark} ({len(files):,} files, first {files[0]})"
            if len(files) > 1
            else f"{files[0]}: {remark}"
            for remark, files in self.remarks.items()
        )

    def some(self) -> tuple[str, ...]:
        """How files are read, as a sample of what it knows."""
        return tuple(
            f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
            for name, value in self.reading.items()
            if value != ""
        )

    def note(self, remark: str, path: Path) -> None:
        """A remark that holds for a file; each file counts once."""
        files = self.remarks.setdefault(remark, [])
        if str(path) not in files[-ENOUGH:]:
            files.append(str(path))

    def rows(self, lines: Sequence[str]) -> list[Frames]:
        """The frames of each line, normalised. A blank line has none. Raises RowError."""
        return [(self.row(line, n) - self.mean) / self.deviation for n, line in enumerate(lines)]

    def row(self, line: str, number: int = 0) -> Frames:
        """The frames of one line, each file normalised by itself where that is wanted."""
        if not line.strip():
            return np.zeros((0, len(self)), np.float32)
        try:
            frames = self.frames(Path(line))
            width = len(self) or frames.shape[1]
            if frames.shape[1] != width:
                raise InputError(
                    f"has {frames.shape[1]} numbers in a frame, and {self.like} has {width}",
                    file=line,
                    advice="All files of a source must be of one width.",
                )
        except InputError as error:
            raise RowError(error, number) from None
        if not len(self):
            self.mean, self.deviation = np.zeros(width, np.float32), np.ones(width, np.float32)
            self.like = line
        if self.normalise == "file":
            frames = (frames - frames.mean(0)) / steady(frames.std(0))
        return frames

    def frames(self, path: Path) -> Frames:
        """As `read`, or from the cache."""
        if not self.cache:
            return self.read(path)
        with suppress(OSError):  # a file that cannot be read is told of by `read`
            content = path.read_bytes()
            name = hashlib.sha256(json.dumps([FORMAT, self.kind, self.reading]).encode() + b"\0" + content)
            kept = Path(self.cache) / f"{name.hexdigest()}.npy"
            with suppress(OSError, ValueError):  # not there yet, or cut short: it is computed
                found: Frames = np.load(kept, allow_pickle=False)
                return found
            frames = self.read(path)
            atomic.make_folder(kept.parent)
            beside = kept.with_name(f".{kept.name}.{os.getpid()}.npy")
            with atomic.writing(kept):
                np.save(beside, frames, allow_pickle=False)
                beside.replace(kept)
            return frames
        return self.read(path)

    def texts_many(self, lines: Sequence[str]) -> list[list[str]]:
        """There is no text in a frame. Raises InputError."""
        raise InputError(
            f"a source of kind '{self.kind}' has no words to copy",
            setting="readout.kind",
            advice="Use readout.kind='attentional'.",
        )

    def without(self, line: str, characters: slice, slots: range) -> tuple[str, range]:
        """A line whose source lacks some slots: the line as it is, and the slots to be blotted out."""
        return line, slots

    def shown(self, line: str, count: int, reduction: int) -> tuple[str, list[Piece]]:
        """A text of labels, and a piece for each slot that `reduction` slots of the first `count` make."""
        labels = self.labels(line, count)[::reduction]
        pieces, at = [], 0
        for label in labels:
            pieces.append(Piece(label, at, at + len(label), 0))
            at += len(label) + 1
        return " ".join(labels), pieces


def steady(deviation: NDArray[Any]) -> Frames:
    """Deviations that can be divided by."""
    return np.where(deviation < LEAST, 1.0, deviation).astype(np.float32)
