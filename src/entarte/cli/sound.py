"""`entarte data tones` and `entarte data strings`: sound to train on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.sound.strings import Strung
    from entarte.sound.tones import Melody

Out = Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same sound.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what the folder holds.")]
Noise = Annotated[float, typer.Option(help="White noise, so many decibels below the sound.")]


def tones(
    out: Out,
    train: Annotated[int, typer.Option(min=1, help="Words to train on.")] = 2000,
    valid: Annotated[int, typer.Option(min=1, help="Words to validate on.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Words to test on.")] = 200,
    least: Annotated[int, typer.Option(min=1, help="Fewest letters of a word.")] = 2,
    most: Annotated[int, typer.Option(min=1, help="Most letters of a word.")] = 5,
    letters: Annotated[int, typer.Option(min=1, max=12, help="How many letters there are.")] = 12,
    noise: Noise = 20.0,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write words whose letters are played as chords, with the times at which each is heard."""
    from entarte.sound.tones import RATE, melodies

    ordered(least, most)
    emptied(out, force)
    for part, count in (("train", train), ("valid", valid), ("test", test)):
        made = melodies(count, f"{seed} {part}", least=least, most=most, letters=letters, noise=noise)
        write(out, part, made, count, RATE)


def strings(
    clips: Annotated[Path, typer.Argument(help="A TSV list of clips to train on: path, text.")],
    out: Out,
    test_clips: Annotated[
        Path | None, typer.Option("--test-clips", help="A list of clips that only test strings are made of.")
    ] = None,
    text: Annotated[int, typer.Option(min=2, help="Column of the text, from 1.")] = 2,
    speaker: Annotated[
        int, typer.Option(min=0, help="Column of the speaker: a string has one. 0: they are not told apart.")
    ] = 0,
    train: Annotated[int, typer.Option(min=1, help="Strings to train on.")] = 2000,
    valid: Annotated[int, typer.Option(min=1, help="Strings to validate on.")] = 100,
    test: Annotated[int, typer.Option(min=1, help="Strings to test on.")] = 200,
    held: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Share of the clips that only validation strings have.")
    ] = 0.1,
    least: Annotated[int, typer.Option(min=1, help="Fewest clips of a string.")] = 1,
    most: Annotated[int, typer.Option(min=1, help="Most clips of a string.")] = 5,
    gap: Annotated[
        tuple[float, float], typer.Option(help="Seconds of silence before each clip, from and to.")
    ] = (0.0, 0.2),
    noise: Noise = 40.0,
    rate: Annotated[int, typer.Option(min=1000, help="Samples a second of what is written.")] = 8000,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Join clips of single words into strings, with the times at which each is heard.

    A clip is in one of the parts only.
    """
    from entarte.sound.strings import Stringer, listed, parted

    ordered(least, most)
    if not 0 <= gap[0] <= gap[1]:
        raise InputError(f"{gap[0]:g} to {gap[1]:g} is no range of seconds", setting="--gap")
    own, kept = parted(listed(clips, text, speaker), held, seed)
    if not own or not kept:
        raise InputError("there are too few clips to hold some out", file=clips, advice="Change --held.")
    parts = {"train": (own, train), "valid": (kept, valid)}
    if test_clips is not None:
        parts["test"] = (listed(test_clips, text, speaker), test)
    emptied(out, force)
    for part, (some, count) in parts.items():
        made = Stringer(some, rate).strings(
            count, f"{seed} {part}", least=least, most=most, gap=gap, noise=noise
        )
        write(out, part, made, count, rate)


def ordered(least: int, most: int) -> None:
    """InputError where the fewest are more than the most."""
    if least > most:
        raise InputError(f"{least} to {most} is no range", setting="--least", advice="Make --most larger.")


def emptied(out: Path, force: bool) -> None:
    """A folder with nothing in it. Raises InputError where it has something that may not be replaced."""
    from entarte import atomic

    if out.exists() and not out.is_dir():
        raise InputError("is not a folder", file=out)
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise InputError("is not empty", file=out, advice="Name another folder, or add --force.")
        for part in ("train", "valid", "test"):
            shutil.rmtree(out / part, ignore_errors=True)
            (out / f"{part}.tsv").unlink(missing_ok=True)
            (out / f"{part}.times.jsonl").unlink(missing_ok=True)
    atomic.make_folder(out)


def write(out: Path, part: str, sounds: Iterable[Melody | Strung], count: int, rate: int) -> None:
    """PART/00001.wav and so on, PART.tsv with their texts, PART.times.jsonl with what is heard when."""
    from entarte import atomic
    from entarte.cli.progress import counted
    from entarte.sound import wav

    atomic.make_folder(out / part)
    lines, times, seconds = [], [], 0.0

    def written() -> Iterator[None]:
        nonlocal seconds
        for number, each in enumerate(sounds, start=1):
            name = f"{part}/{number:05}.wav"
            wav.write(out / name, each.samples, rate)
            lines.append(f"{name}\t{each.text}\n")
            spans = [[round(start, 3), round(end, 3)] for start, end in each.spans]
            times.append(json.dumps({"text": each.text, "spans": spans}) + "\n")
            seconds += len(each.samples) / rate
            yield

    for _ in counted(written(), part, total=count):
        pass
    atomic.write(out / f"{part}.tsv", "".join(lines).encode())
    atomic.write(out / f"{part}.times.jsonl", "".join(times).encode())
    typer.echo(f"{out / part}.tsv: {count:,} files, {seconds / 60:.1f} minutes")
