"""Recurrent layers by the library's own kernels, as on a graphics card: equal to the readable ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.fast import kernels, layer
from entarte.fast.products import Products, fitting, native
from entarte.fast.spread import Spread
from entarte.model import Model

from .test_narrow import passed

Pairs = tuple[Source, Target]
Make = Callable[..., Model]


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kernels that were called."""
    found: list[str] = []
    for name, kernel in kernels.KERNELS.items():

        def spy(*args: object, kernel: Callable = kernel, name: str = name, **options: object) -> object:
            found.append(name)
            return kernel(*args, **options)

        monkeypatch.setitem(kernels.KERNELS, name, spy)
    return found


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("input_feeding", [True, False])
def test_cells(
    cell: str, layers: int, input_feeding: bool, make: Make, pairs: Pairs, called: list[str]
) -> None:
    """The encoder in both directions; the decoder's layers too where nothing is fed back."""
    shape = {"cell": cell, "layers": layers}
    model = make(encoder=shape | {"directions": "both"}, input_feeding=input_feeding, **shape)
    assert next(model.parameters()).dtype == torch.float64
    values, grads = passed(model, pairs, fast.WIDE)
    assert not called
    twins, others = passed(model, pairs, Products(kernels=True))
    assert called == [cell] * (2 * layers + (0 if input_feeding else layers))
    for value, twin in zip(values, twins, strict=True):
        torch.testing.assert_close(twin, value, rtol=1e-9, atol=1e-10)
    assert grads.keys() == others.keys()
    for name, grad in grads.items():
        torch.testing.assert_close(others[name], grad, rtol=1e-8, atol=1e-10)


def test_narrow_layers_are_cast(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes in is narrow, and what comes out is wide again."""
    seen: list[torch.dtype] = []

    def kernel(
        inputs: torch.Tensor, sizes: torch.Tensor, first: list[torch.Tensor], *_: object, **__: object
    ):
        seen.extend([inputs.dtype, *(part.dtype for part in first)])
        return inputs, *first

    monkeypatch.setitem(kernels.KERNELS, "lstm", kernel)
    state = torch.zeros(2, 4)
    weights = tuple(torch.zeros(1) for _ in range(4))
    flow = layer.Flow([2, 1])
    out = layer.recur(
        "lstm", Products(torch.bfloat16, kernels=True), flow, Spread(torch.ones(3, 4)), weights, (state,) * 2
    )
    assert seen == [torch.bfloat16] * 3
    assert [part.dtype for part in out] == [torch.float32] * 3
    assert [part.shape for part in out] == [(3, 4), (2, 4), (2, 4)]


def test_who_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast.card, "works", lambda _: False)
    card = torch.device("cuda")
    assert not fitting("float32", torch.device("cpu")).kernels
    assert fitting("float32", card) == Products(kernels=True)
    assert fitting("bfloat16", card) == Products(torch.bfloat16, kernels=True)
    for has in (True, False):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has=has, **_: has)
        assert native(card) is has
        assert fast.choose("auto", [], card)[0] == ("bfloat16" if has else "float32")
