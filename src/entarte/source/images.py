"""Pictures: a grid of cells, each with its own pixels."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal

import numpy as np

from entarte.errors import InputError, SetupError
from entarte.source.base import FeatureSource
from entarte.source.row import Frames


def pillow() -> ModuleType:
    """The package that reads pictures. Raises SetupError where it is not installed."""
    try:
        from PIL import Image
    except ImportError as error:
        raise SetupError(
            f"pictures cannot be read: {error}", advice="Install the extra: pip install 'entarte[images]'."
        ) from None
    found: ModuleType = Image
    return found


class Images(FeatureSource):
    """A source line names a picture: PNG, JPEG or another that Pillow reads.

    A picture is cut into cells, which are the slots, row by row. A slot has the pixels of its cell (red,
    green and blue from 0 to 1, point by point) and, behind them, the row and the column where the cell lies,
    from −1 to 1. Pictures of another size are resized, and that is said; what is clear is laid on white.

    grid  cells of a side
    cell  pixels of a cell's side
    """

    kind: ClassVar[str] = "images"

    def __init__(
        self,
        *,
        grid: int = 6,
        cell: int = 8,
        normalise: Literal["corpus", "file", "none"] = "corpus",
        cache: str = "",
    ) -> None:
        super().__init__(normalise=normalise, cache=cache, grid=grid, cell=cell)
        for name, value in (("grid", grid), ("cell", cell)):
            if value < 1:
                raise InputError(f"must be at least 1, not {value}", setting=f"source.{name}")
        self.grid, self.cell = grid, cell

    def read(self, path: Path) -> Frames:
        grid, cell = self.grid, self.cell
        image, side = picture(path), grid * cell
        if image.size != (side, side):
            self.note(f"{image.size[0]} × {image.size[1]} points, resized to {side} × {side}", path)
            image = image.resize((side, side), pillow().Resampling.BILINEAR)
        points = np.asarray(image, np.float32) / 255
        cells = points.reshape(grid, cell, grid, cell, 3).swapaxes(1, 2).reshape(grid * grid, -1)
        line = np.linspace(-1, 1, grid) if grid > 1 else np.zeros(1)
        places = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
        frames: Frames = np.concatenate([cells, places], 1, dtype=np.float32)
        return frames

    def labels(self, line: str, count: int) -> list[str]:
        return [f"{slot // self.grid},{slot % self.grid}" for slot in range(count)]


def picture(path: Path) -> Any:
    """A picture as Pillow holds it, in red, green and blue; what is clear is laid on white.

    Raises InputError, naming the file, for what is no picture.
    """
    library = pillow()
    if not path.is_file():
        raise InputError("there is no such file", file=path)
    try:
        with library.open(path) as opened:
            opened.load()
            image = opened.convert("RGBA")
    except library.DecompressionBombError as fault:
        raise InputError(f"is too large a picture: {fault}", file=path) from None
    except (SyntaxError, ValueError, EOFError) as fault:
        raise InputError(f"is no picture that can be read: {fault}", file=path) from None
    except OSError as fault:
        if fault.errno is not None:
            raise SetupError(f"cannot be read: {fault.strerror}", file=path) from None
        what = str(fault).partition(" '")[0]  # Pillow's own words, without the path
        raise InputError(f"is no picture that can be read: {what}", file=path) from None
    white = library.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")
