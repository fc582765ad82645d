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
OTHERS = 0.1
"""What outputs with other faults weigh, of all."""


def fit(
    check: Check,
    sound: Sequence[Evidence],
    faulty: Sequence[Evidence],
    others: Sequence[Evidence],
    alarms: float,
) -> dict[str, float]:
    """The settings of a check: what it learns from sound outputs, weights, offset, and the threshold.

    faulty  outputs with the faults that it is to find
    others  outputs with other faults, so that the check tells them apart; they weigh OTHERS of all
    alarms  the largest share of sound outputs that may fail

    Sound and faulty outputs count alike, however many there are of each.
    """
    member: Callable[..., Check] = CHECKS[check.name]
    settings = check.learn(sound)
    learnt = member(**settings)
    kinds = [[learnt.signs(each) for each in some] for some in (sound, faulty, others)]
    good, bad, odd = ([row for row in rows if row] for rows in kinds)
    if not good or not bad:
        return settings
    rows = [*good, *bad, *odd]
    names = list(learnt.weights)
    table = np.array([[row[name].value if name in row else 0.0 for name in names] for row in rows])
    truth = np.array([0.0] * len(good) + [1.0] * len(bad) + [0.0] * len(odd))
    share = OTHERS if odd else 0.0
    parts = ((good, (1 - share) / 2), (bad, (1 - share) / 2), (odd, share))
    each = np.concatenate([np.full(len(some), part / max(len(some), 1)) for some, part in parts])
    held = np.array([learnt.weights[name] if name in check.fixed else 0.0 for name in names])
    loose = np.where(held > 0, 0.0, table)
    weights, offset = regress(loose, truth, each, table @ held)
    weights = np.array([round(float(one), 4) for one in np.where(held > 0, held, weights)])
    offset = round(offset, 4)
    for name, weight in zip(names, weights, strict=True):
        seen = any(name in row for row in rows)
        settings[name] = float(weight) if seen else learnt.weights[name]
    settings["offset"] = offset
    scores = 1 / (1 + np.exp(-(table @ weights - offset)))
    judged = len(good) + len(bad)
    settings["threshold"] = round(best(scores[:judged], truth[:judged], alarms), 6)
    return settings


def regress(table: Floats, truth: Floats, each: Floats, held: Floats | float = 0.0) -> tuple[Floats, float]:
    """Weights (K,) ≥ 0 and the offset ≥ 0 of σ(table · weights + held − offset) that fit the truth (N,).

    Accelerated projected gradient descent on the log-loss, in which row n counts each[n], with a little
    decay; signs are scaled to a standard deviation of 1 first.
    """
    each = each / each.sum()
    scale = np.maximum(table.std(0), 1e-6)
    scaled = np.minimum(table / scale, BOUND)
    weights, offset = np.full(table.shape[1], 0.1), 1.0
    rate = 1.0 / (0.25 * (each[:, None] * (scaled**2 + 1)).sum() + DECAY)
    speed, offset_speed = np.zeros_like(weights), 0.0
    for _ in range(STEPS):
        ahead, offset_ahead = weights + 0.9 * speed, offset + 0.9 * offset_speed
        wrong = each * (1 / (1 + np.exp(-np.clip(scaled @ ahead + held - offset_ahead, -500, 500))) - truth)
        new = np.maximum(ahead - rate * (scaled.T @ wrong + DECAY * ahead), 0)
        new_offset = max(float(offset_ahead + rate * wrong.sum()), 0.0)
        speed, offset_speed = new - weights, new_offset - offset
        weights, offset = new, new_offset
    return weights / scale, offset


def best(scores: Floats, truth: Floats, alarms: float) -> float:
    """The threshold with the highest F1 where sound and faulty outputs are equally frequent, in the middle
    between two neighbouring scores; no more than a share `alarms` of the sound ones fails.

    >>> best(np.array([0.1, 0.3, 0.7, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]), 0.05)
    0.5
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order]) / max(truth.sum(), 1)
    false = np.cumsum(1 - truth[order]) / max((1 - truth).sum(), 1)
    quality = np.where(false <= alarms, 2 * hits / (hits + false + 1), -1.0)
    ranked = scores[order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # a threshold cannot part equal scores
    at = int(np.argmax(np.where(last, quality, -2.0)))
    if quality[at] <= 0:  # none will do but one that nothing reaches
        return 1.0
    below = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + below) / 2)
