"""Features that were computed elsewhere: .npy and .npz files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from entarte.errors import InputError, SetupError
from entarte.source.base import FeatureSource
from entarte.source.row import Frames


class Arrays(FeatureSource):
    """A source line names a .npy or .npz file: (S, F) frames in order, or an (H, W, F) grid, read row by row.

    key    array of a .npz file; empty: the only one
    step   seconds from one frame to the next, for labels; 0: frames are numbered
    """

    kind: ClassVar[str] = "arrays"

    def __init__(
        self,
        *,
        key: str = "",
        step: float = 0.0,
        normalise: Literal["corpus", "file", "none"] = "corpus",
        cache: str = "",
    ) -> None:
        super().__init__(normalise=normalise, cache=cache, key=key)
        self.key = key
        self.step = step

    def read(self, path: Path) -> Frames:
        array = self.array(path)
        if array.ndim not in (2, 3) or not array.size:
            raise InputError(
                f"its array has the shape {array.shape}",
                file=path,
                advice="It must be (frames, numbers), or (rows, columns, numbers) for a grid, and not empty.",
            )
        if array.dtype.kind not in "fiub":
            raise InputError(f"its array holds no numbers but {array.dtype}", file=path)
        frames: Frames = array.reshape(-1, array.shape[-1]).astype(np.float32)
        if not np.isfinite(frames).all():
            slot = int(np.argwhere(~np.isfinite(frames))[0, 0])
            raise InputError(f"frame {slot} holds a number that is not finite", file=path)
        return frames

    def array(self, path: Path) -> NDArray[Any]:
        """The array of a file, of any shape."""
        try:
            found = np.load(path, allow_pickle=False)
            if isinstance(found, np.ndarray):
                return found
            with found:
                names = list(found)
                if self.key not in names and (self.key or len(names) != 1):
                    raise InputError(
                        f"has no array '{self.key}'" if self.key else f"holds {len(names)} arrays",
                        file=path,
                        setting="source.key",
                        advice=f"It has {', '.join(names)}." if names else None,
                    )
                array: NDArray[Any] = found[self.key or names[0]]
                return array
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise InputError("there is no such file", file=path) from None
        except (ValueError, EOFError, zipfile.BadZipFile, KeyError) as fault:
            raise InputError(f"is no array of numbers that NumPy can read: {fault}", file=path) from None
        except OSError as fault:
            raise SetupError(f"cannot be read: {fault.strerror or fault}", file=path) from None

    def labels(self, line: str, count: int) -> list[str]:
        if self.step:
            return [f"{slot * self.step:.2f}s" for slot in range(count)]
        shape = self.array(Path(line)).shape if count else ()
        if len(shape) == 3:
            return [f"{slot // shape[1]},{slot % shape[1]}" for slot in range(count)]
        return super().labels(line, count)
