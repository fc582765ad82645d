"""Steps of a cell by our own kernels against the operations that they stand for."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import native
from entarte.fast import cells, own_cells
from entarte.fast.cells import Track
from entarte.fast.flow import Flow
from entarte.fast.products import Products
from entarte.fast.steps import steps

if not native.able("float32"):
    pytest.skip("no kernels run here", allow_module_level=True)

SIZES = [21, 21, 17, 9, 1]
"""Rows at work at each step: more than one thread takes at a time, and one."""


def there_and_back(kind: type[Track], name: str, width: int, products: Products) -> list[Tensor]:
    """All that a layer leaves, after its way there and back."""
    chance = torch.Generator().manual_seed(1)

    def numbers(*sides: int) -> Tensor:
        return torch.randn(*sides, generator=chance)

    gates = {"lstm": 4, "gru": 3}[name] * width
    start = tuple(numbers(SIZES[0], width) for _ in range(kind.parts))
    given, weight, bias = numbers(sum(SIZES), gates), numbers(gates, width) / width**0.5, numbers(gates)
    rows = torch.arange(SIZES[0])
    before = [sum(SIZES[:t]) for t in range(len(SIZES))]
    last = torch.tensor([max(t for t, size in enumerate(SIZES) if size > row) for row in rows.tolist()])
    origin = torch.cat([rows[:size] + (SIZES[0] + before[t - 1] if t else 0) for t, size in enumerate(SIZES)])
    ends = SIZES[0] + torch.tensor(before)[last] + rows
    track = kind(given, Flow(SIZES, origin, ends), start, weight, bias, products)
    for t in range(len(SIZES)):
        track.forward(t)
    found = [track.h.clone(), *(part.clone() for part in track.final())]
    state = [numbers(SIZES[0], width) for _ in range(kind.parts)]
    wider = numbers(sum(SIZES), width + 3)
    for t in reversed(range(len(SIZES))):
        dh, *dc = (slope[: SIZES[t]] for slope in state)
        more = [wider[:, 3:].split(SIZES)[t], numbers(width, SIZES[t]).t(), None][t % 3]
        track.backward(t, dh, dc[0] if dc else None, more)
    return [*found, *state, track.all_gates, track.slopes, *track.inward(), *track.weights()]


@pytest.mark.parametrize("narrow", [None, torch.bfloat16], ids=["wide", "narrow"])
@pytest.mark.parametrize("width", [5, 16, 37])
@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_a_step_is_a_step(name: str, width: int, narrow: torch.dtype | None) -> None:
    if narrow is not None and not native.able("bfloat16"):
        pytest.skip("no such kernel runs here")
    plain, own = cells.TRACKS[name], own_cells.TRACKS[name]
    wanted = there_and_back(plain, name, width, Products(narrow))
    found = there_and_back(own, name, width, Products(narrow, ours=True))
    for one, other in zip(wanted, found, strict=True):
        assert one.dtype == other.dtype
        apart = float((one.float() - other.float()).norm() / one.float().norm())
        assert apart < (2e-6 if narrow is None else 5e-3)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_threads_do_not_matter(name: str) -> None:
    threads, found = torch.get_num_threads(), []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            found.append(there_and_back(own_cells.TRACKS[name], name, 37, Products(ours=True)))
    finally:
        torch.set_num_threads(threads)
    # what products give is torch's business
    assert torch.allclose(found[0][0], found[1][0], atol=1e-6)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_other_numbers_go_the_other_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In double precision kernels are not asked."""
    monkeypatch.setattr(own_cells.own, "run", lambda *_: 1 / 0)
    kind: Any = steps(Products(ours=True)).tracks[name]
    assert kind is own_cells.TRACKS[name]
    gates = {"lstm": 4, "gru": 3}[name] * 4
    start = tuple(torch.zeros(2, 4).double() for _ in range(kind.parts))
    track = kind(torch.ones(2, gates).double(), Flow([2]), start, torch.ones(gates, 4).double(),
                 torch.ones(gates).double(), Products(ours=True))  # fmt: skip
    track.forward(0)
    slopes = [torch.ones(2, 4).double() for _ in range(kind.parts)]
    track.backward(0, slopes[0], slopes[1] if kind.parts == 2 else None)
    assert bool(torch.isfinite(slopes[0]).all())
