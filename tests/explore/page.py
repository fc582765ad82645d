"""What the browser tests of the explorer share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

VIEWS = ("translate", "steps", "beam", "compare", "corpus")
SOURCE = "he hit me with a pie"
Until = Callable[[Callable[[], bool]], None]
PATIENCE = 60  # seconds; what is waited for takes a fraction of one on an idle machine


def asked(address: str, what: str, **given: Any) -> Any:
    """What the server answers."""
    head = {"content-type": "application/json"}
    body = json.dumps({"model": "looks"} | given).encode()
    with urlopen(Request(address + "api/" + what, body, head), timeout=PATIENCE) as reply:
        return json.load(reply)


def outputs(address: str, **given: Any) -> Any:
    """What the server says for the sentence, best first."""
    return asked(address, "translate", **{"source": SOURCE} | given)["outputs"]


def said(tab: Any) -> str:
    return str(tab.locator(".output").inner_text())


def hash_of(tab: Any) -> str:
    return str(tab.evaluate("decodeURIComponent(location.hash)"))
