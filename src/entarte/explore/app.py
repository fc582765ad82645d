"""The explorer's server: a page, and JSON answers about the models that it was started with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from entarte import __version__
from entarte.errors import DamagedError, EntarteError, SetupError
from entarte.explore import answers, ask
from entarte.explore.browse import Library
from entarte.explore.bundle import bundle
from entarte.explore.guard import LOCAL, Guard
from entarte.explore.shelf import Shelf
from entarte.explore.work import Cancelled, Desk
from entarte.plot.sheet import embedded

MEDIA = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "json": "application/json",
    "txt": "text/plain",
    "md": "text/markdown",
}
GONE = 499
"""What a client is answered that has left; nobody reads it."""

FOLDERS = {"static": files("entarte.explore").joinpath("static"), "view": files("entarte.plot")}
STYLES = ("/view/view.css", "/static/app.css", "/static/views.css")


def asset(path: str) -> str:
    """The text of a shipped file: /static/… of the explorer, /view/… of the alignment view."""
    _, folder, name = path.split("/")
    return FOLDERS[folder].joinpath(name).read_text(encoding="utf-8")


@cache
def page() -> dict[str, str]:
    """The page's files by name: few, so that a browser has asked for all of them soon."""
    return {
        "page.js": bundle(asset, "/static/app.js"),
        "page.css": "\n".join(map(asset, STYLES)),
        "icon.svg": asset("/static/icon.svg"),
    }


def create(shelf: Shelf, library: Library | None = None, hosts: tuple[str, ...] = LOCAL) -> FastAPI:
    """The application. `hosts` are the names it may be reached by."""
    app = FastAPI(title="Entarté", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    desk = Desk()
    books = library or Library(shelf, {})
    app.state.desk = desk
    app.add_middleware(Guard, hosts=hosts)
    parts = page()

    def known() -> dict[str, Any]:
        facts = [shelf.facts(name) | books.facts(name) for name in shelf.models]
        return {"version": __version__, "models": facts}

    @app.get("/")
    async def index() -> Response:
        """The page, with what it would ask first already in it."""
        return sent("html", asset("/static/index.html").replace("{models}", embedded(known())))

    @app.get("/static/{name}")
    async def static(name: str) -> Response:
        held = parts.get(name)
        return told(404, "there is no such file") if held is None else sent(name.rpartition(".")[2], held)

    @app.get("/api/models")
    async def models() -> Any:
        return known()

    async def answer(request: Request, work: Callable[..., Any]) -> Response:
        return JSONResponse(await desk.answer(request, work))

    def on(name: str, work: Callable[..., Any], asked: Any) -> Callable[..., Any]:
        return lambda stop: work(shelf[name], asked, stop)

    @app.post("/api/translate")
    async def translate(request: Request, asked: Annotated[ask.Decode, Body()]) -> Response:
        return await answer(request, on(asked.model, answers.translated, asked))

    @app.post("/api/steps")
    async def steps(request: Request, asked: Annotated[ask.Steps, Body()]) -> Response:
        return await answer(request, on(asked.model, answers.steps, asked))

    @app.post("/api/tree")
    async def tree(request: Request, asked: Annotated[ask.Decode, Body()]) -> Response:
        return await answer(request, on(asked.model, answers.tree, asked))

    @app.post("/api/card")
    async def card(request: Request, asked: Annotated[ask.CardOf, Body()]) -> Response:
        made = await desk.answer(request, on(asked.model, answers.card, asked))
        forms = {"json": made.to_json, "html": made.to_html, "md": made.to_markdown}
        return Response(forms[asked.ending](), media_type=MEDIA[asked.ending])

    @app.post("/api/near")
    async def near(request: Request, asked: Annotated[ask.Near, Body()]) -> Response:
        return await answer(request, on(asked.model, books.near, asked))

    @app.post("/api/corpus")
    async def corpus(request: Request, asked: Annotated[ask.Browse, Body()]) -> Response:
        return await answer(request, lambda stop: books.browse(asked, stop))

    @app.post("/api/picture")
    async def picture(request: Request, asked: Annotated[ask.Picture, Body()]) -> Response:
        data = await desk.answer(request, lambda stop: answers.picture(asked))
        return Response(data, media_type=MEDIA[asked.ending])

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be huge, or no text at all.
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return told(422, f"{place}: {first['msg']}" if place else str(first["msg"]))

    @app.exception_handler(HTTPException)
    async def unread(request: Request, error: HTTPException) -> Response:
        return told(error.status_code, str(error.detail))

    @app.exception_handler(EntarteError)
    async def failed(request: Request, error: EntarteError) -> Response:
        status = 500 if isinstance(error, DamagedError) else 503 if isinstance(error, SetupError) else 400
        return told(status, str(error))

    @app.exception_handler(Cancelled)
    async def left(request: Request, error: Cancelled) -> Response:
        return Response(status_code=GONE)

    return app


def told(status: int, message: str) -> Response:
    """An error in words; what is no text in it is escaped."""
    return JSONResponse({"error": message.encode("utf-8", "backslashreplace").decode()}, status)


def sent(kind: str, text: str) -> Response:
    """A file of the page."""
    return Response(text, media_type=f"{MEDIA[kind]}; charset=utf-8")
