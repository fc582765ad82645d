"""Options of commands that draw by chance, laid over a model's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.generate import Translator

Chance = Annotated[int | None, typer.Option("--seed", min=0, help="The same seed draws the same.")]
Temperature = Annotated[
    float | None, typer.Option("--temperature", "-t", help="Below 1: more of the probable.")
]
TopK = Annotated[int | None, typer.Option("--top-k", help="Draw from so many most probable pieces; 0: all.")]
TopP = Annotated[
    float | None, typer.Option("--top-p", help="Draw from the fewest pieces that have this share; 1: all.")
]


def given(translator: Translator, **options: float | None) -> dict[str, Any]:
    """The options that were given. Raises InputError for one where the model's search draws nothing."""
    said = {name: value for name, value in options.items() if value is not None}
    kind = translator.settings.search.kind
    if said and kind != "sample":
        raise InputError(
            f"the search '{kind}' draws nothing",
            setting=f"--{next(iter(said)).replace('_', '-')}",
            advice="Leave it out, or set generate.kind=sample.",
        )
    return said
