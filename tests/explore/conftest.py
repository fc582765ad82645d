"""Tiny models with random weights, as a training leaves them, and a page on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import torch

from entarte.build import build, initialise
from entarte.example import Example
from entarte.model import weights
from entarte.run import Run
from entarte.saved import BOTH, load
from entarte.settings import dump, loads
from entarte.text import Tokenizer

from .page import SOURCE

SETTINGS = """
[text]
kind = "word"
size = 0
[front]
width = 8
[encoder]
{encoder}
[attention]
kind = "{attention}"
[decoder]
{decoder}
[readout]
kind = "{readout}"
[generate]
beam = 3
min_length = 2
length_factor = 1.0
length_constant = 2
"""
LAYERS = 'kind = "transformer"\nwidth = 8\nlayers = 2\nheads = 2'
"""Of a Transformer."""
PAIRS = [
    ("he hit me with a pie", "il m' a entarté"),
    ("a pie hit me", "une tarte m' a touché"),
    ("he hit a dog with a pie", "il a entarté un chien"),
    ("the dog hit me", "le chien m' a touché"),
    ("כלב טוב", "un bon chien"),
    ("<b>he</b> & me", "il & moi"),
]


def make(place: Path, attention: str, readout: str = "attentional", side: str = "width = 8") -> Path:
    """A model's folder, with two checkpoints."""
    settings = loads(SETTINGS.format(attention=attention, readout=readout, encoder=side, decoder=side))
    with Run.create(place) as run:
        run.put("settings.toml", dump(settings).encode())
        tokenizer = Tokenizer.train([line for pair in PAIRS for line in pair], kind="word", size=0)
        tokenizer.save(run.path(BOTH))
        run.adopt(BOTH)
        size = len(tokenizer.vocabulary)
        for update in (5, 10, 15):
            torch.manual_seed(update)
            model = build(settings, size, size, settings.model.tied)
            initialise(model, "uniform", 0.6)
            if update < 15:
                run.save_checkpoint(update, {"model": weights(model)}, {"corpus": ""})
        run.put_model(weights(model))
    return place


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A model that looks, one that does not, one of several heads that copies, and two Transformers, of which
    the second copies; the first has an index.

    Not to be written to."""
    from entarte import nearest

    base = tmp_path_factory.mktemp("explore")
    kinds = {
        "looks": ("additive",),
        "fixed": ("none",),
        "heads": ("multi-head", "pointer"),
        "layers": ("multi-head", "plain", LAYERS),
        "layers-copy": ("general", "pointer", LAYERS),
    }
    found = [make(base / name, *parts) for name, parts in kinds.items()]
    translator = load(found[0])
    with Run.open(found[0], write=True) as run:
        nearest.build(translator, examples(), nearest.digest(run)).save(run)
    return found


def examples() -> list[Example]:
    return [Example(source, target) for source, target in PAIRS]


@pytest.fixture(scope="session")
def app(folders: list[Path]) -> Any:
    pytest.importorskip("fastapi", reason="fastapi is not installed")
    from entarte.explore import application

    return application(folders, lambda settings: examples())


@pytest.fixture
def client(app: Any) -> Iterator[Any]:
    testclient = pytest.importorskip("fastapi.testclient", reason="httpx2 is not installed")
    with testclient.TestClient(app, base_url="http://127.0.0.1:8016") as made:
        yield made


@pytest.fixture(scope="session")
def address(app: Any) -> Iterator[str]:
    """A server on a free port, in a thread."""
    uvicorn = pytest.importorskip("uvicorn")
    from entarte.explore import HOST, listen

    place = listen(0)
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[place]), daemon=True)
    thread.start()
    yield f"http://{HOST}:{place.getsockname()[1]}/"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def show(new_tab: Callable[..., Any], address: str) -> Callable[..., Any]:
    """Opens the page."""

    def opened(
        view: str = "translate", width: int = 1200, scheme: str = "light", touch: bool = False, **state: str
    ) -> Any:
        own = (address, "data:", "blob:", "file:", "about:")
        tab = new_tab(*own, width=width, scheme=scheme, accept_downloads=True, has_touch=touch)
        given = {"view": view, "source": SOURCE} | state
        tab.goto(address + "#" + "&".join(f"{key}={quote(value)}" for key, value in given.items()))
        tab.locator("body:not(.busy) .composer .facts span").first.wait_for(state="attached")
        return tab

    return opened
