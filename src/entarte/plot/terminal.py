"""The heat map in a terminal of any width, with or without colour, down to plain ASCII.

A weight is shown by how much of its cell is inked, so it can be read on dark and light screens, without
colour and on paper; where there is colour it strengthens that. Column labels lie flat where they fit,
else stand upright; where that cannot be (right-to-left scripts) they are numbers with a list below. What
is wider than the screen goes on in another block; very long sequences are drawn with several tokens in a
cell. Columns stand in the order of the source from left to right, whatever its script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from entarte.alignment import Alignment, Token
from entarte.plot.lettering import cut, letters_of, reordered, to_ascii, wrap, writes
from entarte.plot.sides import runs

SHADES, ASCII_SHADES = " ·░▒▓█", " .:+#@"
STEPS = (0.01, 0.04, 0.15, 0.35, 0.65)  # the lightest weight of the second shade, the third …
# By shade: the hues of palette.py, in lightnesses that can be seen on black and on white.
COLORS = ("#7d8794", "#7d8794", "#6d8fc4", "#3f8fd0", "#1f9fb0", "#12a87e")
BLOCKS = 4  # rather than more blocks than this, tokens are drawn together
ROWS = 60  # lines of a picture in which tokens are drawn together
UPRIGHT = 12  # letters of an upright label
WIDEST = 14  # characters of a cell under a flat label
NARROWEST = 12  # characters of a line; the picture asks for no less


def show(alignment: Alignment, *, numbers: bool = False, console: Console | None = None) -> None:
    """Print the heat map as wide as the terminal; rich leaves colours out where they are not wanted."""
    console = console or Console(highlight=False)
    for line in lines(alignment, console.width, numbers=numbers, ascii_only=not writes(console, SHADES)):
        console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False, soft_wrap=True)


def plain(alignment: Alignment, *, width: int = 80, numbers: bool = False, ascii_only: bool = False) -> str:
    """The heat map as text without colours, no line wider than `width` (at least 12).

    >>> from entarte.span import words
    >>> source, target = "a pie", "une tarte"
    >>> one = Alignment.of(source, words(source), target, words(target), [[.9, .1], [.2, .8]])
    >>> print(plain(one, width=30, numbers=True), end="")
            a   pie
      une  ████ ░░░░
           .90  .10
    tarte  ▒▒▒▒ ████
           .20  .80
    """
    shown = lines(alignment, width, numbers=numbers, ascii_only=ascii_only)
    return "".join(line.plain.rstrip() + "\n" for line in shown)


def lines(
    alignment: Alignment, width: int, *, numbers: bool = False, ascii_only: bool = False
) -> Iterator[Text]:
    """The lines of the heat map, none wider than `width`.

    numbers     the weights too, in a line below each row, unless cells would have to be drawn together
    ascii_only  letters that are not ASCII lose their accents, or become "?"
    """
    width = max(width, NARROWEST)
    if not alignment.rows or not alignment.columns:
        yield Text("(no tokens)", style="dim")
        return
    rows, columns = (
        _side(alignment.target, alignment.rows, ascii_only),
        _side(alignment.source, alignment.columns, ascii_only),
    )
    table = alignment.weights
    sheet = _Sheet(width, min(max(map(cell_len, rows.names)), width // 3), numbers, ascii_only)
    longest = max(map(cell_len, columns.names))
    cell = 5 if numbers else 4
    if (
        longest < WIDEST
        and len(columns.names) * max(longest + 1, cell) <= sheet.room
        and not columns.numbered
    ):
        yield from sheet.block(table, rows, columns, max(longest + 1, cell), "flat")
        return
    fits = [size for size in (4, 3, 2) if size * len(columns.names) <= sheet.room]
    wide = max((cell_len(letter) for name in columns.names for letter in name), default=1)
    cell = cell if numbers else max(fits[0] if fits else 2, wide)
    each = sheet.room // cell
    blocks = -(-len(columns.names) // each)
    if blocks > BLOCKS:
        yield from sheet.together(table)
        return
    each = -(-len(columns.names) // blocks)  # blocks alike
    for start in range(0, len(columns.names), each):
        if start:
            yield Text("")
        part = columns.part(start, start + each)
        yield from sheet.block(table[:, start : start + each], rows, part, cell, "upright")
    if columns.numbered:
        yield from sheet.legend(alignment.columns, columns.names)


@dataclass(frozen=True)
class _Names:
    """The labels of one side, its words of several tokens, and the number of its first token, from 1."""

    names: list[str]
    quiet: list[bool]
    runs: list[tuple[int, int]]
    first: int = 1
    numbered: bool = False

    def part(self, start: int, end: int) -> _Names:
        inside = [(a - start, b - start) for a, b in self.runs if start <= a and b < end]
        return _Names(self.names[start:end], self.quiet[start:end], inside, self.first + start, self.numbered)


def _side(text: str, tokens: Sequence[Token], ascii_only: bool) -> _Names:
    names = [to_ascii(token.label) if ascii_only else token.label for token in tokens]
    quiet = [token.kind != "text" for token in tokens]
    return _Names(names, quiet, runs(text, tokens), numbered=any(map(reordered, names)))


class _Sheet:
    """One width and one alphabet; makes lines."""

    def __init__(self, width: int, side: int, numbers: bool, ascii_only: bool) -> None:
        self.width, self.side, self.numbers, self.ascii_only = width, side, numbers, ascii_only
        self.room = width - side - 2  # after the labels a bracket and a space
        self.shades = ASCII_SHADES if ascii_only else SHADES

    def block(
        self, table: NDArray[np.float64], rows: _Names, columns: _Names, cell: int, kind: str
    ) -> Iterator[Text]:
        """Column labels above, then a line for each row (two with numbers)."""
        empty = " " * (self.side + 2)
        for line in self.above(columns, cell, kind):
            yield Text(empty) + line
        brackets = self.brackets(rows.runs, len(rows.names))
        for t, name in enumerate(rows.names):
            label = cut(name, self.side, self.more)
            line = Text(" " * (self.side - cell_len(label)))
            line.append(label, style="dim" if rows.quiet[t] else "")
            if reordered(label):  # keep the cells where they are
                line = Text("\u200e") + line + Text("\u200e")
            line.append(brackets[t] + " ", style="dim")
            for weight in table[t]:
                line.append_text(self.ink(weight, cell))
            yield line
            if self.numbers and cell >= 4:
                yield Text(empty + "".join(_middle(_figure(weight), cell) for weight in table[t]), "dim")

    def above(self, columns: _Names, cell: int, kind: str) -> Iterator[Text]:
        """The lines of the column labels, and one of brackets where words have several tokens."""
        names = (
            [str(columns.first + i) for i in range(len(columns.names))] if columns.numbered else columns.names
        )
        if kind == "flat":
            line = Text()
            for name, quiet in zip(names, columns.quiet):
                line.append(_middle(name, cell), style="dim" if quiet else "")
            yield line
        else:
            bare = [name[1:-1] if quiet else name for name, quiet in zip(names, columns.quiet)]  # ⟨end⟩
            letters = [letters_of(name) for name in (names if columns.numbered else bare)]
            cut = [part if len(part) <= UPRIGHT else [*part[: UPRIGHT - 1], self.more] for part in letters]
            high = max(map(len, cut))
            for level in range(high):
                line = Text()
                for part, quiet in zip(cut, columns.quiet):
                    at = level - (high - len(part))
                    letter = part[at] if at >= 0 else ""
                    line.append(_middle(letter, cell), style="dim" if quiet else "")
                yield line
        if columns.runs:
            left, flat, right = "\\_/" if self.ascii_only else "└─┘"
            marks = [" "] * (cell * len(names))
            for first, last in columns.runs:
                start, end = first * cell, last * cell + _inked(cell) - 1
                marks[start : end + 1] = [left, *[flat] * (end - start - 1), right]
            yield Text("".join(marks), style="dim")

    def together(self, table: NDArray[np.float64]) -> Iterator[Text]:
        """Several tokens in a cell, which shows the heaviest of their weights."""
        counts = table.shape
        many = [-(-counts[0] // ROWS), -(-counts[1] // self.room)]
        for axis in (0, 1):
            table = np.maximum.reduceat(table, np.arange(0, counts[axis], many[axis]), axis=axis)
        text = (
            f"A cell is {many[1]} source by {many[0]} target tokens and shows the heaviest of their weights."
        )
        yield from (Text(part, style="dim") for part in wrap(text.split(" "), self.width))
        ruler = "".join(f"{1 + i * many[1]:<10}" for i in range(0, table.shape[1], 10))
        yield Text(" " * (self.side + 2) + ruler[: self.room].rstrip(), style="dim")
        for t, row in enumerate(table):
            line = Text(cut(str(1 + t * many[0]), self.side, "").rjust(self.side) + "  ", style="dim")
            for weight in row:
                line.append_text(self.ink(weight, 1))
            yield line

    def legend(self, tokens: Sequence[Token], names: Sequence[str]) -> Iterator[Text]:
        """What the numbers over the columns stand for, one to a line."""
        far = len(str(len(names)))
        for number, name in enumerate(names, 1):
            yield Text(f"{number:>{far}} \u200e{cut(name, self.width - far - 1, self.more)}\u200e")

    def ink(self, weight: float, cell: int) -> Text:
        """One cell, `cell` characters with the space behind it."""
        level = sum(weight >= step for step in STEPS)
        shade = self.shades[level]
        ink = shade if level == 1 else shade * _inked(cell)  # a trace is one dot
        return Text(_middle(ink, cell), style=COLORS[level])

    def brackets(self, runs: Sequence[tuple[int, int]], count: int) -> list[str]:
        """For each row the sign that ties it to the other tokens of its word."""
        top, middle, bottom = "\\|/" if self.ascii_only else "┐│┘"
        signs = [" "] * count
        for first, last in runs:
            signs[first : last + 1] = [top, *[middle] * (last - first - 1), bottom]
        return signs

    @property
    def more(self) -> str:
        return "~" if self.ascii_only else "…"


def _figure(weight: float) -> str:
    return "" if weight < 0.005 else "1." if weight >= 0.995 else f"{weight:.2f}"[1:]


def _inked(cell: int) -> int:
    """How many characters of a cell are inked; the last of a wide one is the space between cells."""
    return cell if cell <= 2 else cell - 1


def _middle(text: str, cell: int) -> str:
    """The text in the middle of the inked part of a cell."""
    before = max(0, _inked(cell) - cell_len(text)) // 2
    return " " * before + text + " " * (cell - before - cell_len(text))
