"""A table of results, as Markdown to read and JSON to compute with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from entarte.metric.base import number

Cell: TypeAlias = str | float | None

MARKS = str.maketrans(
    {"\\": "\\\\", "|": "\\|", "`": "\\`", "*": "\\*", "_": "\\_", "[": "\\[", "]": "\\]"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "\\~", "\n": " ", "\r": " ", "\t": " "}
)


@dataclass(frozen=True)
class Table:
    """Rows of cells under named columns. A number is shown with `digits` decimals, None or NaN as "–".

    Whole numbers given as int are shown without decimals.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    digits: int = 2

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table '{self.title}': {len(row)} cells under {len(self.columns)} columns")

    def text(self, cell: Cell) -> str:
        """A cell as a person reads it."""
        if cell is None or (isinstance(cell, float) and math.isnan(cell)):
            return "–"
        if isinstance(cell, str):
            return cell
        return str(cell) if isinstance(cell, int) else f"{cell:.{self.digits}f}"

    def to_markdown(self) -> str:
        """Pipes and dashes; columns of numbers to the right; text is escaped, so that none is markup.

        >>> print(Table("", ("system", "BLEU"), (("a|b", 12.345), ("c", None))).to_markdown())
        | system | BLEU |
        |:--|--:|
        | a\\|b | 12.35 |
        | c | – |
        """
        head = [column.translate(MARKS) for column in self.columns]
        rule = ["--:" if self.numeric(at) else ":--" for at in range(len(self.columns))]
        body = [[self.text(cell).translate(MARKS) for cell in row] for row in self.rows]
        lines = [f"| {' | '.join(head)} |", f"|{'|'.join(rule)}|"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in body])

    def numeric(self, column: int) -> bool:
        """Whether a column holds numbers (and gaps) only, and at least one number."""
        cells: Sequence[Cell] = [row[column] for row in self.rows if row[column] is not None]
        return bool(cells) and not any(isinstance(cell, str) for cell in cells)

    def to_json(self) -> dict[str, Any]:
        """All digits; what has no number is null."""
        rows = [[number(cell) if isinstance(cell, float) else cell for cell in row] for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows}
