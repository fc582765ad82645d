"""`entarte explore`: a local page on one's own models; `entarte index`: what it finds neighbours in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entarte.cli.opened import Model
from entarte.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entarte.example import Example
    from entarte.settings import Settings

Pairs = Annotated[
    list[Path] | None,
    typer.Option("--data", "-d", help="Pairs, one file or two (give it twice); else those of its settings."),
]


def explore(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Models' folders.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any that is free.")] = 8016,
    data: Pairs = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Look into models in a web page that only this machine can reach."""
    import webbrowser

    import torch

    from entarte.explore import HOST, application, listen, needed, serve

    needed()
    with listen(port) as place:
        typer.echo("loading …", err=True)
        torch.set_num_threads(max(1, torch.get_num_threads() - 1))  # the browser needs a processor too
        app = application(models, lambda settings: test_pairs(settings, data or ()))
        address = f"http://{HOST}:{place.getsockname()[1]}/"
        typer.echo(f"{address}  (Ctrl-C ends)")
        if browser:
            webbrowser.open(address)
        serve(app, place)


def test_pairs(settings: Settings, given: Sequence[Path]) -> list[Example]:
    """The pairs that were named, else those that a model was to be tested on, where they can be read."""
    from entarte.pairs import reading
    from entarte.reader import read

    files = [str(path) for path in given] or settings.data.test
    if not files:
        return []
    if not given and (lost := [file for file in files if not Path(file).is_file()]):
        typer.echo(f"{lost[0]}: not found from here, so there are no test pairs to browse", err=True)
        return []
    return list(read(files, **reading(settings)))


def index(
    model: Model,
    data: Pairs = None,
    pairs: Annotated[int, typer.Option(min=1, help="Most pairs, evenly spread over the file.")] = 5000,
    remove: Annotated[bool, typer.Option("--remove", help="Take the index out of the model.")] = False,
) -> None:
    """Store the decoder's states on training pairs: the explorer then shows the nearest ones."""
    from entarte import nearest
    from entarte.cli.progress import counted
    from entarte.pairs import reading
    from entarte.reader import read
    from entarte.run import Run
    from entarte.saved import load

    if remove:
        with Run.open(model, write=True) as run:
            run.drop(nearest.TEXTS, nearest.STATES)
        return
    translator = load(model)
    settings = translator.settings.data
    files = [str(path) for path in data or ()] or settings.train
    if not files:
        raise InputError(
            "there are no training pairs", setting="data.train", advice="Name them: --data a.en --data a.fr"
        )
    every = list(read(files, **reading(translator.settings), both=True))
    chosen = every[:: -(-len(every) // pairs)]
    with Run.open(model, write=True) as run:
        found = nearest.build(
            translator, chosen, nearest.digest(run), lambda parts: counted(parts, "reading")
        )
        found.save(run)
    typer.echo(f"{len(found):,} of {len(every):,} pairs, {len(found.states):,} states, in {model}")
