"""Forced decoding: what the model thinks of a target that is given."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from entarte.errors import InputError
from entarte.search.base import device, hypothesis, masks
from entarte.search.hypothesis import Hypothesis
from entarte.search.score import Score
from entarte.search.trail import Leaf, Trail
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS

AVERAGE = Score("average")


@torch.no_grad()
def force(stepper: Stepper, targets: Sequence[Sequence[int]], score: Score = AVERAGE) -> list[Hypothesis]:
    """The log-probability of each token of each target, and where the decoder looked.

    Step by step, as a search does it, so that any Stepper will do, an ensemble too. To force several
    targets of one source, repeat it: `stepper.keep(torch.tensor([0, 0, 0]))`.

    targets  one for each source; with EOS at its end the result is finished, without it is not

    Raises InputError for ids outside the vocabulary and for EOS before the end.
    """
    if len(targets) != stepper.sources:
        raise ValueError(f"{len(targets)} targets for {stepper.sources} sources")
    for target in targets:
        if EOS in list(target)[:-1]:
            raise InputError(f"a target to be forced goes on after its end: {_show(target)}")
    mask = masks(stepper, score)
    found: list[Hypothesis | None] = [None] * len(targets)
    sources = list(range(len(targets)))
    totals = [0.0] * len(targets)
    state = stepper.start()
    tokens = torch.full((len(targets),), BOS, device=device(state))
    trail = Trail()
    for layer in range(max((max(len(target), 1) for target in targets), default=0)):
        step = stepper.step(tokens, state)
        trail.look(step)
        log_probs = step.log_probs.float()
        on, said = [], []
        for row, source in enumerate(sources):
            target = targets[source]
            leaf = trail.leaf(-1, row, 0.0)
            if layer < len(target):
                token = int(target[layer])
                if not 0 <= token < log_probs.size(1):
                    raise InputError(
                        f"a target to be forced has the id {token}, which is not in the vocabulary",
                        advice=f"Its ids go from 0 to {log_probs.size(1) - 1}.",
                    )
                log_prob = float(log_probs[row, token])
                if log_prob != log_prob:
                    raise InputError(
                        "the model gave a log-probability of nan",
                        advice="Its weights may have diverged in training; try an earlier checkpoint.",
                    )
                totals[row] += log_prob
                leaf = Leaf(layer, row, token, log_prob, totals[row])
                if layer + 1 < len(target):
                    on.append(row)
                    said.append(token)
                    continue
            found[source] = hypothesis(trail, leaf, score, mask[source])
        if not on:
            break
        rows = torch.tensor(on, device=tokens.device)
        tokens = torch.tensor(said, device=tokens.device)
        trail.grow(tokens, rows, log_probs[rows, tokens])
        state = step.state
        if len(on) < len(sources):
            stepper, state = stepper.keep(rows), select(state, rows)
            sources = [sources[row] for row in on]
            totals = [totals[row] for row in on]
    return [result for result in found if result is not None]


def _show(target: Sequence[int]) -> str:
    return "(" + " ".join(str(int(token)) for token in target) + ")"
