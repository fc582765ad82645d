"""A trained model, or several as an ensemble, as the commands open it; and their common arguments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.generate import Translator

Model = Annotated[Path, typer.Argument(help="A model's folder.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="generate.key=value", help="Decode otherwise, as generate.beam=8."),
]
Members = Annotated[
    list[Path] | None,
    typer.Option(
        "--ensemble", "-e", metavar="MODEL", help="Decode together with this model; may be given again."
    ),
]
Mean = Annotated[
    str, typer.Option("--mean", help="Of an ensemble's probabilities (default) or log-probabilities.")
]
Pairs = Annotated[
    list[Path], typer.Argument(help="Two files of lines, source first; or one of TSV or JSONL.")
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here; else to standard output.")
]
GoldBase = Annotated[
    int | None, typer.Option(min=0, max=1, help="What the gold calls the first word (else 0).")
]
TransposeGold = Annotated[bool, typer.Option("--transpose-gold", help="The gold has the target first.")]

OVERLONG = "longer than generate.longest, read only so far"
"""What is noted of a line."""


def load(
    folder: Path,
    overrides: Sequence[str] | None,
    members: Sequence[Path] | None = None,
    mean: str = "probabilities",
) -> Translator:
    """The model of a folder, or with `members` an ensemble, to be decoded with its own settings or with
    others of [generate].

    Raises InputError for a setting of another section: those were fixed when it was trained.
    """
    from entarte import saved, team
    from entarte.search.ensemble import MEANS
    from entarte.settings import dump, loads

    for word in overrides or ():
        section = word.partition("=")[0].partition(".")[0]
        if section != "generate":
            raise InputError(
                f"'{word}' cannot be changed in a trained model", advice="Only settings of [generate] can."
            )
    if mean not in MEANS:
        raise InputError(f"there is no mean of '{mean}'", setting="--mean", advice=did_you_mean(mean, MEANS))
    if mean != MEANS[0] and not members:
        raise InputError("it is only read together with --ensemble", setting="--mean")
    translator = saved.load(folder)
    if members:
        translator = team.ensemble([translator, *members], mean=mean)  # type: ignore[arg-type]
    if overrides:
        translator.settings = loads(dump(translator.settings), overrides)
        translator.to(translator.settings.generate.device)
    return translator


def with_source(translator: Translator) -> None:
    """InputError for a language model, which reads nothing."""
    if not translator.model.encoder.reads:
        raise InputError(
            f"'{translator.name}' is a language model: it reads no source",
            advice=f"Try: entarte sample {translator.folder or translator.name}",
        )
