"""What a person types."""

from __future__ import annotations

from collections.abc import Iterator

import typer


def typed() -> Iterator[str]:
    """Lines that a person types, to the end."""
    import readline  # noqa: F401 - gives `input` a history and keys to edit with

    while True:
        try:
            yield input("> ")
        except EOFError:
            typer.echo(err=True)
            return
