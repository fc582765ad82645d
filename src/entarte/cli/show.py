"""`entarte show`: one sentence, its translation, and where the decoder looked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entarte.cli.opened import Mean, Members, Model, Overrides, load, with_source


def show(
    model: Model,
    sentence: Annotated[str, typer.Argument(help="The source.")],
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="Show the alignment with this target instead.")
    ] = None,
    words: Annotated[bool, typer.Option("--words", "-w", help="Join pieces to words.")] = False,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", help="One head alone, as 3; of a Transformer layer.head, as 2.3, or a layer, as 2."
        ),
    ] = None,
    group: Annotated[
        int, typer.Option(min=0, help="Join so many source words to one, as 3 for codons, where they fit.")
    ] = 0,
    numbers: Annotated[bool, typer.Option("--numbers", "-n", help="Write the weights below.")] = False,
    png: Annotated[Path | None, typer.Option(help="Write the picture as PNG.")] = None,
    svg: Annotated[Path | None, typer.Option(help="As SVG.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="As PDF.")] = None,
    html: Annotated[Path | None, typer.Option(help="As a page that needs nothing else.")] = None,
    json: Annotated[Path | None, typer.Option(help="The weights as JSON.")] = None,
    over: Annotated[
        Path | None,
        typer.Option(help="Lay the weights over the picture, a panel for each word: .png, .svg or .pdf."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="The picture for --over, where the source is none itself.")
    ] = None,
    members: Members = None,
    mean: Mean = "probabilities",
    overrides: Overrides = None,
) -> None:
    """Translate a sentence and show where the decoder looked."""
    from entarte.errors import InputError
    from entarte.grouping import grouped
    from entarte.plot import ENDINGS, ending, overlay, terminal, write

    if "\n" in sentence or not sentence.strip():
        raise InputError("the sentence must be one line with something in it")
    if picture is not None and over is None:
        raise InputError("it is only read together with --over", setting="--picture")
    kind = "" if over is None else ending(over, ("png", "svg", "pdf"))
    translator = load(model, overrides, members, mean)
    with_source(translator)
    if target is None:
        output = translator.translate([sentence])[0]
    else:
        output = translator.force([sentence], [target])[0]
    alignment = output.alignment if head is None else output.alignment.named(head)
    if words:
        alignment = alignment.words()
    if group:
        alignment = grouped(alignment, group)
    typer.echo(output.text)
    typer.echo(f"score {output.score:.4f}, log-probability {output.log_prob:.4f}\n")
    terminal.show(alignment, numbers=numbers)
    if chances := [f"{row.label} {row.p_gen:.2f}" for row in alignment.rows if row.p_gen is not None]:
        typer.echo("\nGenerated, not copied (p_gen):  " + "   ".join(chances))
    if over is not None:
        typer.echo(f"wrote {write(over, overlay.draw(alignment, picture or sentence, kind))}")
    files = {"png": png, "svg": svg, "pdf": pdf, "html": html, "json": json}
    for kind, path in files.items():
        if path is not None:
            typer.echo(f"wrote {write(path, ENDINGS[kind](alignment, kind))}")
