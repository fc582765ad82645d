"""`entarte data scenes`: rendered pictures, their captions, and the cells that each word speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.parts import Force, Out, Seed, free, write

if TYPE_CHECKING:
    from entarte.example import Example

FOLDER = "pictures"


def scenes(
    out: Out,
    pictures: Annotated[int, typer.Option(min=1, help="Training pictures, with one caption each.")] = 3000,
    valid: Annotated[int, typer.Option(min=1, help="Validation pictures.")] = 200,
    test: Annotated[int, typer.Option(min=1, help="Test pictures, with all their captions.")] = 200,
    grid: Annotated[int, typer.Option(min=4, help="Cells of a side.")] = 6,
    cell: Annotated[int, typer.Option(min=4, help="Pixels of a cell's side.")] = 8,
    most: Annotated[int, typer.Option(min=1, max=3, help="Most things in a picture.")] = 3,
    noise: Annotated[float, typer.Option(min=0, help="Deviation of the noise, of 255.")] = 4.0,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write pictures of coloured shapes, captions, and gold links of each word and the cells it speaks of.

    train.tsv, valid.tsv and test.tsv: picture TAB caption; train.align and so on: links of cell and word,
    cells counted row by row from 0. No scene of one is in another.
    """
    from entarte import atomic
    from entarte.cli.progress import counted
    from entarte.grammar.reports import PARTS

    free(out, PARTS, force)
    atomic.make_folder(out / FOLDER)
    parts: dict[str, list[Example]] = {}
    for part, count in zip(PARTS, (pictures, valid, test), strict=True):
        drawn = painted(out, part, count, grid, cell, most, noise, seed, every=part == "test")
        parts[part] = [pair for pairs in counted(drawn, f"{part:5}", total=count) for pair in pairs]
    write(out, parts)


def painted(
    out: Path, part: str, count: int, grid: int, cell: int, most: int, noise: float, seed: int, *, every: bool
) -> Iterator[list[Example]]:
    """Write the pictures of a part; for each, pairs with one of its captions, or with every one."""
    from io import BytesIO

    from entarte import atomic
    from entarte.example import Example
    from entarte.grammar.dice import Dice
    from entarte.grammar.scenes import scenes as drawn
    from entarte.source.images import pillow

    library, dice = pillow(), Dice(f"captions {seed} {part}")
    for number, scene in enumerate(drawn(count, seed, part, grid=grid, most=most), start=1):
        name = f"{FOLDER}/{part}-{number:05}.png"
        file = BytesIO()
        library.fromarray(scene.picture(cell, noise, number)).save(file, "png")
        with atomic.writing(out / name):
            (out / name).write_bytes(file.getvalue())
        captions = scene.captions()
        told = captions if every else [dice.pick(captions)]
        yield [Example(name, caption, links) for caption, links in told]
