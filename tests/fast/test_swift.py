"""Single precision by oneDNN against torch's own: the same numbers, but for the order of sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from entarte import fast, native
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.fast import outer, own, swift
from entarte.model import Model

from .test_narrow import passed

Pairs = tuple[Source, Target]
Make = Callable[..., Model]


def there() -> bool:
    try:
        return swift.times(torch.ones(16, 2), torch.ones(2, 3)).shape == (16, 3)
    except (AttributeError, RuntimeError):
        return False


pytestmark = pytest.mark.skipif(not there(), reason="torch was built without oneDNN")


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Products that oneDNN made; none is too small for it here."""
    made: list[tuple[int, ...]] = []
    times_ = swift.times

    def times(a: torch.Tensor, b: torch.Tensor, *bias: Any) -> torch.Tensor:
        made.append((*a.shape, b.size(1)))
        return times_(a, b, *bias)

    monkeypatch.setattr(swift, "SMALL", 0)
    monkeypatch.setattr(outer, "SMALL", 0)
    monkeypatch.setattr(swift, "times", times)
    return made


@pytest.mark.parametrize("rows", [1, 15, 16, 33])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("biased", [False, True])
def test_a_product_is_a_product(rows: int, turned: bool, biased: bool) -> None:
    torch.manual_seed(1)
    a, b = torch.randn(rows, 24), torch.randn(40, 24).t() if turned else torch.randn(24, 40)
    bias = torch.randn(40) if biased else None
    wanted = a.double() @ b.double() + (0 if bias is None else bias.double())
    torch.testing.assert_close(swift.times(a, b, bias).double(), wanted, rtol=1e-5, atol=1e-5)


def test_what_lies_behind_the_rows_is_not_seen() -> None:
    """Rows are filled up by those behind them, also where these are no numbers."""
    whole, b = torch.randn(40, 24), torch.randn(24, 8)
    whole[10:] = torch.nan
    found = swift.times(whole[:10], b)
    torch.testing.assert_close(found, whole[:10] @ b)
    last = torch.randn(40, 24)[33:]  # and nothing lies behind the last ones
    torch.testing.assert_close(swift.times(last, b), last @ b)
    columns = torch.randn(9, 48)[:, 24:]
    torch.testing.assert_close(swift.times(columns, b), columns @ b)


def test_one_that_does_not_fit_is_left_to_torch(counted: list[tuple[int, ...]]) -> None:
    a, b = torch.randn(8, 6), torch.randn(6, 10)
    products = fast.SWIFT
    for one, other in ((a.t(), torch.randn(8, 5)), (a, b[:, :4]), (a.double(), b.double())):
        torch.testing.assert_close(products.mm(one, other), one @ other)
    assert not counted
    products.mm(a, products.dense(b[:, :4]))
    assert counted == [(8, 6, 4)]


def check(model: Model, pairs: Pairs, counted: list[tuple[int, ...]]) -> None:
    model = model.float()
    values, grads = passed(model, pairs, fast.WIDE)
    assert not counted
    for ours in (False, True) if native.able("float32") else (False,):
        counted.clear()
        twins, others = passed(model, pairs, fast.SWIFT._replace(ours=ours))
        assert len(counted) > 5, "oneDNN had nothing to do"
        for value, twin in zip(values, twins, strict=True):
            torch.testing.assert_close(twin, value, rtol=1e-4, atol=1e-5)
        assert grads.keys() == others.keys()
        for name, grad in grads.items():
            torch.testing.assert_close(
                others[name], grad, rtol=1e-3, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}"
            )


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
def test_cells(cell: str, layers: int, make: Make, pairs: Pairs, counted: list[tuple[int, ...]]) -> None:
    shape = {"cell": cell, "layers": layers}
    check(make(encoder=shape | {"directions": "both"}, input_feeding=True, **shape), pairs, counted)


@pytest.mark.parametrize("attention", sorted(ATTENTIONS))
@pytest.mark.parametrize("query", ["current", "previous"])
def test_attentions(
    attention: str, query: str, make: Make, pairs: Pairs, counted: list[tuple[int, ...]]
) -> None:
    readout = "plain" if attention == "none" and query == "current" else "attentional"
    check(make(attention=attention, query=query, readout=readout, input_feeding=True), pairs, counted)


@pytest.mark.parametrize("readout", ["plain", "attentional", "maxout"])
def test_readouts(readout: str, make: Make, pairs: Pairs, counted: list[tuple[int, ...]]) -> None:
    check(make(readout=readout, query="previous"), pairs, counted)


@pytest.mark.parametrize(
    ("capability", "vendor", "wanted"),
    [("AVX512", "AuthenticAMD", True), ("AVX512", "GenuineIntel", False), ("AVX2", "AuthenticAMD", False)],
)
def test_who_takes_it(capability: str, vendor: str, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(swift, "vendor", lambda: vendor)
    swift.pays.cache_clear()
    try:
        assert swift.pays() is wanted
        assert fast.wide().swift is wanted
        monkeypatch.setattr(swift, "times", lambda *_: 1 / 0 if not wanted else broken())
        swift.pays.cache_clear()
        assert not swift.pays(), "an operator that is gone must not be asked for"
    finally:
        swift.pays.cache_clear()


@pytest.mark.parametrize("vendor", ["AuthenticAMD", "GenuineIntel", ""])
def test_who_takes_our_own_sums(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where others' libraries are known to be slow, and the kernels run; never on a card."""
    monkeypatch.setattr(swift, "vendor", lambda: vendor)
    own.pays.cache_clear()
    try:
        for precision in ("float32", "bfloat16"):
            wanted = vendor == "AuthenticAMD" and native.able(precision)
            assert fast.fitting(precision, torch.device("cpu")).ours is wanted
            assert not fast.fitting(precision, torch.device("xpu")).ours
    finally:
        own.pays.cache_clear()


def broken() -> None:
    raise AttributeError("no such operator")


def test_the_processor_says_who_made_it() -> None:
    assert isinstance(swift.vendor(), str)
