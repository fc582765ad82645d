"""Generated pairs as files: train.tsv, valid.tsv and test.tsv, with their gold links where they have some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte import atomic
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.example import Example

Out = Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same pairs.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what the folder holds.")]


def free(out: Path, names: Sequence[str], force: bool, ends: Sequence[str] = ("tsv", "align")) -> None:
    """Refuse a folder that holds such parts already."""
    files = [f"{name}.{end}" for name in names for end in ends]
    if out.is_dir() and not force and (there := [name for name in files if (out / name).exists()]):
        raise InputError(f"already holds {there[0]}", file=out, advice="Use --force, or another folder.")


def write(out: Path, parts: Mapping[str, Sequence[Example]]) -> None:
    """Source TAB target, and beside it the links of each pair; then what was written, and an example."""
    from entarte.metric.links import pharaoh

    atomic.make_folder(out)
    for name, pairs in parts.items():
        text = "".join(f"{each.source}\t{each.target}\n" for each in pairs)
        atomic.write(out / f"{name}.tsv", text.encode())
        linked = any(each.links for each in pairs)
        if linked:
            links = "".join(pharaoh(each.links or frozenset()) + "\n" for each in pairs)
            atomic.write(out / f"{name}.align", links.encode())
        else:
            (out / f"{name}.align").unlink(missing_ok=True)
        typer.echo(f"{len(pairs):8,} pairs in {out / name}.tsv{', links in .align' if linked else ''}")
    last = pairs[-1]
    typer.echo(f"\nFor example\n{last.source}\n{last.target}")
