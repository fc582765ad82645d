"""A part of a file of lines, for work that several processes or machines share."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import BinaryIO

from entarte.errors import InputError
from entarte.reader.files import GZIP, opened


class Part(io.RawIOBase):
    """The lines that begin in the k-th of n equal stretches of a file. No line is read twice or left out, and
    all parts, one behind the other, are the file; no part needs to read another.

    path   of a file that is not compressed
    k, n   which part, from 1, of how many
    """

    def __init__(self, path: Path, k: int, n: int) -> None:
        self.name = f"{path}, part {k} of {n}"
        self.file = opened(path)
        if self.file.peek(2)[:2] == GZIP:
            self.file.close()
            raise InputError(
                "a compressed file can only be read from its start",
                file=path,
                setting="--part",
                advice="Decompress it first: gunzip -k",
            )
        size = os.fstat(self.file.fileno()).st_size
        self.end = self._line(size * k // n)
        self.file.seek(self._line(size * (k - 1) // n))

    def _line(self, place: int) -> int:
        """Where the first line begins that begins at a place or behind it."""
        if place == 0:
            return 0
        self.file.seek(place - 1)
        self.file.readline()
        return self.file.tell()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self.end - self.file.tell()
        data = self.file.read(min(len(buffer), left))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


def part(file: str, words: str) -> BinaryIO:
    """``part("big.txt", "3/8")``: the third of eight parts, as a stream that `read_lines` takes.

    Raises InputError for words that name no part, and for a file that has none.
    """
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", words.strip())
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"'{words}' names no part", setting="--part", advice="For example: --part 3/8")
    if file == "-":
        raise InputError(
            "standard input has no parts", setting="--part", advice="Name a file that all can read."
        )
    return io.BufferedReader(Part(Path(file), int(found[1]), int(found[2])))
