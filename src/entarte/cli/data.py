"""`entarte data grammar`: the embedded corpus, written as files."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte import atomic
from entarte.cli.booking import booking
from entarte.cli.dna import frames, genes
from entarte.cli.echo import echo
from entarte.cli.letters import inflection, scan, spelling
from entarte.cli.mix import mix
from entarte.cli.programs import code
from entarte.cli.reports import reports
from entarte.cli.scenes import scenes
from entarte.cli.sound import strings, tones
from entarte.cli.stories import stories
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.example import Example

app = typer.Typer(help="Make data.", no_args_is_help=True, rich_markup_mode=None)

BANDS = (5, 10, 15, 20, 30, 40)
"""Upper ends of the bands of source length that the table counts; the last band is open."""


@app.callback()
def options() -> None:
    """Make data."""


app.command()(reports)
app.command()(booking)
app.command()(echo)
app.command()(spelling)
app.command()(inflection)
app.command()(scan)
app.command()(code)
app.command()(scenes)
app.command()(frames)
app.command()(genes)
app.command()(stories)
app.command()(mix)
app.command()(strings)
app.command()(tones)


@app.command()
def grammar(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    to: Annotated[str, typer.Option(help="The language to translate to: fr, de or es.")] = "fr",
    pairs: Annotated[int, typer.Option(help="Training pairs.")] = 20000,
    valid: Annotated[int, typer.Option(help="Validation pairs.")] = 500,
    test: Annotated[int, typer.Option(help="Test pairs.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pairs.")] = 1,
    min_words: Annotated[int, typer.Option(help="Shortest source, in words.")] = 3,
    max_words: Annotated[int, typer.Option(help="Longest source, in words.")] = 48,
    by_length: Annotated[
        bool,
        typer.Option("--by-length", help="Every source length equally often, not short ones more often."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what the folder holds.")] = False,
) -> None:
    """Write English sentences of our own grammar with translations and gold word alignments.

    train.en and train.fr hold one sentence a line, train.align the links of its words (0-based, English
    first: 0-0 1-2); the same for valid and test. No sentence of either side is in two of them.
    """
    from rich.console import Console
    from rich.progress import track

    from entarte.grammar import splits

    parts = splits(
        to, pairs, valid, test, seed, min_words=min_words, max_words=max_words, by_length=by_length
    )
    room(out, force)
    errors = Console(stderr=True)
    tallies: dict[str, Tally] = {}
    beside = out.with_name(f".{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    atomic.make_folder(beside)
    try:
        for (name, stream), count in zip(parts.items(), (pairs, valid, test), strict=True):
            shown = track(
                stream,
                description=f"{name:5}",
                total=count,
                console=errors,
                transient=True,
                disable=not errors.is_terminal,
            )
            tallies[name] = write(shown, beside, name, to)
        with atomic.writing(out):
            if out.exists():
                shutil.rmtree(out)
            beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    show(tallies, out, to)


def room(out: Path, force: bool) -> None:
    """Refuse a folder that holds something already."""
    if out.exists() and not out.is_dir():
        raise InputError("is a file; the corpus needs a folder", file=out)
    if out.is_dir() and any(out.iterdir()):
        ours = {
            f"{part}.{end}"
            for part in ("train", "valid", "test")
            for end in ("en", "fr", "de", "es", "align")
        }
        strange = sorted(path.name for path in out.iterdir() if path.name not in ours)
        if strange:
            raise InputError(f"holds other files ({strange[0]})", file=out, advice="Name another folder.")
        if not force:
            raise InputError("already holds a corpus", file=out, advice="Use --force, or another folder.")


@dataclass
class Tally:
    """What was written: pairs, words of each side, links, pairs of each source length; the first pairs."""

    pairs: int = 0
    source: int = 0
    target: int = 0
    links: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    first: list[tuple[str, str, str]] = field(default_factory=list)

    def between(self, low: int, high: int | None) -> int:
        """Pairs of so many words on the English side."""
        return sum(
            n for length, n in self.lengths.items() if low <= length and (high is None or length <= high)
        )


def write(stream: Iterable[Example], folder: Path, name: str, to: str) -> Tally:
    """Write a part, a line at a time."""
    from entarte.metric.links import pharaoh

    tally = Tally()
    paths = [folder / f"{name}.{end}" for end in ("en", to, "align")]
    with atomic.writing(folder):
        files = [path.open("w", encoding="utf-8", newline="\n") for path in paths]
        try:
            for pair in stream:
                row = (pair.source, pair.target or "", pharaoh(pair.links or frozenset()))
                for file, text in zip(files, row, strict=True):
                    file.write(text + "\n")
                words = len(pair.source.split(" "))
                tally.pairs += 1
                tally.source += words
                tally.target += len(row[1].split(" "))
                tally.links += len(pair.links or ())
                tally.lengths[words] += 1
                if len(tally.first) < 3:
                    tally.first.append(row)
        finally:
            for file in files:
                file.close()
    return tally


def show(tallies: dict[str, Tally], out: Path, to: str) -> None:
    """Counts, mean lengths, a histogram, three pairs."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    sizes = Table(title=f"English to {to}, in {out}", title_justify="left")
    for heading in ("part", "pairs", "words en", f"words {to}", "links"):
        sizes.add_column(heading, justify="left" if heading == "part" else "right")
    for name, tally in tallies.items():
        many = max(tally.pairs, 1)
        means = (f"{tally.source / many:.1f}", f"{tally.target / many:.1f}", f"{tally.links / many:.1f}")
        sizes.add_row(name, f"{tally.pairs:,}", *means)
    console.print(sizes)
    lengths = Table(title="pairs by words of the English side", title_justify="left")
    lengths.add_column("words")
    for name in tallies:
        lengths.add_column(name, justify="right")
    lengths.add_column("")
    train = next(iter(tallies.values()))
    for low, high in zip((1, *(high + 1 for high in BANDS)), (*BANDS, None), strict=True):
        counts = [tally.between(low, high) for tally in tallies.values()]
        bar = "█" * round(30 * counts[0] / max(train.pairs, 1))
        if any(counts):
            lengths.add_row(f"{low}–{high}" if high else f"{low}+", *(f"{count:,}" for count in counts), bar)
    console.print(lengths)
    console.print()
    for source, target, links in next(iter(tallies.values())).first:
        console.print(Text(f"{source}\n{target}\n{links}\n"), soft_wrap=True)
