"""Work ends when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi is not installed")

from starlette.requests import Request

from entarte.batch import source
from entarte.explore.work import Cancelled, Desk, Stop, Stoppable
from entarte.saved import load
from entarte.search import Beam, Greedy

from ..laws.models import tiny


def test_a_search_stops_at_its_next_step() -> None:
    model, stop, steps = tiny(), Stop(), 0

    class Counting(Stoppable):
        def step(self, tokens: Any, state: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == 3:
                self.stop.set()
            return super().step(tokens, state)

    with pytest.raises(Cancelled):
        Beam(beam=2, stop="never")(Counting(model.bind(source([[4, 5, 6]])), stop), [50])
    assert steps == 3


def test_a_stoppable_changes_nothing() -> None:
    model = tiny()
    rows = source([[4, 5, 6], [7]])
    [[one], [two]] = Greedy()(model.bind(rows), [6, 3])
    [[same], [also]] = Greedy()(Stoppable(model.bind(rows), Stop()), [6, 3])
    assert (one, two) == (same, also)


def test_a_client_that_leaves_ends_its_work(folders: list[Path]) -> None:
    """The endless search of a client that leaves after a moment, and the next one's turn."""
    bound = load(folders[0]).model.bind(source([[5, 6]]))
    left = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    def endless(stop: Stop) -> None:
        stepper = Stoppable(bound, stop)
        state = stepper.start()
        import torch

        while True:
            state = stepper.step(torch.tensor([5]), state).state

    async def both() -> int:
        desk = Desk()
        request = Request({"type": "http", "headers": []}, receive)
        work = asyncio.create_task(desk.answer(request, endless))
        await asyncio.sleep(0.05)
        assert not work.done()
        left.set()
        with pytest.raises(Cancelled):
            await asyncio.wait_for(work, 20)
        assert await asyncio.wait_for(desk.run(lambda stop: 5, Stop()), 20) == 5
        return desk.cancelled

    assert asyncio.run(both()) == 1
