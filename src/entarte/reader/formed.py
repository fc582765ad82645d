"""Pairs in the form that a task gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from entarte.errors import InputError
from entarte.example import Example

Form: TypeAlias = Callable[[str, str | None], tuple[str, str | None]]
"""Source and target as a file has them → as a model reads and writes them; see `task.base.Task.pair`."""


def formed(examples: Iterator[Example], form: Form) -> Iterator[Example]:
    """The same pairs, brought into a form. Raises InputError, with file and line, where one has none."""
    for example in examples:
        try:
            source, target = form(example.source, example.target)
        except InputError as error:
            raise InputError(
                error.message, file=example.file, line=example.number or None, advice=error.advice
            ) from None
        if (source, target) == (example.source, example.target):
            yield example  # most tasks leave it as it is, and a copy takes as long as all the rest of reading
        else:
            yield replace(example, source=source, target=target)
