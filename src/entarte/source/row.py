"""A source as a row: ids of pieces, or frames of numbers; and what turns a line into one.

A `Cut` is either a tokenizer, whose rows are ids, or a `FeatureSource`, whose lines name files that are read
as frames. Nobody behind it asks which: a row has a length and can be sliced, `batch.source` pads it, and a
front turns its slots into vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from entarte.errors import InputError
from entarte.span import Piece

if TYPE_CHECKING:
    from entarte.example import Example

Frames: TypeAlias = NDArray[np.float32]
"""(S, F): F numbers for each slot."""
Row: TypeAlias = Sequence[int] | Frames
"""One source. The end is not in it."""


class Cut(Protocol):
    """One side's lines as rows."""

    @property
    def kind(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    def some(self) -> tuple[str, ...]: ...
    def __len__(self) -> int: ...
    def rows(self, lines: Sequence[str]) -> list[Any]: ...
    def texts_many(self, lines: Sequence[str]) -> list[list[str]]: ...
    def without(self, line: str, characters: slice, slots: range) -> tuple[str, range]: ...
    def shown(self, line: str, count: int, reduction: int) -> tuple[str, list[Piece]]: ...
    def save(self, path: str | Path) -> None: ...


class RowError(InputError):
    """A line that cannot be read as a row; `row` is its number among those that were given, from 0."""

    def __init__(self, error: InputError, row: int) -> None:
        self.row = row
        super().__init__(
            error.message, file=error.file, line=error.line, setting=error.setting, advice=error.advice
        )

    def at(self, file: str | None, line: int) -> InputError:
        """The same, told of the file and line that it comes from; the file where one is known."""
        message = self.message if self.file is None else f"{self.file}: {self.message}"
        if file is None:
            message = f"line {line}: {message}"
        return InputError(message, file=file, line=line or None, setting=self.setting, advice=self.advice)


@contextmanager
def located(examples: Sequence[Example]) -> Iterator[None]:
    """What goes wrong with the source of one of these is told with the file and line that it came from."""
    try:
        yield
    except RowError as error:
        example = examples[error.row]
        raise error.at(example.file, example.number) from None
