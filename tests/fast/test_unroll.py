"""Law 7: the fast path equals the readable path, in values and in the gradient of every parameter."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import fast
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.decoder.base import Unrolled
from entarte.decoder.start import STARTS
from entarte.fast import decode, drop
from entarte.loss import forced as readable_loss
from entarte.model import Model

from .conftest import VOCABULARY

Pairs = tuple[Source, Target]
Make = Callable[..., Model]


def numbers(unrolled: Unrolled) -> list[Tensor]:
    """Everything that a pass says, as a list."""

    def tensors(nest: Any) -> list[Tensor]:
        if nest is None:
            return []
        return [nest] if isinstance(nest, Tensor) else [t for part in nest for t in tensors(part)]

    return [unrolled.features, unrolled.weights, *tensors(unrolled.state)]


def differences(model: Model, pairs: Pairs, state: bool = True) -> dict[str, float]:
    """The largest difference in each value and each parameter's gradient, for a loss that reads all."""
    passes = {}
    for name, unroll in {"readable": model.unroll, "fast": partial(fast.model_unroll, model)}.items():
        model.zero_grad()
        unrolled = unroll(*pairs)
        torch.manual_seed(1)
        loss = torch.zeros((), dtype=torch.float64)
        ends = [unrolled.state.cells, unrolled.state.top, unrolled.state.query] if state else []
        for value in numbers(Unrolled(unrolled.features, unrolled.weights, ends)):
            loss = loss + (value * torch.randn(value.shape, dtype=value.dtype)).sum()
        loss.backward()
        grads = {n: p.grad for n, p in model.named_parameters()}
        passes[name] = ([value.detach() for value in numbers(unrolled)], grads)
    found = {}
    (values, grads), (twins, others) = passes["readable"], passes["fast"]
    assert len(values) == len(twins)
    for number, (value, twin) in enumerate(zip(values, twins, strict=True)):
        assert value.shape == twin.shape
        found[f"value {number}"] = float((value - twin).abs().max())
    for name, grad in grads.items():
        other = others[name]
        assert (grad is None) == (other is None), name
        if grad is not None and other is not None:
            found[name] = float((grad - other).abs().max())
    return found


def check(model: Model, pairs: Pairs, tolerance: float = 1e-9, state: bool = True) -> None:
    assert fast.why_not(model) == []
    found = differences(model, pairs, state)
    worst = max(found, key=lambda name: found[name])
    assert found[worst] < tolerance, f"{worst}: {found[worst]}"


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_cells_layers_order_feeding(
    make: Make, pairs: Pairs, cell: str, layers: int, query: str, feeding: bool
) -> None:
    model = make(
        {"cell": cell, "layers": layers}, cell=cell, layers=layers, query=query, input_feeding=feeding
    )
    check(model, pairs)


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_attentions(make: Make, pairs: Pairs, attention: str, query: str, feeding: bool) -> None:
    check(make(attention=attention, query=query, input_feeding=feeding), pairs)


