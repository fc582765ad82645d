"""Running text, without pairs: every line a text, or one stream of lines cut into windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entarte.errors import InputError
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.notes import Notes

BREAK = "↵"
"""How a line end inside a text is written: a sign of its own, since a text that a model reads is one line."""


def text(
    paths: Sequence[str],
    source: str,
    target: str,
    notes: Notes,
    *,
    window: int = 0,
    glued: bool = False,
) -> Iterator[Example]:
    """Texts without sources, from one file.

    window  0: each line is a text, and empty lines are left out. Else the file is one stream, and windows of
            about so many characters are cut from it, at line ends where one is near (in the last quarter),
            else at spaces, else anywhere. A line end is written ↵. All windows but the last are open: a model
            is not taught that a text ends where a window does
    glued   ↵ stands without spaces around it: for a model of characters, to which they would be characters

    Raises InputError for more than one file, for names of columns, and for a window that is too small.
    """
    for setting, name in (("data.source", source), ("data.target", target)):
        if name:
            raise InputError(
                f"'{name}' names a column, and running text has none",
                setting=setting,
                advice="Leave it empty.",
            )
    if len(paths) != 1:
        raise InputError(f"running text is one file, not {len(paths)}", setting="data.format")
    if window and window < LEAST:
        raise InputError(
            f"a window of {window} characters shows a model next to nothing",
            setting="data.window",
            advice=f"Use {LEAST} or more; 0 makes each line a text of its own.",
        )
    path = paths[0]
    lines = enumerate(read_lines(path, notes), start=1)
    if not window:
        for number, line in lines:
            if line.strip():
                yield Example("", line, file=path, number=number, alone=True)
            else:
                notes.add(path, "an empty line, left out", number)
        return
    last: Example | None = None
    blank = True
    for number, part in _windows(_marked(lines, path, notes, glued), window):
        blank = blank and not part.strip(f" {BREAK}")
        if last is not None:
            yield last
        last = Example("", part, file=path, number=number, alone=True, open=True)
    if last is not None:
        if blank:
            raise InputError("all lines are empty", file=path)
        yield Example("", last.target, file=path, number=last.number, alone=True)


LEAST = 8


def written(text: str) -> str:
    """A text as a person reads it, with real line ends.

    >>> written("to be ↵ or not ↵ ↵ to be↵")
    'to be\\nor not\\n\\nto be\\n'
    """
    for shown in (f" {BREAK} ", f"{BREAK} ", f" {BREAK}"):
        text = text.replace(shown, BREAK)
    return text.replace(BREAK, "\n")


def marked(text: str, *, glued: bool = False) -> str:
    """A person's text as one line: the other way round.

    >>> marked("to be\\nor not"), marked("to be\\nor not", glued=True)
    ('to be ↵ or not', 'to be↵or not')
    """
    return text.replace("\n", BREAK if glued else f" {BREAK} ")


def _marked(
    lines: Iterator[tuple[int, str]], path: str, notes: Notes, glued: bool
) -> Iterator[tuple[int, str]]:
    """Each line with its end."""
    for number, line in lines:
        if BREAK in line:
            notes.add(path, f"the sign {BREAK}, which is read as a line end", number)
        yield number, marked(line.strip(" ") + "\n", glued=glued).lstrip(" ")


def _windows(lines: Iterator[tuple[int, str]], size: int) -> Iterator[tuple[int, str]]:
    """The stream in windows, each with the number of its first line."""
    begun, held = 0, ""
    for number, line in lines:
        if held and len(held) + len(line) > size and len(held) >= 3 * size // 4:
            yield begun, held
            held = ""
        begun = begun if held else number
        held += line
        while len(held) > size:
            cut = held.rfind(" ", size // 2, size) + 1 or size
            yield begun, held[:cut]
            begun, held = number, held[cut:]
    if held.strip():
        yield begun, held
