"""`entarte sample`: texts of a language model, and where it looked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.drawn import Chance, Temperature, TopK, TopP, given
from entarte.cli.opened import Model, Overrides
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.generate import Output


def sample(
    model: Model,
    prompt: Annotated[str, typer.Argument(help="How every text begins; \\n is a line end.")] = "",
    count: Annotated[int, typer.Option("--count", "-c", min=1, help="How many texts.")] = 1,
    length: Annotated[
        int,
        typer.Option("--length", "-l", min=0, help="Pieces of a text behind the prompt; 0: its settings."),
    ] = 0,
    seed: Chance = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    top_p: TopP = None,
    look: Annotated[
        bool, typer.Option("--look", help="Show where it looked back, of the first text.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", "-p", help="Write that as a picture: .png, .svg, .pdf, .html, .json."),
    ] = None,
    words: Annotated[bool, typer.Option("--words", "-w", help="Join pieces to words there.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write a JSON object a text: text, pieces, log-probabilities.")
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Write texts with a language model.

    Drawn piece by piece unless the model's settings or -s generate.kind=… say otherwise.
    """
    from entarte.cli.opened import load
    from entarte.plot import ENDINGS, ending
    from entarte.sampling import sample as sampled

    if plot is not None:
        ending(plot, ENDINGS)
    translator = load(model, overrides)
    if (look or plot) and not translator.model.decoder.looks_back:
        raise InputError(
            f"'{translator.name}' does not look back, so there is nothing to show",
            setting="--look" if look else "--plot",
            advice="Train one that does: entarte train lm-attention",
        )
    if words and not (look or plot):
        raise InputError("it is only read together with --look or --plot", setting="--words")
    options = given(translator, seed=seed, temperature=temperature, top_k=top_k, top_p=top_p)
    prompt = prompt.replace("\\n", "\n")
    for number, each in enumerate(
        sampled(translator, prompt, count=count, length=length, **options), start=1
    ):
        show(each, number, count, as_json)
        if number == 1:
            picture(each, look, plot, words)


def show(output: Output, number: int, count: int, as_json: bool) -> None:
    """One text."""
    from entarte.reader.text import written

    if as_json:
        plain: dict[str, Any] = output.to_dict()
        del plain["source"], plain["links"]
        typer.echo(json.dumps(plain | {"text": written(output.text)}, ensure_ascii=False))
        return
    if count > 1:
        typer.echo(
            f"{'' if number == 1 else chr(10)}── {number} of {count}, log-probability {output.log_prob:.1f}"
        )
    typer.echo(written(output.text))


def picture(output: Output, look: bool, plot: Path | None, words: bool) -> None:
    """Where it looked back."""
    from entarte.plot import terminal

    alignment = output.alignment.words() if words else output.alignment
    if look:
        typer.echo()
        terminal.show(alignment)
    if plot is not None:
        typer.echo(f"wrote {alignment.save(plot)}", err=True)
