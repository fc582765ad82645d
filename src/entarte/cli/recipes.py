"""`entarte recipes`: the shipped settings."""

from __future__ import annotations

from typing import Annotated

import typer


def recipes(
    name: Annotated[str | None, typer.Argument(help="Print this recipe, to start your own from.")] = None,
) -> None:
    """List the shipped recipes, or print one."""
    from entarte.settings.shipped import find
    from entarte.settings.shipped import recipes as shipped

    if name is not None:
        typer.echo(find(name).read_text(encoding="utf-8"), nl=False)
        return
    every = shipped()
    width = max((len(recipe.name) for recipe in every), default=0)
    for recipe in every:
        typer.echo(f"{recipe.name:{width}}  {recipe.about}")
