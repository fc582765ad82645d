"""Whole decoders, from word vectors to probabilities, step by step as the papers describe them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from entarte import batch
from entarte.build import build
from entarte.model import Model

from .cells import CELLS, State
from .drawn import array, draw
from .plain import add, beside, dot, mixed, softmax, tanhs, times

E, W, SAID = 3, 4, 9
SOURCES, TARGETS = [[4, 5, 6], [7]], [[4, 6], [8, 5]]


def model(**parts: tuple[str, dict[str, Any]]) -> Model:
    """A model with these parts, every weight drawn from [-1, 1], biases of the output 0."""

    def choice(name: str, kind: str, **options: Any) -> SimpleNamespace:
        other, more = parts.get(name, (kind, {}))
        return SimpleNamespace(kind=other, options=options | more)

    made = build(
        SimpleNamespace(
            front=choice("front", "words", width=E),
            source_front=choice("source_front", "same"),
            encoder=choice("encoder", "recurrent", cell="gru", width=W),
            attention=choice("attention", "general"),
            window=choice("window", "global"),
            decoder=choice("decoder", "recurrent", cell="rnn", width=W),
            readout=choice("readout", "attentional"),
        ),
        8,
        SAID,
        "none",
    )
    made = draw(made)
    with torch.no_grad():
        made.readout.bias.zero_()
    return made


class Sheet:
    """What a decoder starts from, as numbers: the memory of one source, the first state, its weights."""

    def __init__(self, made: Model, b: int) -> None:
        memory = made.encode(batch.source(SOURCES))
        self.slots = [array(memory.values[b, s]) for s in range(len(SOURCES[b]) + 1)]
        decoder: Any = made.decoder
        first = decoder.start(memory)
        self.cells: list[State] = [tuple(array(part[b]) for part in layer) for layer in first.cells]
        self.words = array(made.target.table.weight)  # type: ignore[union-attr, arg-type]
        self.weights = [
            [array(each) for each in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)]
            for cell in decoder.stack.cells
        ]
        self.attention: Any = decoder.attention
        self.readout: Any = made.readout

    def step(self, cell: str, layer: int, reads: np.ndarray, state: State) -> State:
        return CELLS[cell](*self.weights[layer], reads, state)

    def look(self, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """General attention (Luong et al. 2015, eq. 7–8) or additive (Bahdanau et al. 2015, A.1.2)."""
        a = self.attention
        W_a = array(a.W.weight)
        if hasattr(a, "v"):
            U, v = array(a.U.weight), array(a.v.weight)[0]
            scores = [dot(v, tanhs(add(times(W_a, query), times(U, slot)))) for slot in self.slots]
        else:
            scores = [dot(query, times(W_a, slot)) for slot in self.slots]
        weights = softmax(scores)
        return weights, mixed(weights, self.slots)

    def attentional(self, hidden: np.ndarray, context: np.ndarray) -> np.ndarray:
        return tanhs(times(array(self.readout.W.weight), beside(context, hidden)))

    def maxout(self, state: np.ndarray, word: np.ndarray, context: np.ndarray) -> np.ndarray:
        U, V, C = (array(each.weight) for each in (self.readout.U, self.readout.V, self.readout.C))
        t = add(times(U, state), array(self.readout.U.bias), times(V, word), times(C, context))
        return np.array([max(t[2 * j], t[2 * j + 1]) for j in range(len(t) // 2)])

    def said(self, features: np.ndarray) -> np.ndarray:
        return softmax(times(array(self.readout.weight), features))


Step = tuple[np.ndarray, np.ndarray]
"""The probabilities of all words, and the weights."""


def compare(made: Model, printed: Any) -> None:
    """Every source, every step: probabilities and weights."""
    source, target = batch.source(SOURCES), batch.target(TARGETS)
    unrolled = made.unroll(source, target)
    probabilities = array(made.readout.log_probs(unrolled.features).exp())
    for b in range(len(SOURCES)):
        steps: list[Step] = printed(Sheet(made, b), target.inputs[b].tolist())
        assert len(steps) == target.inputs.size(1)
        for t, (p, weights) in enumerate(steps):
            np.testing.assert_allclose(probabilities[b, t], p, rtol=0, atol=1e-12)
            ours = array(unrolled.weights[b, 0, t])
            np.testing.assert_allclose(ours[: len(weights)], weights, rtol=0, atol=1e-12)
            np.testing.assert_array_equal(ours[len(weights) :], 0.0)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("feeding", [True, False], ids=["fed", "unfed"])
def test_luong_section_3_1_and_3_3(cell: str, feeding: bool) -> None:
    """h_{t−1} → h_t → a_t → c_t → h̃_t, and with input feeding h̃_{t−1} is joined to the next input."""

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        [state], before, steps = sheet.cells, np.zeros(W), []
        for token in tokens:
            reads = beside(sheet.words[token], before) if feeding else sheet.words[token]
            state = sheet.step(cell, 0, reads, state)
            weights, context = sheet.look(state[0])
            before = sheet.attentional(state[0], context)
            steps.append((sheet.said(before), weights))
        return steps

    compare(model(decoder=("recurrent", {"cell": cell, "input_feeding": feeding})), printed)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("which", ["previous", "current"])
def test_bahdanau_section_3_1_and_a_2_2(cell: str, which: str) -> None:
    """e_ij = a(s_{i−1}, h_j);  s_i = f(s_{i−1}, y_{i−1}, c_i);  deep output of s_{i−1}, y_{i−1}, c_i.

    The query is the state before the step: tensorflow/nmt and others ask with the state after it.
    """

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        [state], steps = sheet.cells, []
        for token in tokens:
            word = sheet.words[token]
            weights, context = sheet.look(state[0])
            after = sheet.step(cell, 0, beside(word, context), state)
            deep = sheet.maxout((state if which == "previous" else after)[0], word, context)
            steps.append((sheet.said(deep), weights))
            state = after
        return steps

    made = model(
        attention=("additive", {}),
        decoder=("recurrent", {"cell": cell, "query": "previous", "input_feeding": False}),
        readout=("maxout", {"state": which, "width": 3}),
    )
    compare(made, printed)


def test_both_orders_with_input_feeding() -> None:
    """Bahdanau's order with Luong's feeding: the cell reads word, context and h̃_{t−1}, in this order."""

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        [state], before, steps = sheet.cells, np.zeros(W), []
        for token in tokens:
            weights, context = sheet.look(state[0])
            state = sheet.step("gru", 0, beside(sheet.words[token], context, before), state)
            before = sheet.attentional(state[0], context)
            steps.append((sheet.said(before), weights))
        return steps

    compare(model(decoder=("recurrent", {"cell": "gru", "query": "previous"})), printed)


def test_sutskever_eq_1() -> None:
    """The source is read into v, the state that the decoder starts from, and not looked at again."""

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        one, two = sheet.cells
        steps = []
        nowhere = np.array([float(s == len(sheet.slots) - 1) for s in range(len(sheet.slots))])
        for token in tokens:
            one = sheet.step("lstm", 0, sheet.words[token], one)
            two = sheet.step("lstm", 1, one[0], two)
            steps.append((sheet.said(two[0]), nowhere))
        return steps

    deep = {"cell": "lstm", "layers": 2}
    made = model(
        encoder=("recurrent", deep | {"directions": "one", "reverse": True}),
        attention=("none", {}),
        decoder=("recurrent", deep | {"start": "last", "input_feeding": False}),
        readout=("plain", {}),
    )
    compare(made, printed)


@pytest.mark.parametrize("beside_all", [True, False], ids=["all", "first"])
@pytest.mark.parametrize("residual", [True, False], ids=["residual", "straight"])
def test_wu_section_3_the_bottom_layer_asks(beside_all: bool, residual: bool) -> None:
    """GNMT: a_t of the bottom layer's output of the last step; c_t goes to every layer of the decoder."""
    layers = 3

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        cells, query, steps = list(sheet.cells), sheet.cells[0][0], []
        for token in tokens:
            weights, context = sheet.look(query)
            below = beside(sheet.words[token], context)
            for layer in range(layers):
                reads = beside(below, context) if layer and beside_all else below
                cells[layer] = sheet.step("lstm", layer, reads, cells[layer])
                out = cells[layer][0]
                below = add(out, below) if residual and layer else out
                query = below if layer == 0 else query
            steps.append((sheet.said(below), weights))
        return steps

    made = model(
        attention=("additive", {}),
        decoder=(
            "recurrent",
            {
                "cell": "lstm",
                "layers": layers,
                "query": "previous",
                "query_layer": "bottom",
                "context_layers": "all" if beside_all else "first",
                "residual": residual,
                "input_feeding": False,
            },
        ),
        readout=("plain", {}),
    )
    compare(made, printed)


def test_control_the_wrong_query_is_found() -> None:
    """Bahdanau's attention asked by the current state, a fault of popular toolkits, is not what he prints."""

    def printed(sheet: Sheet, tokens: list[int]) -> list[Step]:
        [state], steps = sheet.cells, []
        for token in tokens:
            state = sheet.step("rnn", 0, sheet.words[token], state)
            weights, context = sheet.look(state[0])
            steps.append((sheet.said(sheet.attentional(state[0], context)), weights))
        return steps

    compare(model(decoder=("recurrent", {"input_feeding": False})), printed)
    with pytest.raises((AssertionError, ValueError)):
        compare(model(decoder=("recurrent", {"query": "previous", "input_feeding": False})), printed)
