"""A trained model as the commands open it, and their common arguments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.generate import Translator

Model = Annotated[Path, typer.Argument(help="A model's folder.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="generate.key=value", help="Decode otherwise, as generate.beam=8."),
]


def load(folder: Path, overrides: Sequence[str] | None) -> Translator:
    """The model of a folder, to be decoded with its own settings or with others of [generate].

    Raises InputError for a setting of another section: those were fixed when it was trained.
    """
    from entarte import generate
    from entarte.settings import dump, loads

    for word in overrides or ():
        section = word.partition("=")[0].partition(".")[0]
        if section != "generate":
            raise InputError(
                f"'{word}' cannot be changed in a trained model", advice="Only settings of [generate] can."
            )
    translator = generate.load(folder)
    if overrides:
        translator.settings = loads(dump(translator.settings), overrides)
    return translator
