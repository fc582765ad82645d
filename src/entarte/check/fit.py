"""Weights of a check's signs, from outputs that are known to be sound or faulty: logistic regression whose
weights are never negative, so that a sign can only speak against an output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from entarte.check import CHECKS
from entarte.check.base import Check
from entarte.check.evidence import Evidence, Floats

STEPS = 4000
DECAY = 1e-3
BOUND = 30.0


def fit(check: Check, sound: Sequence[Evidence], faulty: Sequence[Evidence]) -> dict[str, float]:
    """The settings of a check: what it learns from sound outputs, weights, offset, and the threshold.

    Both kinds count half, however many there are of each. The threshold is the score with the highest F1.
    """
    member: Callable[..., Check] = CHECKS[check.name]
    settings = check.learn(sound)
    learnt = member(**settings)
    rows = [learnt.signs(each) for each in (*sound, *faulty)]
    truth = np.array([0.0] * len(sound) + [1.0] * len(faulty))
    usable = np.array([bool(row) for row in rows])
    if not usable.any() or truth[usable].min() == truth[usable].max():
        return settings
    names = list(learnt.weights)
    table = np.array([[row[name].value if name in row else 0.0 for name in names] for row in rows])
    weights, offset = regress(table[usable], truth[usable])
    for name, weight in zip(names, weights, strict=True):
        seen = any(name in row for row in rows)
        settings[name] = round(float(weight), 4) if seen else learnt.weights[name]
    settings["offset"] = round(offset, 4)
    scores = 1 / (1 + np.exp(-(table[usable] @ weights - offset)))
    settings["threshold"] = round(best(scores, truth[usable]), 4)
    return settings


def regress(table: Floats, truth: Floats) -> tuple[Floats, float]:
    """Weights (K,) ≥ 0 and the offset ≥ 0 of σ(table · weights − offset) that fit the truth (N,), by
    projected gradient descent on the weighted log-loss with a little decay."""
    share = truth.mean()
    each = np.where(truth == 1, 0.5 / share, 0.5 / (1 - share)) / len(truth)
    scale = np.maximum(table.std(0), 1e-6)
    scaled = np.minimum(table / scale, BOUND)
    weights, offset = np.full(table.shape[1], 0.1), 1.0
    rate = 1.0 / (0.25 * (each[:, None] * (scaled**2 + 1)).sum() + DECAY)
    speed, offset_speed = np.zeros_like(weights), 0.0
    for _ in range(STEPS):
        ahead, offset_ahead = weights + 0.9 * speed, offset + 0.9 * offset_speed
        wrong = each * (1 / (1 + np.exp(-np.clip(scaled @ ahead - offset_ahead, -500, 500))) - truth)
        new = np.maximum(ahead - rate * (scaled.T @ wrong + DECAY * ahead), 0)
        new_offset = max(offset_ahead + rate * wrong.sum(), 0.0)
        speed, offset_speed = new - weights, new_offset - offset
        weights, offset = new, new_offset
    return weights / scale, float(offset)


def best(scores: Floats, truth: Floats) -> float:
    """The threshold with the highest F1 where both kinds are equally frequent, in the middle between two
    neighbouring scores.

    >>> best(np.array([0.1, 0.3, 0.7, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.5
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order]) / max(truth.sum(), 1)
    alarms = np.cumsum(1 - truth[order]) / max((1 - truth).sum(), 1)
    quality = 2 * hits / (hits + alarms + 1)
    ranked = scores[order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # a threshold cannot part equal scores
    at = int(np.argmax(np.where(last, quality, -1)))
    below = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + below) / 2)
