"""What can go wrong, as a person meets it.

    EntarteError            exit code 1, never raised itself
    ├── InputError          2   what the user gave: a file, a line, a setting, an argument
    ├── SetupError          3   the surroundings: disk, memory, a missing package, permissions
    └── DamagedError        4   a file of ours that is missing, cut short or altered

Every message says where (file, line, setting), what was found, and what to do about it. The command
line prints the message and leaves with the exit code; it never prints a traceback for these.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class EntarteError(Exception):
    """A fault that a person can understand and mend.

    The text reads ``file:line: [setting] message. Advice``; each part is left out where unknown.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        setting: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.message = message
        self.file = None if file is None else str(file)
        self.line = line
        self.setting = setting
        self.advice = advice
        super().__init__(str(self))

    def __str__(self) -> str:
        where = ""
        if self.file is not None:
            where = f"{self.file}:{self.line}: " if self.line is not None else f"{self.file}: "
        if self.setting is not None:
            where += f"{self.setting}: "
        text = where + self.message
        if self.advice:
            text = text.rstrip(".") + ". " + self.advice
        return text


class InputError(EntarteError):
    """What the user gave cannot be used as it is."""

    exit_code = 2


class SetupError(EntarteError):
    """The surroundings do not allow it: a full disk, a missing package, no permission."""

    exit_code = 3


class DamagedError(EntarteError):
    """A file that Entarté wrote is missing, cut short, altered, or of a newer version."""

    exit_code = 4


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Advice for a mistyped name: the nearest known names, or all of them.

    >>> did_you_mean("genral", ["dot", "general"])
    "Did you mean 'general'?"
    >>> did_you_mean("x", ["dot", "general"])
    'Known: dot, general.'
    """
    names = list(known)
    near = difflib.get_close_matches(word, names, n=2, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
    return "Known: " + ", ".join(names) + "."
