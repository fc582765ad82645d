"""What an experiment is made on: a person's own pairs, or the embedded corpus."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from entarte import atomic
from entarte.errors import InputError
from entarte.example import Example
from entarte.experiment.base import Sizes
from entarte.grammar import pairs
from entarte.metric import links as gold_links
from entarte.metric.links import Links, pharaoh
from entarte.reader import read
from entarte.settings import Data
from entarte.span import word_count, words

FOLDER = "data"
SIDES = ("source", "target")
"""Endings of a test set that we put together."""


def embedded(folder: Path, to: str) -> list[str]:
    """The settings that name the files of the embedded corpus, which `grown` writes."""
    place = folder.resolve() / FOLDER
    return [
        *(f"data.{part}={place / part}.en,{place / part}.{to}" for part in ("train", "valid", "test")),
        *(f"data.{part}_links={place / part}.align" for part in ("valid", "test")),
    ]


def grown(folder: Path, sizes: Sizes, to: str, seed: int) -> None:
    """Write the embedded corpus into `folder`/data, with gold links, unless it is there.

    The same sizes, language and seed give the same pairs.
    """
    with made(folder) as place:
        if place is None:
            return
        for part, count in (("train", sizes.pairs), ("valid", sizes.valid), ("test", sizes.test)):
            longest = sizes.beyond if part == "test" else sizes.longest
            stream = pairs(to, count, seed, max_words=longest, by_length=sizes.even, part=part)
            write(place, part, ("en", to), list(stream))


def lengthened(folder: Path, data: Data, longest: int, most: int) -> None:
    """A test set with sentences longer than any in training, in `folder`/data.

    To the pairs of data.test come those of data.train that have a source of more than `longest` words,
    and are therefore left out of the training: at most `most`, from the first on. It is written once.
    """
    with made(folder) as place:
        if place is None:
            return
        tested = list(of_files(data, data.test))
        known = {pair.source for pair in tested}
        long = (
            pair
            for pair in of_files(data, data.train)
            if word_count(pair.source) > longest and pair.target and pair.source not in known
        )
        write(place, "test", SIDES, [*tested, *islice(long, most)])


@contextmanager
def made(folder: Path) -> Iterator[Path | None]:
    """A new folder to write to, which becomes `folder`/data at the end; None where that is there."""
    place = folder / FOLDER
    if place.is_dir():
        yield None
        return
    beside = place.with_name(f".{FOLDER}.new")
    shutil.rmtree(beside, ignore_errors=True)
    atomic.make_folder(beside)
    yield beside
    with atomic.writing(place):
        beside.rename(place)


def write(folder: Path, part: str, ends: tuple[str, str], found: Sequence[Example]) -> None:
    """Two files of lines, and one of links where they are known."""
    lines: dict[str, Iterable[str]] = {
        ends[0]: (pair.source for pair in found),
        ends[1]: (pair.target or "" for pair in found),
    }
    if all(pair.links is not None for pair in found):
        lines["align"] = (pharaoh(pair.links or frozenset()) for pair in found)
    for end, texts in lines.items():
        atomic.write(folder / f"{part}.{end}", "".join(text + "\n" for text in texts).encode())


def of_files(data: Data, paths: list[str]) -> Iterable[Example]:
    """The pairs of some files, as [data] says how they are written."""
    own = data.model_dump(include={"format", "source", "target", "features"})
    return read(paths, both=True, **own)


def test_set(folder: Path, data: Data) -> tuple[list[Example], list[Links] | None]:
    """The test pairs, and their gold links where data.test_links names them.

    What `lengthened` wrote comes before data.test.
    """
    own = [str(folder / FOLDER / f"test.{side}") for side in SIDES]
    if Path(own[0]).is_file():
        return list(read(own, format="lines", both=True)), None
    found = list(of_files(data, data.test))
    if not data.test_links:
        return found, None
    path = Path(data.test_links)
    gold = gold_links.read(path)
    gold_links.check(gold, [(len(words(p.source)), len(words(p.target or ""))) for p in found], file=path)
    return found, gold


def there(data: Data) -> None:
    """Raises InputError where files are not named, or not there."""
    for part in ("train", "valid", "test"):
        paths: list[str] = getattr(data, part)
        if not paths:
            raise InputError(
                "no file is named",
                setting=f"data.{part}",
                advice="An experiment on your own pairs needs data.train, data.valid and data.test.",
            )
        for path in (*paths, *filter(None, [getattr(data, f"{part}_links")])):
            if not Path(path).is_file():
                raise InputError("there is no such file", file=path, setting=f"data.{part}")
