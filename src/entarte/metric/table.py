"""A table of results, as Markdown to read and JSON to compute with."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from entarte.metric.base import number

Cell: TypeAlias = str | float | None

MARKS = str.maketrans(
    {"\\": "\\\\", "|": "\\|", "`": "\\`", "*": "\\*", "_": "\\_", "[": "\\[", "]": "\\]"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "\\~", "\n": " ", "\r": " ", "\t": " "}
)

WIDEST = 120


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

    def to_text(self) -> str:
        """For a terminal: columns side by side, or, where that is too wide, a block for each row.

        >>> print(Table("", ("system", "BLEU"), (("a", 12.345), ("longer", 2.0))).to_text())
        system   BLEU
        a       12.35
        longer   2.00
        """
        body = [[visible(self.text(cell)) for cell in row] for row in self.rows]
        head = [visible(column) for column in self.columns]
        widths = [max(map(width, cells)) for cells in zip(head, *body)]
        right = [self.numeric(at) for at in range(len(head))]
        if sum(widths) + 2 * len(widths) - 2 > WIDEST:
            longest = max(map(width, head))
            blocks = [[f"{pad(name, longest)}  {cell}" for name, cell in zip(head, row)] for row in body]
            return "\n\n".join("\n".join(block) for block in blocks)
        lines = []
        for row in [head, *body]:
            cells = [pad(cell, widths[at], right[at]) for at, cell in enumerate(row)]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def numeric(self, column: int) -> bool:
        """Whether a column holds numbers (and gaps) only, and at least one number."""
        cells: Sequence[Cell] = [row[column] for row in self.rows if row[column] is not None]
        return bool(cells) and not any(isinstance(cell, str) for cell in cells)

    def to_json(self) -> dict[str, Any]:
        """All digits; what has no number is null."""
        rows = [[number(cell) if isinstance(cell, float) else cell for cell in row] for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows}


def visible(text: str) -> str:
    """Text that cannot command a terminal: control characters, line and paragraph ends become "�"."""
    kinds = ("Cc", "Zl", "Zp")
    return "".join("�" if unicodedata.category(letter) in kinds else letter for letter in text)


def width(text: str) -> int:
    """Columns that the text takes in a terminal.

    >>> width("né"), width("日本")
    (2, 4)
    """
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def pad(text: str, columns: int, right: bool = False) -> str:
    """Blanks up to that many columns, after the text or (right) before it."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks
