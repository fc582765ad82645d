"""What a reader took notice of and did not refuse: nothing in a file is passed over without a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Note:
    """A remark on a file, how many lines it holds for, and the first of them.

    >>> print(Note("a.en", "CRLF line ends, read as LF", 12, 1500))
    a.en: CRLF line ends, read as LF (1,500 lines, from line 12)
    """

    file: str
    remark: str
    first: int
    count: int = 1

    def __str__(self) -> str:
        many = f"line {self.first}" if self.count == 1 else f"{self.count:,} lines, from line {self.first}"
        return f"{self.file}: {self.remark} ({many})"


class Notes:
    """Remarks in the order in which they were first made, each once for a file.

    >>> notes = Notes()
    >>> for line in (3, 4):
    ...     notes.add("a.en", "CRLF line ends, read as LF", line)
    >>> [str(note) for note in notes]
    ['a.en: CRLF line ends, read as LF (2 lines, from line 3)']
    """

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], Note] = {}

    def add(self, file: str, remark: str, line: int) -> None:
        """``remark`` holds for this line of the file."""
        if note := self._all.get((file, remark)):
            note.count += 1
        else:
            self._all[file, remark] = Note(file, remark, line)

    def __iter__(self) -> Iterator[Note]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)
