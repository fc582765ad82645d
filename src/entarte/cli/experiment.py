"""`entarte experiment`: the classic experiments, each as one command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from entarte.experiment import Experiment

app = typer.Typer(
    help="The classic experiments, on your own pairs or on the embedded corpus.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Overrides = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="section.key=value",
        help="Settings of all members; with data.train, data.valid and data.test, your own pairs.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The folder; else runs/ and the experiment's name.")
]
Seeds = Annotated[int, typer.Option(min=1, help="Each member is trained with seeds 1 to this.")]
Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=0, help="Members at a time, a processor each; 0: as many as there are."),
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Of each training; short for train.epochs.")]
Width = Annotated[
    int | None, typer.Option(min=2, help="Of encoder and decoder; short for encoder.width and decoder.width.")
]
Pairs = Annotated[int | None, typer.Option(min=1, help="Embedded corpus: training pairs.")]
Test = Annotated[int | None, typer.Option(min=1, help="Embedded corpus: test pairs.")]
Words = Annotated[int | None, typer.Option(min=3, help="Embedded corpus: words of the longest source.")]
To = Annotated[str | None, typer.Option(help="Embedded corpus: the language, fr, de or es.")]


@app.callback()
def options() -> None:
    """The classic experiments. The same command again goes on with one that was interrupted."""


@app.command()
def bottleneck(
    overrides: Overrides = None,
    out: Out = None,
    longest: Annotated[int, typer.Option(min=4, help="Words of the longest source in training.")] = 16,
    long: Annotated[
        int, typer.Option(min=1, help="Own pairs: so many longer ones of data.train are tested too.")
    ] = 500,
    attention: Annotated[str, typer.Option(help="Held against the fixed vector.")] = "general",
    seeds: Seeds = 1,
    jobs: Jobs = 0,
    epochs: Epochs = None,
    width: Width = None,
    pairs: Pairs = None,
    test: Test = None,
    to: To = None,
) -> None:
    """Fixed vector, reversed source, mean, attention: quality by source length.

    Also for sentences longer than any in training.
    """
    from entarte.experiment.bottleneck import Bottleneck

    experiment = Bottleneck(seeds=seeds, longest=longest, long=long, attention=attention)
    run(experiment, out, overrides, jobs, epochs, width, {"pairs": pairs, "test": test}, to)


@app.command()
def ladder(
    overrides: Overrides = None,
    out: Out = None,
    dropout: Annotated[float, typer.Option(help="Its rate, from the third row on.")] = 0.2,
    layers: Annotated[int, typer.Option(min=1, help="Of encoder and decoder.")] = 1,
    seeds: Seeds = 2,
    jobs: Jobs = 0,
    epochs: Epochs = None,
    width: Width = None,
    pairs: Pairs = None,
    test: Test = None,
    words: Words = None,
    to: To = None,
) -> None:
    """Luong's ablation, row by row, beside the published gains.

    Words outside the vocabulary (text.size) are unknown: that is what the last rows are about.
    """
    from entarte.experiment.ladder import Ladder

    given = {"pairs": pairs, "test": test, "longest": words, "beyond": words}
    run(Ladder(seeds=seeds, dropout=dropout, layers=layers), out, overrides, jobs, epochs, width, given, to)


@app.command()
def shootout(
    overrides: Overrides = None,
    out: Out = None,
    attentions: Annotated[
        str | None, typer.Option(help="Their names, separated by commas; else all.")
    ] = None,
    queries: Annotated[
        str, typer.Option(help="current, previous, or both with a comma.")
    ] = "current,previous",
    seeds: Seeds = 1,
    jobs: Jobs = 0,
    epochs: Epochs = None,
    width: Width = None,
    pairs: Pairs = None,
    test: Test = None,
    words: Words = None,
    to: To = None,
) -> None:
    """Every attention, asked by the current and by the previous state.

    BLEU, perplexity, AER, entropy of the weights, speed, size.
    """
    from entarte.experiment.shootout import Shootout

    def names(text: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in text.split(",") if name.strip())

    chosen = {} if attentions is None else {"attentions": names(attentions)}
    given = {"pairs": pairs, "test": test, "longest": words, "beyond": words}
    experiment = Shootout(seeds=seeds, queries=names(queries), **chosen)
    run(experiment, out, overrides, jobs, epochs, width, given, to)


def run(
    experiment: Experiment,
    out: Path | None,
    overrides: Sequence[str] | None,
    jobs: int,
    epochs: int | None,
    width: int | None,
    sizes: dict[str, int | None],
    to: str | None,
) -> None:
    """Make the experiment, print its tables, say where the rest is."""
    import os
    from dataclasses import replace

    from entarte.cli.crew_screen import CrewScreen
    from entarte.errors import InputError
    from entarte.experiment.conduct import conduct
    from entarte.trainer import Stopped

    words = [*(overrides or ())]
    if epochs is not None:
        words.insert(0, f"train.epochs={epochs}")
    if width is not None:
        words[:0] = [f"encoder.width={width}", f"decoder.width={width}"]
    given = {key: value for key, value in sizes.items() if value is not None}
    if (given or to) and any(word.partition("=")[0].strip() == "data.train" for word in words):
        raise InputError(
            "belongs to the embedded corpus, and data.train names your own pairs",
            setting="--to" if to else f"--{next(iter(given)).replace('longest', 'words')}",
            advice="Leave it out.",
        )
    folder = out or Path("runs") / experiment.name
    screen = CrewScreen()
    try:
        with screen:
            findings, notes = conduct(
                experiment,
                folder,
                words,
                screen,
                sizes=replace(experiment.sizes, **cast(dict[str, Any], given)),
                to=to or "fr",
                jobs=jobs or len(os.sched_getaffinity(0)),
            )
    except Stopped:
        screen.say("Stopped; what was done is kept. The same command goes on.")
        raise typer.Exit(130) from None
    for note in notes:
        screen.say(note, "yellow")
    for table in findings.tables:
        typer.echo(f"{table.title}\n\n{table.to_text()}\n")
    typer.echo("\n".join(findings.notes))
    screen.say(f"Tables, pictures and models are in {folder}: report.md, report.json, members/.")
