"""Work in a thread that ends when nobody waits for it any more.

Every search asks its Stepper for each step. So one wrapper can end any of them: when the page that asked
is closed, or asks something newer, the next step is not taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from torch import Tensor

from entarte.step import Step, Stepper

T = TypeVar("T")
Stop = Event


class Cancelled(Exception):
    """Nobody waits for the answer."""


class Stoppable:
    """A Stepper that stops when it is told to."""

    def __init__(self, inner: Stepper, stop: Stop) -> None:
        self.inner = inner
        self.stop = stop

    @property
    def sources(self) -> int:
        return self.inner.sources

    @property
    def mask(self) -> Tensor:
        return self.inner.mask

    def start(self) -> Any:
        return self.inner.start()

    def step(self, tokens: Tensor, state: Any) -> Step:
        check(self.stop)
        return self.inner.step(tokens, state)

    def keep(self, sources: Tensor) -> Stoppable:
        return Stoppable(self.inner.keep(sources), self.stop)


def check(stop: Stop) -> None:
    """Raises Cancelled where the work was told to stop."""
    if stop.is_set():
        raise Cancelled


class Desk:
    """One worker: what is asked is done in the order in which it came."""

    def __init__(self) -> None:
        self.one = CapacityLimiter(1)
        self.cancelled = 0

    async def run(self, work: Callable[[Stop], T], stop: Stop) -> T:
        """Do some work in the worker's thread."""
        return await anyio.to_thread.run_sync(work, stop, limiter=self.one)

    async def answer(self, request: Request, work: Callable[[Stop], T]) -> T:
        """Work for a request; where its client goes away, Cancelled."""
        stop = Stop()
        watch = asyncio.create_task(gone(request, stop))
        try:
            return await self.run(work, stop)
        except Cancelled:
            self.cancelled += 1
            raise
        finally:
            watch.cancel()


async def gone(request: Request, stop: Stop) -> None:
    """Tell the work to stop when the client has left. The request's body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    stop.set()
