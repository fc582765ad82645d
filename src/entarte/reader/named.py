"""Sources that name files: a path is taken from the folder of the file that lists it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from entarte.errors import InputError
from entarte.example import Example


def named(examples: Iterator[Example]) -> Iterator[Example]:
    """The same with paths from the working directory; a blank source stays as it is.

    Raises InputError, with file and line, for a path where there is no file.
    """
    for example in examples:
        if not example.source.strip():
            yield example
            continue
        path = Path(example.file or "").parent / example.source
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "is named, and there is no such file"
            raise InputError(
                f"{path} {what}",
                file=example.file,
                line=example.number or None,
                advice="A path is taken from the folder of the file that lists it.",
            )
        yield replace(example, source=str(path))
