"""Loss, learning rates and running average against the printed equations."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, exp, log, pi, sqrt

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from entarte.loss import cross_entropy
from entarte.optimise import Optimiser, Pace
from entarte.schedule import Plateau, cosine, halving, inverse_sqrt, warm
from entarte.settings import Train

from .drawn import array, numbers
from .plain import softmax

N, V = 4, 6
OUTPUTS = [0, 3, 5, 3]


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.4])
def test_label_smoothing_szegedy_section_7(epsilon: float) -> None:
    """q'(k | x) = (1 − ε) δ_{k,y} + ε / K;  H(q', p) = −Σ_k log p(k) q'(k)."""
    logits = numbers(N, V)
    objective = nll = 0.0
    for row in range(N):
        p = softmax(array(logits[row]))
        nll -= log(p[OUTPUTS[row]])
        for k in range(V):
            q = (1 - epsilon) * (k == OUTPUTS[row]) + epsilon / V
            objective -= q * log(p[k])
    loss = cross_entropy(logits, torch.tensor(OUTPUTS), epsilon)
    assert float(loss.objective) == pytest.approx(objective, abs=1e-12)
    assert float(loss.nll) == pytest.approx(nll, abs=1e-12)
    assert loss.tokens == N


def test_perplexity_does_not_count_the_smoothing() -> None:
    """exp of the mean of −log p(y), whatever was minimised."""
    logits = numbers(N, V)
    assert (
        cross_entropy(logits, torch.tensor(OUTPUTS), 0.3).nll
        == cross_entropy(logits, torch.tensor(OUTPUTS)).nll
    )


