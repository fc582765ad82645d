"""The pointer-generator, against the equations of See, Liu and Manning 2017."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch

from entarte.loss import coverage, mixture
from entarte.readout.base import Looked, Moment
from entarte.readout.pointer import Pointer, copied

from .drawn import array, draw, numbers
from .plain import add, beside, dot, sigmoid, softmax, times

H, C, E, V, S = 4, 5, 3, 7, 6
BEYOND = 2
COPY_IDS = np.array([[4, 7, 5, 7, 4, 3], [6, 8, 3, 0, 0, 0]])
"""Two sources: a word of the first that the vocabulary lacks stands twice; the second ends in padding."""


def moment() -> Moment:
    """Two rows."""
    return Moment(*(numbers(2, width, seed=width) for width in (H, H, C, E)))


def weights(steps: int = 1) -> np.ndarray:
    """(2, 1, T, S) attention, exactly 0 on padding."""
    real = COPY_IDS != 0
    drawn = np.exp(array(numbers(2, 1, steps, S, seed=8))) * real[:, None, None]
    return drawn / drawn.sum(-1, keepdims=True)


def looked() -> Looked:
    return Looked(torch.tensor(weights()[:, :, 0]), torch.tensor(COPY_IDS))


def by_hand(readout: Pointer, row: int) -> tuple[float, np.ndarray, np.ndarray]:
    """p_gen (eq. 8), P_vocab (eq. 4) and P (eq. 9) over the extended vocabulary."""
    now = moment()
    s, c, x = (array(each[row]) for each in (now.hidden, now.context, now.embedded))
    w, b = array(readout.gate.weight)[0], array(readout.gate.bias)[0]
    w_c, w_s, w_x = w[:C], w[C : C + H], w[C + H :]
    p_gen = sigmoid(dot(w_c, c) + dot(w_s, s) + dot(w_x, x) + b)
    inner = add(times(array(readout.V.weight), beside(s, c)), array(readout.V.bias))
    p_vocab = softmax(add(times(array(readout.weight), inner), array(readout.bias)))
    a = weights()[row, 0, 0]
    p = np.zeros(V + BEYOND)
    for word in range(V + BEYOND):
        pointed = sum(a[i] for i in range(S) if COPY_IDS[row, i] == word)
        p[word] = p_gen * (p_vocab[word] if word < V else 0.0) + (1 - p_gen) * pointed
    return p_gen, p_vocab, p


@pytest.mark.parametrize("width", [0, 6])
def test_equations_4_8_and_9(width: int) -> None:
    readout = draw(Pointer(H, C, E, V, None, width=width))
    features = readout.features(moment())
    assert features.shape == (2, (width or H) + 1)
    chances = array(readout.log_probs(features, looked(), BEYOND).exp())
    for row in range(2):
        p_gen, p_vocab, p = by_hand(readout, row)
        np.testing.assert_allclose(array(readout.p_gen(features))[row], p_gen, rtol=0, atol=1e-12)
        vocab = array(torch.softmax(readout.logits(features), -1))[row]
        np.testing.assert_allclose(vocab, p_vocab, rtol=0, atol=1e-12)
        np.testing.assert_allclose(chances[row], p, rtol=0, atol=1e-12)


def test_the_chance_of_one_word_is_that_of_the_whole_table() -> None:
    readout = draw(Pointer(H, C, E, V, None))
    features = readout.features(moment())
    for word in range(V + BEYOND):
        outputs = torch.full((2,), word)
        ours = array(readout.log_prob(features, looked(), outputs).exp())
        expected = [by_hand(readout, row)[2][word] for row in range(2)]
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


def test_several_heads_copy_by_their_mean() -> None:
    heads = numbers(2, 3, S, seed=3).softmax(-1)
    outputs = torch.tensor([7, 8])
    mean = heads.mean(1, keepdim=True)
    ids = torch.tensor(COPY_IDS)
    assert torch.allclose(copied(Looked(heads, ids), outputs), copied(Looked(mean, ids), outputs))


def test_equations_6_and_13() -> None:
    """loss_t = −log P(w*_t) + λ Σ_i min(a_i^t, c_i^t), c^t = Σ_{t'<t} a^{t'}; padding adds nothing."""
    steps, strength, lengths = 3, 0.7, (3, 2)
    a, gate = weights(steps), numbers(2, steps, seed=5)
    logits = numbers(2, steps, V, seed=6)
    truth = np.array([[4, 7, 3], [8, 3, 0]])
    mask = torch.arange(steps) < torch.tensor(lengths)[:, None]
    ids = torch.tensor(COPY_IDS)
    share = copied(Looked.unrolled(torch.tensor(a), ids), torch.tensor(truth))
    nll = mixture(logits[mask], gate[mask], share[mask], torch.tensor(truth)[mask]).objective
    ours = nll + strength * coverage(torch.tensor(a), mask)
    total = 0.0
    for row, length in enumerate(lengths):
        c = np.zeros(S)
        for t in range(length):
            p_gen = sigmoid(float(gate[row, t]))
            p_vocab = softmax(array(logits)[row, t])
            word = truth[row, t]
            pointed = sum(a[row, 0, t, i] for i in range(S) if COPY_IDS[row, i] == word)
            total -= log(p_gen * (p_vocab[word] if word < V else 0.0) + (1 - p_gen) * pointed)
            total += strength * sum(min(a[row, 0, t, i], c[i]) for i in range(S))
            c = add(c, a[row, 0, t])
    assert float(ours) == pytest.approx(total, abs=1e-12)


def test_the_coverage_loss_is_bounded_by_1_a_step() -> None:
    """As the paper says below equation 12: Σ_i min(a_i, c_i) ≤ Σ_i a_i = 1."""
    stubborn = torch.zeros(1, 1, 4, S, dtype=torch.float64)
    stubborn[..., 2] = 1.0
    roaming = torch.eye(S, dtype=torch.float64)[:4].view(1, 1, 4, S)
    mask = torch.ones(1, 4, dtype=torch.bool)
    assert float(coverage(stubborn, mask)) == 3.0  # every step but the first
    assert float(coverage(roaming, mask)) == 0.0


def test_smoothing_is_spread_over_what_is_generated() -> None:
    """(1 − ε) of the loss, and ε of −1/V Σ_v log P_vocab(v)."""
    logits, gate = numbers(3, V, seed=6), numbers(3, seed=5)
    share, truth = torch.tensor([0.3, 0.0, 0.5], dtype=torch.float64), torch.tensor([4, 5, 8])
    plain = mixture(logits, gate, share, truth).objective
    ours = mixture(logits, gate, share, truth, smoothing=0.2).objective
    even = -sum(log(p) for row in array(logits) for p in softmax(row)) / V
    assert float(ours) == pytest.approx(0.8 * float(plain) + 0.2 * even, abs=1e-12)