def test_queries_in_portions(make: Make, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory allows only some queries at once."""
    model = make(attention="additive", window="local-m", input_feeding=False)
    monkeypatch.setattr(decode, "ROOM", 3 * model.decoder.attention.held * pairs[0].mask.numel())
    check(model, pairs)


@pytest.mark.parametrize("window", ["local-m", "local-p"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_windows(make: Make, pairs: Pairs, window: str, feeding: bool) -> None:
    check(make(window=window, input_feeding=feeding), pairs)


@pytest.mark.parametrize(
    ("readout", "said"),
    [("plain", {}), ("maxout", {"state": "previous"}), ("maxout", {"state": "current", "width": 4})],
    ids=["plain", "maxout-previous", "maxout-current"],
)
@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_readouts(
    make: Make, pairs: Pairs, readout: str, said: dict[str, Any], query: str, feeding: bool
) -> None:
    check(make(readout=readout, said=said, query=query, input_feeding=feeding), pairs)


@pytest.mark.parametrize("query", ["current", "previous"])
def test_a_pointer(make: Make, pairs: Pairs, query: str) -> None:
    """Where it is not fed back all is fast, and the loss too; where it is, that is said."""
    model = make(readout="pointer", attention="coverage", query=query, input_feeding=False)
    check(model, pairs)
    source, target = pairs
    source = source._replace(copy_ids=source.inputs + 1)  # 11 is beyond the vocabulary
    target = target._replace(outputs=torch.where(target.outputs == 9, VOCABULARY, target.outputs))
    grads = []
    for unrolled, loss in (
        (model.unroll(source, target), readable_loss),
        (fast.model_unroll(model, source, target), fast.forced),
    ):
        model.zero_grad()
        loss(model, unrolled, source, target, 0.1).objective.backward()
        grads.append({name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None})
    assert grads[0].keys() == grads[1].keys()
    assert all((grads[0][name] - grads[1][name]).abs().max() < 1e-9 for name in grads[0])
    (reason,) = fast.why_not(make(readout="pointer", input_feeding=True))
    assert "Pointer is fed back and has no fast twin" in reason


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layer", ["top", "bottom"])
@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_deep(make: Make, pairs: Pairs, cell: str, layer: str, query: str, feeding: bool) -> None:
    """GNMT's ways: residual, the bottom layer asks, all layers read the context."""
    beside = "all" if query == "previous" else "first"
    model = make(
        {"cell": cell, "layers": 3, "residual": True, "directions": "first"},
        cell=cell,
        layers=3,
        residual=True,
        query=query,
        query_layer=layer,
        context_layers=beside,
        input_feeding=feeding,
    )
    check(model, pairs)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("directions", ["one", "both", "first"])
@pytest.mark.parametrize("reverse", [True, False], ids=["reverse", "straight"])
def test_encoders(make: Make, pairs: Pairs, cell: str, directions: str, reverse: bool) -> None:
    encoder = {"cell": cell, "directions": directions, "reverse": reverse, "layers": 2}
    check(make(encoder, cell=cell, layers=2), pairs)


@pytest.mark.parametrize("start", [s for s in STARTS if s != "last"])
def test_starts(make: Make, pairs: Pairs, start: str) -> None:
    check(make(start=start), pairs)


def test_last_state_as_start(make: Make, pairs: Pairs) -> None:
    check(make(start="last"), pairs)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_nothing_padded(make: Make, even: Pairs, cell: str) -> None:
    check(make({"cell": cell, "layers": 2}, cell=cell), even)


@pytest.mark.parametrize("attention", ["general", "additive", "coverage"])
def test_single_precision(make: Make, pairs: Pairs, attention: str) -> None:
    check(make(attention=attention, layers=2, dtype=torch.float32), pairs, tolerance=1e-4)


def test_only_the_weights_are_asked_for(make: Make, pairs: Pairs) -> None:
    """A loss on the alignment alone, as guided alignment has it."""
    model = make()
    grads = []
    for unroll in (model.unroll, partial(fast.model_unroll, model)):
        model.zero_grad()
        unroll(*pairs).weights.square().sum().backward()
        grads.append({n: p.grad for n, p in model.named_parameters() if p.grad is not None})
    for name, grad in grads[0].items():
        assert torch.allclose(grad, grads[1][name], atol=1e-12), name


@pytest.mark.parametrize("query", ["current", "previous"])
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
@pytest.mark.parametrize("readout", ["attentional", "maxout", "plain"])
def test_dropout_falls_in_the_same_places(
    make: Make, pairs: Pairs, monkeypatch: pytest.MonkeyPatch, query: str, feeding: bool, readout: str
) -> None:
    """With a dropout whose mask hangs on the place in the vector alone, both paths must agree."""

    def row(rate: float, width: int) -> Tensor:
        return (torch.arange(width) % 3 > 0).double() / (1 - rate)

    def dropout(vectors: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
        assert training
        return vectors * row(p, vectors.size(-1))

    def draw(rate: float, shape: tuple[int, ...], like: Tensor) -> Tensor:
        return row(rate, shape[-1]).expand(shape)

    monkeypatch.setattr(torch.nn.functional, "dropout", dropout)
    monkeypatch.setattr(drop, "draw", draw)
    model = make(
        {"layers": 2, "dropout": 0.3, "memory_dropout": 0.25},
        readout=readout,
        said={"dropout": 0.4},
        front={"dropout": 0.1},
        layers=2,
        dropout=0.2,
        query=query,
        input_feeding=feeding,
    )
    check(model.train(), pairs)


@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_dropout_is_drawn_afresh_and_only_in_training(make: Make, pairs: Pairs, feeding: bool) -> None:
    model = make(said={"dropout": 0.5}, layers=2, dropout=0.5, input_feeding=feeding)
    first, second = (fast.model_unroll(model, *pairs).features for _ in range(2))
    assert not torch.equal(first, second)
    zeros = float((first == 0).double().mean())
    assert 0.3 < zeros < 0.7
    model.eval()
    first, second = (fast.model_unroll(model, *pairs).features for _ in range(2))
    assert torch.equal(first, second)


def test_taken_up_in_the_middle(make: Make, pairs: Pairs) -> None:
    """An unroll may begin where another ended."""
    for options in ({}, {"query": "previous"}, {"input_feeding": False}, {"attention": "coverage"}):
        model = make(layers=2, window="local-m", **options)  # type: ignore[arg-type]
        source, target = pairs
        memory = model.encode(source)
        keys, embedded = model.decoder.keys(memory), model.target(target.inputs)
        whole = model.decoder.unroll(embedded, memory, keys, model.decoder.start(memory))
        begun = fast.unroll(model.decoder, embedded[:, :2], memory, keys, model.decoder.start(memory))
        assert begun is not None
        rest = fast.unroll(model.decoder, embedded[:, 2:], memory, keys, begun.state)
        assert rest is not None
        for whole_, first, second, axis in (
            (whole.features, begun.features, rest.features, 1),
            (whole.weights, begun.weights, rest.weights, 2),
        ):
            assert torch.allclose(whole_, torch.cat([first, second], axis), atol=1e-12), options


def test_backward_twice_is_refused(make: Make, pairs: Pairs) -> None:
    loss = fast.model_unroll(make(), *pairs).features.sum()
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="the fast path goes backward once; run the forward pass again"):
        loss.backward()


def test_nothing_is_left_behind(make: Make, pairs: Pairs) -> None:
    """A pass without a way back is freed at once, without the collector's help."""
    model = make({"layers": 2}, layers=2)
    gc.collect()
    gc.disable()
    try:
        unrolled = fast.model_unroll(model, *pairs)
        held = weakref.ref(node_of(unrolled.features).trip)
        assert held() is not None
        del unrolled
        assert held() is None
    finally:
        gc.enable()


def node_of(features: Tensor) -> Any:
    """The Loop's own node, below the views that were taken of its result."""
    node: Any = features.grad_fn
    while not hasattr(node, "trip"):
        node = node.next_functions[0][0]
    return node


def test_without_gradients(make: Make, pairs: Pairs) -> None:
    model = make()
    with torch.no_grad():
        fast_, readable = fast.model_unroll(model, *pairs), model.unroll(*pairs)
    assert torch.allclose(fast_.features, readable.features, atol=1e-12)
    assert not fast_.features.requires_grad
