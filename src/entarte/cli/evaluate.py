"""`entarte evaluate`: translate a test set and measure what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.measuring import (
    AsJson,
    AsMarkdown,
    Lowercase,
    Plot,
    Seed,
    Tokenize,
    chosen,
    drawable,
    form,
    numbers,
    show,
)
from entarte.cli.opened import GoldBase, Mean, Members, Model, Overrides, TransposeGold, load
from entarte.cli.progress import counted
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from collections import Counter

    from entarte.example import Example
    from entarte.generate import Translator
    from entarte.metric.links import Links
    from entarte.settings import Settings


def evaluate(
    model: Model,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", "-d", help="Test pairs, one file or two (give it twice); else data.test."),
    ] = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", "-g", help="Their word links, i-j or i?j; else data.test_links.")
    ] = None,
    metrics: Annotated[
        str | None, typer.Option(help="Their names, separated by commas; else those of the model's task.")
    ] = None,
    examples: Annotated[int, typer.Option(min=0, help="Translations to show.")] = 5,
    outputs: Annotated[Path | None, typer.Option(help="Also write all translations here.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for 95 % intervals.")] = 0,
    lengths: Annotated[
        str | None, typer.Option(help="Last length of each bucket, in words, as 10,20,30.")
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(help="Training targets, for F1 by word frequency; else data.train."),
    ] = None,
    frequencies: Annotated[
        str | None, typer.Option(help="First frequency of each bucket, as 1,2,5,10.")
    ] = None,
    readings: Annotated[
        bool, typer.Option("--readings", help="Pairs of one source are its readings; else data.readings.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="Whose length, source or target; else as the task has it.")
    ] = None,
    gold_base: GoldBase = None,
    transpose_gold: TransposeGold = False,
    tokenize: Tokenize = None,
    lowercase: Lowercase = False,
    seed: Seed = 1,
    plot: Plot = None,
    members: Members = None,
    mean: Mean = "probabilities",
    overrides: Overrides = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Translate test pairs and measure what comes out.

    The measures of the model's task (BLEU, ROUGE and others), perplexity, and AER where gold word links are
    known.
    """
    from entarte.assess import assess
    from entarte.metric.bucket import FREQUENCIES
    from entarte.plot import write
    from entarte.references import wanted

    form(as_json, as_markdown)
    drawable(plot)
    if by not in (None, "source", "target"):
        raise InputError(f"'{by}' is no side", setting="--by", advice=did_you_mean(by, ["source", "target"]))
    measures = None if metrics is None else chosen(metrics, tokenize, lowercase)
    translator = load(model, overrides, members, mean)
    if measures is None:
        names = ",".join(translator.aim.metrics)
        measures = chosen(names, tokenize, lowercase) if names else []
    settings = translator.settings.data
    paths = [str(path) for path in data or ()] or settings.test
    pairs = test_pairs(paths, translator.settings)
    readings = readings or settings.readings
    total = len(wanted(pairs, readings=readings))
    links = gold or (Path(settings.test_links) if settings.test_links and not data else None)
    found = assess(
        translator,
        pairs,
        measures,
        gold=gold_links(links, pairs, gold_base, transpose_gold, translator) if links else None,
        training=frequencies_of(train, translator.settings),
        readings=readings,
        by=by,  # type: ignore[arg-type]
        lengths=numbers("lengths", lengths) or (),
        frequencies=numbers("frequencies", frequencies) or FREQUENCIES,
        samples=samples,
        seed=seed,
        shown=lambda items: counted(items, "lines", total=total),
    )
    if outputs is not None:
        write(outputs, "".join(each.text + "\n" for each in found.outputs).encode())
    show(found.report, as_json, as_markdown, found.tables(examples), plot)


def test_pairs(paths: list[str], settings: Settings) -> list[Example]:
    """The pairs of the test files."""
    from entarte.pairs import reading
    from entarte.reader import Notes, read

    if not paths:
        raise InputError(
            "there are no test pairs", setting="data.test", advice="Name them: --data a.en --data a.fr"
        )
    notes = Notes()
    pairs = list(read(paths, notes=notes, both=True, **reading(settings)))
    for note in notes:
        typer.echo(str(note), err=True)
    return pairs


def gold_links(
    path: Path,
    pairs: list[Example],
    base: int | None = None,
    transposed: bool = False,
    translator: Translator | None = None,
) -> list[Links]:
    """The links of a file, sure and possible, checked against the words of the pairs. Of sources that are
    read from files a translator says the slots, which are their words."""
    from entarte.cli.aer import aligned
    from entarte.span import word_count

    texts = [pair.source for pair in pairs]
    if translator is not None:
        texts = [translator.columns(read)[0] for text in texts for read in translator.read([text])]
    targets = [pair.target or "" for pair in pairs]
    sizes = [(word_count(one), word_count(other)) for one, other in zip(texts, targets, strict=True)]
    return aligned(path, base, transposed, sizes, "--gold-base", "--transpose-gold")


def frequencies_of(train: Path | None, settings: Settings) -> Counter[str] | None:
    """How often each target word stands in the training data; None, and said, where that is not there."""
    from entarte.metric.bucket import word_frequencies
    from entarte.pairs import reading
    from entarte.reader import read, read_lines

    if train is not None:
        return word_frequencies(read_lines(str(train)))
    data = settings.data
    missing = [path for path in data.train if not Path(path).is_file()]
    if missing or not data.train:
        what = f"{missing[0]} is not there" if missing else "data.train is not set"
        typer.echo(f"no F1 by word frequency: {what}; give --train", err=True)
        return None
    pairs = read(data.train, **reading(settings))
    return word_frequencies(pair.target or "" for pair in pairs)
