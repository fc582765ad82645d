"""The explorer: a local page on a person's own models. Files: one job each.

shelf.py      the models and their checkpoints
answers.py    what the page is told: outputs, steps, beam trees
told.py       the same as plain data
equations.py  what it writes beside the numbers
browse.py     the test set, and training examples near a state
ask.py        what may be asked, and how much of it
work.py       one worker, whose work ends when nobody waits for it
guard.py      who may ask
app.py        the server
bundle.py     the page's modules as one file
static/       the page: plain modules and styles; the alignment view is that of `plot`
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from entarte.errors import SetupError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from entarte.example import Example
    from entarte.settings import Settings

HOST = "127.0.0.1"


def application(
    folders: Sequence[Path], pairs: Callable[[Settings], Sequence[Example]] | None = None
) -> FastAPI:
    """The server of some model folders.

    pairs  gives the test pairs of a model by its settings

    Raises SetupError where FastAPI is missing, and as loading a model does.
    """
    needed()
    from entarte.explore.answers import translated
    from entarte.explore.app import create
    from entarte.explore.ask import Decode
    from entarte.explore.browse import Library
    from entarte.explore.shelf import Shelf
    from entarte.nearest import load
    from entarte.run import Run

    shelf = Shelf(folders)
    tests = {name: pairs(each.settings) for name, each in shelf.models.items()} if pairs else {}
    indices = {}
    for name, folder in shelf.folders.items():
        index = load(Run.open(folder))
        if index is not None:
            indices[name] = index
    library = Library(shelf, tests, indices)
    for name, translator in shelf.models.items():  # the first answer would be slower than those that follow
        for line in library.facts(name)["examples"][:2] or ["."]:
            translated(translator, Decode(model=name, source=line), Event())
    return create(shelf, library)


def needed() -> None:
    """SetupError where what the server needs is not installed."""
    try:
        import fastapi
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise SetupError(
            f"the explorer needs the package {error.name}",
            advice="Install it: pip install 'entarte[explore]'",
        ) from None
    del fastapi


def listen(port: int) -> socket.socket:
    """A socket of this machine alone; port 0 takes any that is free.

    Raises SetupError where the port is taken.
    """
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((HOST, port))
    except OSError as error:
        place.close()
        raise SetupError(
            f"port {port} cannot be used: {error.strerror}",
            advice="Choose another with --port, or 0 for any free one.",
        ) from None
    place.listen(128)
    return place


def serve(app: FastAPI, place: socket.socket) -> None:
    """Answer until interrupted."""
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[place])
