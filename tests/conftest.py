"""What the browser tests share: one real Chromium, and tabs that may neither complain nor ask the network.

Needs Chromium and the extra `browser`; nothing is downloaded. Run with -m browser.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 60  # seconds; what is waited for takes a fraction of one on an idle machine


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Tests that ask for it were chosen by -m browser: without one they fail, and do not seem to pass."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "no Chromium on this machine: install it, or set CHROMIUM to its path"
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def new_tab(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens empty tabs. The test fails if one reports an error or asks an address that does not begin with
    one of `own`."""
    contexts, errors = [], []

    def opened(*own: str, width: int = 1200, height: int = 900, scheme: str = "light", **more: Any) -> Any:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, **more)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE * 1000)
        tab.on("console", lambda message: errors.append(message.text))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda asked: asked.url.startswith(own) or errors.append(asked.url))
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits until something holds; a page's policy forbids waiting inside it."""

    def waiting(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "it never came to hold"
            time.sleep(0.05)

    return waiting


@pytest.fixture(scope="session")
def accessible() -> Callable[[Any], None]:
    """Asserts that axe finds nothing serious in a tab."""
    script = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")

    def checked(tab: Any) -> None:
        tab.evaluate(script)
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [
            (one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == []

    return checked
