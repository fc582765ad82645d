"""Each distinct word's vector is multiplied once, its slots' gradients are summed: nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.fast import spread
from entarte.fast.products import Products
from entarte.fast.spread import Spread, distinct, gather
from entarte.model import Model

from .test_narrow import check as within_rounding
from .test_narrow import passed

Pairs = tuple[Source, Target]
Make = Callable[..., Model]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Words are held once however few they are; how many were not multiplied."""
    saved: list[int] = []

    def counted(rows: torch.Tensor, places: torch.Tensor | None) -> torch.Tensor:
        if places is not None:
            saved.append(len(places) - len(rows))
        return rows if places is None else rows[places]

    monkeypatch.setattr(spread, "PAYS", 0)
    for module in (spread, fast.decode, fast.layer, fast.loop):
        if hasattr(module, "spread"):
            monkeypatch.setattr(module, "spread", counted, raising=False)
    return saved


SHAPES = {
    "lstm": {"input_feeding": True},
    "gru": {
        "cell": "gru",
        "encoder": {"cell": "gru", "layers": 2, "directions": "both"},
        "input_feeding": True,
    },
    "rnn, reversed": {"cell": "rnn", "encoder": {"cell": "rnn", "reverse": True}, "query": "previous"},
    "maxout": {"readout": "maxout", "query": "previous"},
    "nothing fed back": {"layers": 2, "input_feeding": False},
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_values_and_gradients(name: str, make: Make, pairs: Pairs, shared: list[int]) -> None:
    model = make(**SHAPES[name])
    pairs[0].inputs[:, 1:2] = pairs[0].inputs[:, :1]  # some word comes twice
    pairs[1].inputs[:, -1:] = pairs[1].inputs[:, :1]
    spread.PAYS = 1 << 30
    values, grads = passed(model, pairs, fast.WIDE)
    assert not shared
    spread.PAYS = 0
    twins, others = passed(model, pairs, fast.WIDE)
    assert sum(shared) > 0, "every word was multiplied for each slot"
    for value, twin in zip(values, twins, strict=True):
        torch.testing.assert_close(twin, value, rtol=1e-10, atol=1e-12)
    assert grads.keys() == others.keys()
    for key, grad in grads.items():
        torch.testing.assert_close(others[key], grad, rtol=1e-9, atol=1e-12)


def test_narrow(make: Make, pairs: Pairs, shared: list[int]) -> None:
    within_rounding(make(input_feeding=True), pairs)
    assert shared


def test_kernels_read_every_slot(make: Make, pairs: Pairs, shared: list[int]) -> None:
    model = make(input_feeding=False)
    values, _ = passed(model, pairs, fast.WIDE)
    twins, _ = passed(model, pairs, Products(kernels=True))
    for value, twin in zip(values, twins, strict=True):
        torch.testing.assert_close(twin, value, rtol=1e-9, atol=1e-10)


def test_dropout_of_slots_makes_them_differ(make: Make, pairs: Pairs, shared: list[int]) -> None:
    model = make(input_feeding=True)
    for front in (model.source, model.target):
        front.dropout.p = 0.5
    passed(model.train(), pairs, fast.WIDE)
    assert not shared


def test_where_it_does_not_pay_nothing_is_shared() -> None:
    ids = torch.tensor([3, 3, 5, 3])
    assert distinct(ids, 200)[0].tolist() == [3, 5]
    assert distinct(ids, 100) == (ids, None)  # half of 100 columns saved; copying costs 64


def test_a_spread_is_its_slots() -> None:
    vectors, places = torch.arange(6.0).view(3, 2), torch.tensor([2, 0, 2, 2])
    whole = Spread(vectors, places)
    assert whole.slots == 4
    assert torch.equal(whole.whole(), vectors[places])
    assert torch.equal(whole.at(torch.tensor([3, 1])).whole(), vectors[[2, 0]])
    assert torch.equal(Spread(vectors).at(torch.tensor([1])).whole(), vectors[1:2])
    assert gather(torch.ones(4, 2), places, 3).tolist() == [[1, 1], [0, 0], [3, 3]]
