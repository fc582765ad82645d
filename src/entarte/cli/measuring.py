"""What `score`, `compare` and `aer` share: their options, files that belong together, the three forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.metric.report import Report
    from entarte.metric.table import Table

Outputs = Annotated[
    list[Path],
    typer.Argument(help="Files of outputs, one a line (- is standard input), or folders of models."),
]
Reference = Annotated[
    list[Path], typer.Option("--reference", "-r", help="What should have come out; may be given again.")
]
Readings = Annotated[
    bool, typer.Option("--readings", help="A reference line may hold several, separated by TABs.")
]
Metrics = Annotated[str, typer.Option(help="Their names, separated by commas.")]
Source = Annotated[Path | None, typer.Option("--source", "-s", help="The sources, line by line.")]
Tokenize = Annotated[str | None, typer.Option(help="BLEU's tokenizer: 13a, intl, char, zh, none …")]
Lowercase = Annotated[bool, typer.Option("--lowercase", help="Ignore case, in metrics that can.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the resampling.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", "-p", help="Also draw it, as .png, .svg or .pdf by its ending.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]


def form(as_json: bool, as_markdown: bool) -> None:
    """One form at a time."""
    if as_json and as_markdown:
        raise InputError("--json and --markdown exclude each other")


def drawable(plot: Path | None) -> None:
    """InputError where the picture's name has no known ending, SetupError where none can be drawn."""
    if plot is not None:
        from entarte.plot import ending
        from entarte.plot.curve import ENDINGS
        from entarte.plot.figure import need

        ending(plot, ENDINGS)
        need()


def show(
    report: Report,
    as_json: bool,
    as_markdown: bool,
    tables: Sequence[Table] | None = None,
    plot: Path | None = None,
) -> None:
    """The report on standard output; `tables` instead of its own where it is for people; and as a picture."""
    if plot is not None:
        from entarte.plot.measures import draw

        typer.echo(f"wrote {draw(report, plot)}", err=True)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2, allow_nan=False))
    elif as_markdown:
        typer.echo(report.to_markdown(tables), nl=False)
    else:
        typer.echo(report.to_text(tables), nl=False)


def chosen(metrics: str, tokenize: str | None, lowercase: bool) -> list[Any]:
    """The metrics of a comma-separated list, with the settings that were given."""
    from entarte.metric import create_all

    settings: dict[str, Any] = {} if tokenize is None else {"tokenize": tokenize}
    if lowercase:
        settings["lowercase"] = True
    return list(create_all([name for name in metrics.split(",") if name.strip()], **settings))


def texts(
    reference: Sequence[Path], readings: bool, outputs: Sequence[Path], source: Path | None
) -> tuple[list[list[str]], dict[str, list[str]], list[str]]:
    """References by sentence, outputs by system, sources (empty without a file); all of one length."""
    from entarte.metric.lines import read_lines

    files = [read_lines(path) for path in reference]
    if not files[0]:
        raise InputError("there is no line in it", file=reference[0])
    for path, lines in zip(reference, files):
        same(lines, path, files[0], reference[0])
    known = [list(each) for each in zip(*files)]
    if readings:
        known = [[text for line in each for text in line.split("\t")] for each in known]
    systems = {}
    sources = [] if source is None else read_lines(source)
    if source is not None:
        same(sources, source, known, reference[0])
    for name, path in names(outputs).items():
        systems[name] = said(path, sources) if is_model(path) else read_lines(path)
        same(systems[name], path, known, reference[0])
    return known, systems, sources


def is_model(path: Path) -> bool:
    """Whether a path is a model's folder."""
    return (path / "manifest.json").is_file()


def said(model: Path, sources: Sequence[str]) -> list[str]:
    """What a model says for the sources."""
    from entarte.cli.opened import load
    from entarte.cli.progress import counted

    if not sources:
        raise InputError("a model needs sources to translate", file=model, advice="Give --source.")
    translator = load(model, None)
    return [each.text for each in counted(translator.stream(sources), str(model), total=len(sources))]


def measured(
    measures: Sequence[Any], systems: dict[str, list[str]], known: list[list[str]]
) -> dict[str, dict[str, Any]]:
    """Rows by system and metric."""
    from entarte.metric import statistics

    return {name: {m.name: statistics(m, lines, known) for m in measures} for name, lines in systems.items()}


def numbers(name: str, text: str | None) -> list[int] | None:
    """Whole numbers separated by commas."""
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"'{text}' is no list of whole numbers, as 10,20,30", setting=f"--{name}") from None


def names(paths: Sequence[Path]) -> dict[str, Path]:
    """What each file is called in tables: as it was typed; twice the same is an error."""
    named = {str(path): path for path in paths}
    if len(named) < len(paths):
        doubled = next(str(path) for path in paths if [*paths].count(path) > 1)
        raise InputError("it is given twice", file=doubled)
    return named


def same(lines: Sequence[Any], path: Path, wanted: Sequence[Any], other: Path) -> None:
    """InputError unless both files have equally many lines."""
    if len(lines) != len(wanted):
        raise InputError(
            f"it has {len(lines)} lines, but {other} has {len(wanted)}",
            file=path,
            advice="Line k of one must belong to line k of the other",
        )
