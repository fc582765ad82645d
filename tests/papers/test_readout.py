"""From a moment to a distribution over words, against the printed equations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from entarte.readout import READOUTS
from entarte.readout.base import Moment, Readout

from .drawn import array, draw, numbers
from .plain import add, beside, softmax, tanhs, times

H, C, E, V, ROWS = 4, 5, 3, 7, 2


def moment() -> Moment:
    """Two rows."""
    return Moment(*(numbers(ROWS, width, seed=width) for width in (H, H, C, E)))._replace(
        previous=numbers(ROWS, H, seed=99)
    )


def unbiased(readout: Readout) -> Readout:
    """The papers leave out biases; here they are 0."""
    with torch.no_grad():
        for name, parameter in readout.named_parameters():
            if name.endswith("bias"):
                parameter.zero_()
    return readout


def compare(readout: Readout, features: list[np.ndarray]) -> None:
    """The features, and p(y) = softmax(W features)."""
    ours = readout.features(moment())
    np.testing.assert_allclose(array(ours), np.array(features), rtol=0, atol=1e-12)
    W = array(readout.weight)
    for row in range(ROWS):
        p = softmax(times(W, features[row]))
        np.testing.assert_allclose(array(readout.log_probs(ours).exp()[row]), p, rtol=0, atol=1e-12)


@pytest.mark.parametrize("width", [0, 6])
def test_attentional_luong_eq_5_and_6(width: int) -> None:
    """h̃_t = tanh(W_c [c_t; h_t]);  p(y_t | y_<t, x) = softmax(W_s h̃_t)."""
    readout = unbiased(draw(READOUTS["attentional"](H, C, E, V, None, width=width)))
    W_c = array(readout.W.weight)  # type: ignore[union-attr, arg-type]
    now = moment()
    compare(
        readout,
        [tanhs(times(W_c, beside(array(now.context[row]), array(now.hidden[row])))) for row in range(ROWS)],
    )


@pytest.mark.parametrize("state", ["previous", "current"])
@pytest.mark.parametrize("width", [0, 4])
def test_maxout_bahdanau_a_2_2(state: str, width: int) -> None:
    """t̃_i = U_o s_{i−1} + V_o E y_{i−1} + C_o c_i;  t_i = [max{t̃_{i,2j−1}, t̃_{i,2j}}]_{j=1…l};
    p(y_i | s_i, y_{i−1}, c_i) ∝ exp(y_iᵀ W_o t_i)."""
    readout = unbiased(draw(READOUTS["maxout"](H, C, E, V, None, width=width, state=state)))
    U_o, V_o, C_o = (array(each.weight) for each in (readout.U, readout.V, readout.C))  # type: ignore[union-attr, arg-type]
    now = moment()
    features = []
    for row in range(ROWS):
        s = array((now.previous if state == "previous" else now.hidden)[row])
        t = add(times(U_o, s), times(V_o, array(now.embedded[row])), times(C_o, array(now.context[row])))
        assert len(t) == 2 * (width or E)
        features.append(np.array([max(t[2 * j - 2], t[2 * j - 1]) for j in range(1, (width or E) + 1)]))
    compare(readout, features)


def test_plain_sutskever_section_2() -> None:
    """p(y_t | v, y_1, …, y_{t−1}) "is represented with a softmax over all the words in the vocabulary"."""
    readout = unbiased(draw(READOUTS["plain"](H, C, E, V, None)))
    compare(readout, [array(moment().hidden[row]) for row in range(ROWS)])


def test_a_bias_is_added_to_the_logits() -> None:
    readout = draw(READOUTS["plain"](H, C, E, V, None))
    logits = array(readout.logits(moment().hidden))
    W, b = array(readout.weight), array(readout.bias)
    for row in range(ROWS):
        expected = add(times(W, array(moment().hidden[row])), b)
        np.testing.assert_allclose(logits[row], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", READOUTS)
def test_tied_press_and_wolf(kind: str) -> None:
    """Press and Wolf 2017, section 2: the output matrix is the table of word vectors."""
    table = torch.nn.Parameter(numbers(V, H))
    readout = draw(READOUTS[kind](H, C, H, V, table))
    assert readout.weight is table


def test_every_readout_is_here() -> None:
    """The pointer has a file of its own, test_pointer.py."""
    assert set(READOUTS) == {"plain", "attentional", "maxout", "pointer"}
