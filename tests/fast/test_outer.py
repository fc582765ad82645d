"""Our own kernel for sums over slots: aᵀ b is what it should be, wherever the operands lie."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from entarte import native
from entarte.fast import outer, own
from entarte.fast.products import Products

if not native.able("float32"):
    pytest.skip("no kernels run here", allow_module_level=True)

KINDS = [kind for kind, name in own.NAMES.items() if native.able(name)]
SIZES = [(1, 2048, 1024), (2, 1030, 1030), (33, 500, 130), (1100, 65, 70), (2100, 100, 49), (4097, 16, 64)]
"""Slots, N, M: one slot, odd counts, more slots than stand near each other at a time, panels not full."""
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def operands(kind: torch.dtype, slots: int, n: int, m: int) -> tuple[Tensor, Tensor]:
    """Each a part of something wider, as gates and fed-back vectors are."""
    chance = torch.Generator().manual_seed(1)
    a, b = (torch.randn(slots, wide + 5, generator=chance).to(kind) for wide in (n, m))
    return a[:, 2 : n + 2], b[:, 5:]


def far(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).abs().max())


@pytest.mark.parametrize(("slots", "n", "m"), SIZES)
@every_kind
def test_a_sum_over_slots(kind: torch.dtype, slots: int, n: int, m: int) -> None:
    a, b = operands(kind, slots, n, m)
    wanted = a.double().t() @ b.double()
    found = outer.product(a.t(), b)
    assert found is not None
    assert found.dtype == torch.float32
    close = 1e-6 * slots + 1e-5
    assert far(found, wanted) < close
    room = torch.full((n, m + 7), 3.0)
    into = room[:, 3:-4]  # a part of a wider weight's gradient
    assert outer.product(a.t(), b, into) is into
    assert torch.equal(into, found)
    assert outer.product(a.t(), b, into, more=True) is into
    assert far(into, 2 * wanted) < 2 * close
    assert (room[:, :3] == 3).all()
    assert (room[:, -4:] == 3).all()


@every_kind
def test_threads_do_not_matter(kind: torch.dtype) -> None:
    """Bit for bit."""
    a, b = operands(kind, 1500, 130, 70)
    threads = torch.get_num_threads()
    found = []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            if (made := outer.product(a.t(), b)) is not None:
                found.append(made)
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(found[0], each) for each in found[1:])


@every_kind
def test_what_is_not_for_it_is_left(kind: torch.dtype) -> None:
    a, b = operands(kind, 1500, 130, 70)
    assert outer.product(a.t().contiguous(), b) is None
    assert outer.product(a.t(), b.t().contiguous().t()) is None
    assert outer.product(a.t(), b.double()) is None
    assert outer.product(a[:9].t(), b[:9]) is None  # too small to pay
    assert outer.product(a.t(), b, torch.empty(130, 70, dtype=torch.float64)) is None
    with pytest.raises(ValueError, match="slots"):
        outer.product(a.t(), b[:-1])


@pytest.mark.parametrize("narrow", [None, torch.bfloat16])
def test_products_take_it_where_they_may(narrow: torch.dtype | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if (narrow or torch.float32) not in KINDS:
        pytest.skip("no such kernel runs here")
    asked = []
    product = outer.product

    def seen(*given: object, **more: object) -> Tensor | None:
        found = product(*given, **more)  # type: ignore[arg-type]
        asked.append(found is not None)
        return found

    monkeypatch.setattr(outer, "product", seen)
    a, b = operands(torch.float32, 1500, 130, 70)
    wanted = a.double().t() @ b.double()
    close = 1e-2 if narrow is None else 1.0
    for products in (Products(narrow, ours=True), Products(narrow)):
        into = torch.ones(130, 70)
        assert far(products.mm(a.t(), b), wanted) < close
        assert far(products.add(into, a.t(), b), wanted + 1) < close
        assert far(products.write(into, a.t(), b), wanted) < close
    assert asked == [True] * 3