def rates(epochs: int = 1, updates: int = 12, **settings: object) -> list[float]:
    """The rate of each update of each epoch."""
    optimiser = Optimiser(nn.Linear(1, 1), Train(rate=2.0, **settings))  # type: ignore[arg-type]
    total = epochs * updates
    return [optimiser.rate(Pace(n, (n - 1) // updates, n / total)) for n in range(1, total + 1)]


def test_luong_section_4_1_halving() -> None:
    """A rate of 1, halved every epoch after 5 of 10 epochs (after 8 of 12 with dropout)."""
    assert [halving(epoch, 5, 1, 0.5) for epoch in range(10)] == [
        1,
        1,
        1,
        1,
        1,
        1 / 2,
        1 / 4,
        1 / 8,
        1 / 16,
        1 / 32,
    ]
    assert [halving(epoch, 8, 1, 0.5) for epoch in range(12)] == [1.0] * 8 + [1 / 2, 1 / 4, 1 / 8, 1 / 16]
    told = rates(4, 3, schedule="halving", decay_start=1, decay_every=2, decay_factor=0.5)
    assert told == [2.0] * 3 + [1.0] * 6 + [0.5] * 3


@pytest.mark.parametrize("warmup", [4, 10])
def test_vaswani_eq_3_inverse_square_root(warmup: int) -> None:
    """lrate = d^−0.5 · min(step^−0.5, step · warmup^−1.5), here scaled so that its peak is the rate."""
    told = rates(updates=30, schedule="inverse-sqrt", warmup=warmup)
    for step, rate in enumerate(told, start=1):
        printed = min(step**-0.5, step * warmup**-1.5)
        assert rate == pytest.approx(2.0 * printed * sqrt(warmup), abs=1e-12)


def test_loshchilov_eq_5_cosine() -> None:
    """η_t = η_min + ½ (η_max − η_min)(1 + cos(π T_cur / T_i)), with η_min = 0."""
    told = rates(updates=20, schedule="cosine")
    for step, rate in enumerate(told, start=1):
        assert rate == pytest.approx(0.5 * 2.0 * (1 + cos(pi * step / 20)), abs=1e-12)
    assert cosine(1.7) == cosine(1.0) == pytest.approx(0.0, abs=1e-15)


def test_warm_up_is_linear() -> None:
    assert [warm(update, 4) for update in range(1, 7)] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert warm(1, 0) == 1.0
    assert rates(updates=4, warmup=2) == [1.0, 2.0, 2.0, 2.0]
    assert inverse_sqrt(1, 0) == 1.0


def test_plateau_lowers_after_validations_without_improvement() -> None:
    """And begins to count afresh after each."""
    plateau = Plateau()
    told = [plateau.watch(improved, 2) for improved in (True, False, False, False, True, False, False)]
    assert told == [False, False, True, False, False, False, True]
    optimiser = Optimiser(nn.Linear(1, 1), Train(rate=2.0, schedule="plateau", decay_factor=0.25))
    optimiser.plateau = plateau
    assert optimiser.rate(Pace(1, 0, 0.0)) == 2.0 * 0.25**2


def layer() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 2).double()


def train(settings: Train, steps: int = 5) -> tuple[list[np.ndarray], list[np.ndarray], Optimiser]:
    """A linear layer whose gradients are drawn: the first weights, the gradients, the optimiser."""
    module = layer()
    optimiser = Optimiser(module, settings)
    gradients = []
    for step in range(steps):
        for number, parameter in enumerate(module.parameters()):
            parameter.grad = numbers(*parameter.shape, seed=10 * step + number)
        gradients.append(
            np.concatenate([array(p.grad).ravel() for p in module.parameters() if p.grad is not None])
        )
        optimiser.update(Pace(step + 1, 0, 0.0))
    return [flat(layer().parameters())], gradients, optimiser


def flat(tensors: Iterable[Tensor]) -> np.ndarray:
    """All numbers in a row."""
    return np.concatenate([array(tensor).ravel() for tensor in tensors])


def clipped(gradient: np.ndarray, most: float) -> np.ndarray:
    """Pascanu et al. 2013, algorithm 1: where ‖g‖ ≥ most, g ← most / ‖g‖ · g."""
    norm = sqrt(sum(float(g) ** 2 for g in gradient))
    return gradient * (most / norm) if norm >= most else gradient


def test_gradient_descent_with_clipping() -> None:
    """Sutskever et al. 2014, section 3.4: θ ← θ − η g, s = ‖g‖, g ← 5 g / s where s > 5."""
    [weights], gradients, optimiser = train(Train(optimiser="sgd", rate=0.5, clip=1.5))
    for gradient in gradients:
        weights = weights - 0.5 * clipped(gradient, 1.5)
    ours = flat(optimiser.parameters)
    np.testing.assert_allclose(ours, weights, rtol=0, atol=1e-6)  # torch adds 1e-6 to the norm


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adam_kingma_and_ba_algorithm_1(decay: float) -> None:
    """m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), θ ← θ − η m̂ / (√v̂ + ε); decay after Loshchilov and Hutter."""
    settings = Train(rate=0.1, betas=[0.8, 0.95], epsilon=1e-5, clip=0.0, weight_decay=decay)
    [weights], gradients, optimiser = train(settings)
    m, v = np.zeros_like(weights), np.zeros_like(weights)
    for t, gradient in enumerate(gradients, start=1):
        m, v = 0.8 * m + 0.2 * gradient, 0.95 * v + 0.05 * gradient**2
        step = (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-5)
        weights = weights - 0.1 * decay * weights - 0.1 * step
    ours = flat(optimiser.parameters)
    np.testing.assert_allclose(ours, weights, rtol=0, atol=1e-12)


def test_adagrad_duchi_et_al_2011() -> None:
    """θ ← θ − η g / (√G + ε), G the sum of g² from the accumulator on (section 1.1, with diagonal G)."""
    settings = Train(optimiser="adagrad", rate=0.15, accumulator=0.1, epsilon=1e-5, clip=0.0)
    [weights], gradients, optimiser = train(settings)
    total = np.full_like(weights, 0.1)
    for gradient in gradients:
        total = total + gradient**2
        weights = weights - 0.15 * gradient / (np.sqrt(total) + 1e-5)
    np.testing.assert_allclose(flat(optimiser.parameters), weights, rtol=0, atol=1e-12)


def test_running_average_follows_the_weights() -> None:
    """θ̄ ← d θ̄ + (1 − d) θ, d = min(decay, (1 + n) / (10 + n)), so that the random start is soon gone."""
    settings = Train(optimiser="sgd", rate=0.5, clip=0.0, ema=0.3)
    [weights], gradients, optimiser = train(settings)
    mean = weights
    for n, gradient in enumerate(gradients, start=1):
        weights = weights - 0.5 * gradient
        d = min(0.3, (1 + n) / (10 + n))
        mean = d * mean + (1 - d) * weights
    ours = flat(optimiser.average)
    np.testing.assert_allclose(ours, mean, rtol=0, atol=1e-12)
    optimiser.swap()
    np.testing.assert_allclose(flat(optimiser.parameters), mean, atol=1e-12)
    optimiser.swap()
    np.testing.assert_allclose(flat(optimiser.parameters), weights, atol=1e-12)


def test_perplexity_of_even_odds() -> None:
    """exp(−(1/N) Σ log p): as many as there are to choose from."""
    loss = cross_entropy(torch.zeros(3, V), torch.tensor([0, 1, 2]))
    assert exp(float(loss.nll) / loss.tokens) == pytest.approx(V)
