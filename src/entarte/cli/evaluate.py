"""`entarte evaluate`: translate a test set and measure what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.measuring import AsJson, AsMarkdown, Lowercase, Metrics, Seed, Tokenize, chosen, form, show
from entarte.cli.opened import Mean, Members, Model, Overrides, load
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.example import Example
    from entarte.metric.links import Links


def evaluate(
    model: Model,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", "-d", help="Test pairs, one file or two (give it twice); else data.test."),
    ] = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", "-g", help="Their word links, i-j or i?j; else data.test_links.")
    ] = None,
    metrics: Metrics = "bleu,chrf,ter,length",
    examples: Annotated[int, typer.Option(min=0, help="Translations to show.")] = 5,
    outputs: Annotated[Path | None, typer.Option(help="Also write all translations here.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for 95 % intervals.")] = 0,
    tokenize: Tokenize = None,
    lowercase: Lowercase = False,
    seed: Seed = 1,
    members: Members = None,
    mean: Mean = "probabilities",
    overrides: Overrides = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Translate test pairs and measure what comes out.

    BLEU and others, perplexity, and AER where gold word links are known.
    """
    from entarte.assess import assess
    from entarte.plot import write

    form(as_json, as_markdown)
    measures = chosen(metrics, tokenize, lowercase)
    translator = load(model, overrides, members, mean)
    settings = translator.settings.data
    paths = [str(path) for path in data or ()] or settings.test
    pairs = test_pairs(paths, settings.format, settings.source, settings.target)
    links = gold or (Path(settings.test_links) if settings.test_links and not data else None)
    found = assess(
        translator,
        pairs,
        measures,
        gold=gold_links(links, pairs) if links else None,
        samples=samples,
        seed=seed,
    )
    if outputs is not None:
        write(outputs, "".join(each.text + "\n" for each in found.outputs).encode())
    show(found.report, as_json, as_markdown, found.tables(examples))


def test_pairs(paths: list[str], form: str, source: str, target: str) -> list[Example]:
    """The pairs of the test files."""
    from entarte.reader import Notes, read

    if not paths:
        raise InputError(
            "there are no test pairs", setting="data.test", advice="Name them: --data a.en --data a.fr"
        )
    notes = Notes()
    pairs = list(read(paths, format=form, source=source, target=target, notes=notes, both=True))
    for note in notes:
        typer.echo(str(note), err=True)
    return pairs


def gold_links(path: Path, pairs: list[Example]) -> list[Links]:
    """The links of a file, sure and possible, checked against the words of the pairs."""
    from entarte.metric.links import check, read
    from entarte.text import words

    links = read(path)
    check(links, [(len(words(pair.source)), len(words(pair.target or ""))) for pair in pairs], file=path)
    return links
