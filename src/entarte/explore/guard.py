"""Who may ask, and how much: Host and Origin are checked, bodies are limited, pages may load nothing.

A page that runs on this machine can be reached by every web site that its user visits: by a form or a
script that sends requests to 127.0.0.1, or by a name that is made to point there (DNS rebinding). The
first carries a foreign Origin, the second a foreign Host.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from entarte.explore.ask import BODY

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Stands before an ASGI application.

    hosts  names that the page may be reached by, without port
    """

    def __init__(self, app: Callable[..., Awaitable[None]], hosts: tuple[str, ...] = LOCAL) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self.refusal(scope["method"], headers)
        if refusal is not None:
            await refuse(send, *refusal)
            return

        async def sealed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *pairs()]
            await send(message)

        await self.app(scope, limited(receive, sealed), sealed)

    def refusal(self, method: str, headers: MutableMapping[bytes, str]) -> tuple[int, str] | None:
        """Status and message where a request is not to be answered."""
        host = headers.get(b"host", "")
        if bare(host) not in self.hosts:
            return 403, "this page answers to its own address only"
        origin = headers.get(b"origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return 403, "another site may not ask this page"
        if method == "POST" and headers.get(b"content-type", "").split(";")[0].strip() != "application/json":
            return 415, "what is asked must be application/json"
        length = headers.get(b"content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > BODY:
            return 413, f"more than {BODY:,} bytes are asked at once"
        return None


def bare(host: str) -> str:
    """A host without its port.

    >>> bare("127.0.0.1:8000"), bare("[::1]:8000"), bare("localhost")
    ('127.0.0.1', '[::1]', 'localhost')
    """
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def pairs() -> list[tuple[bytes, bytes]]:
    """The headers of every answer."""
    return [(name.encode(), value.encode()) for name, value in HEADERS.items()]


def limited(receive: Receive, send: Send) -> Receive:
    """A body that is sent in parts, without its length, ends for us where it grows too long."""
    seen = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > BODY else message

    return receiving


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer without asking the application."""
    head = [(b"content-type", b"text/plain; charset=utf-8"), *pairs()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": message.encode()})
