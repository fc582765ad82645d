"""Files that a command writes: whole or not at all, and never one of those that it reads."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from entarte.errors import InputError


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is written beside its place and there when all is done; a pipe or device as it is.

    Raises SetupError where it cannot be written.
    """
    from entarte import atomic

    regular = not path.exists() or path.is_file()
    beside = path.with_name(path.name + ".part") if regular else path
    with atomic.writing(path):
        try:
            with beside.open("wb") as file:
                yield file
            if regular:
                beside.replace(path)
        except BaseException:
            if regular:
                beside.unlink(missing_ok=True)
            raise


def apart(file: str, output: Path | None, beside: Path | None, **others: Path | None) -> None:
    """InputError where two of input, output, alignments and other named files are one file."""
    sides: Mapping[str, str | Path | int | None] = {
        "the input": file if file != "-" else 0,
        "--output": output or 1,
        "--alignments": beside,
        **{f"--{name}": path for name, path in others.items()},
    }
    seen: dict[object, str] = {}
    for name, place in sides.items():
        if place is None:
            continue
        for key in keys(place):
            if seen.setdefault(key, name) != name:
                raise InputError(
                    f"{seen[key]} and {name} are the same file",
                    file=place if isinstance(place, str | Path) else file,
                    advice="Name another file.",
                )


def keys(place: str | Path | int) -> list[object]:
    """What tells a file from others: its resolved name, and its place on the disk where it exists."""
    named: list[object] = [] if isinstance(place, int) else [str(Path(place).resolve())]
    try:
        facts = os.stat(place)
    except OSError:
        return named
    if stat.S_ISREG(facts.st_mode):
        named.append((facts.st_dev, facts.st_ino))
    return named
