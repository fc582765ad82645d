"""How far a command has come, on a terminal, where nothing else is being written to it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def counted(items: Iterable[T], what: str, elsewhere: bool = True, total: int | None = None) -> Iterator[T]:
    """The items, while a line of progress on standard error counts them.

    elsewhere  whether results go elsewhere than to the terminal
    total      how many there are, where it is known
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal or not (elsewhere or not sys.stdout.isatty()):
        yield from items
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield from progress.track(items, total=total)
