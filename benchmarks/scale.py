"""How cost grows with sentences, vocabulary, width, cores and pairs, beside the expected law.

    python benchmarks/scale.py                      # all axes, some minutes
    python benchmarks/scale.py --axes length,width --out figures
    python benchmarks/scale.py --axes pairs --pairs-most 10000000

One whole update (encoder, decoder, loss, gradients, Adam) of the recipe `baseline` in float32, on ids drawn
by chance. Along each axis one thing grows and the rest stays; each point is the median of some updates. The
law is fitted to the points by least squares of the relative error, and R² says how well it holds:

    length      T words on both sides, one batch of --tokens target words:   a + b T        per target word
                (each target word is scored against T source words)
    vocabulary  V words:                                                     a + b V
    width       W of states, word vectors W / 2:                             a + b W + c W²
    cores       P threads:                                                   a + b / P      (Amdahl)

With pairs it is a whole training that grows (see `scale_pairs.py`), up to --pairs-most of them:

    preparation  N pairs, processor seconds until the first update:          a + b N
    update       N pairs, processor time of one update:                      a
    memory       N pairs, the most that the process holds:                   a

R² means nothing for a law without growth; there, the largest cost over the smallest is told.

Written to --out: scale.json, scale.md, scale.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import scale_pairs
import torch

from entarte import batch, fast
from entarte.build import build, initialise

Law = Callable[[np.ndarray], list[np.ndarray]]


class Axis(NamedTuple):
    """What grows, by which law, and what is measured of it."""

    values: list[int]
    law: Law
    words: str
    unit: str = "µs a target word"


AXES = {
    "length": Axis([10, 30, 100, 300, 1000], lambda x: [x**0, x], "a + b T"),
    "vocabulary": Axis([1000, 4000, 16000, 32000, 64000], lambda x: [x**0, x], "a + b V"),
    "width": Axis([128, 256, 512, 768, 1024], lambda x: [x**0, x, x**2], "a + b W + c W²"),
    "cores": Axis([1, 2, 4, 8, 16, 32], lambda x: [x**0, 1 / x], "a + b / P"),
}
PAIRS = {
    "preparation": Axis(scale_pairs.COUNTS, lambda x: [x**0, x], "a + b N", "s before the first update"),
    "update": Axis(scale_pairs.COUNTS, lambda x: [x**0], "a", "µs an update"),
    "memory": Axis(scale_pairs.COUNTS, lambda x: [x**0], "a", "MiB at most"),
}
USUAL = {"length": 15, "vocabulary": 8000, "width": 512}


def update(shape: dict[str, int], tokens: int) -> Callable[[], None]:
    """One update of a model of a shape, on a batch of its own."""
    torch.manual_seed(1)
    width, words, length = shape["width"], shape["vocabulary"], shape["length"]

    def choice(kind: str, **options: Any) -> SimpleNamespace:
        return SimpleNamespace(kind=kind, options=options)

    choices = SimpleNamespace(
        front=choice("words", width=width // 2),
        source_front=choice("same"),
        encoder=choice("recurrent", cell="lstm", width=width),
        window=choice("global"),
        attention=choice("general"),
        decoder=choice("recurrent", cell="lstm", width=width, start="last", input_feeding=True),
        readout=choice("attentional"),
    )
    model = build(choices, words, words, "none").train()
    initialise(model, "uniform", 0.1)
    adam = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    rows = [torch.randint(4, words, (length - 1,)).tolist() for _ in range(max(1, tokens // length))]
    read, said = batch.source(rows), batch.target(rows)

    def once() -> None:
        features = fast.model_unroll(model, read, said).features[said.mask]
        readout = model.readout
        outputs = said.outputs[said.mask]
        fast.cross_entropy(features, readout.weight, readout.bias, outputs).objective.backward()
        adam.step()
        adam.zero_grad(set_to_none=True)

    return once


def microseconds(shape: dict[str, int], tokens: int, rounds: int) -> float:
    """Of a target word, the median over some updates."""
    once = update(shape, tokens)
    said = max(1, tokens // shape["length"]) * shape["length"]
    took = []
    for turn in range(rounds + 1):
        begun = time.perf_counter()
        once()
        if turn:  # the first warms up
            took.append(time.perf_counter() - begun)
    return 1e6 * statistics.median(took) / said


def fit(values: list[int], costs: list[float], law: Law) -> tuple[list[float], float]:
    """Coefficients ≥ 0 of the law, and R² of its logarithm."""
    x, y = np.asarray(values, float), np.asarray(costs)
    terms = np.stack(law(x), 1)
    weights = np.linalg.lstsq(terms / y[:, None], np.ones(len(y)), rcond=None)[0]
    weights = np.maximum(weights, 0)
    said = np.log(np.maximum(terms @ weights, 1e-9))
    spread = ((np.log(y) - np.log(y).mean()) ** 2).sum()
    return weights.tolist(), float(1 - ((np.log(y) - said) ** 2).sum() / max(spread, 1e-12))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--axes", default=",".join([*AXES, "pairs"]))
    parser.add_argument("--tokens", type=int, default=1800, help="target words of an update")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs-most", type=int, default=1_000_000, help="10,000,000 take some minutes")
    parser.add_argument("--out", type=Path, default=Path())
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cores = len(os.sched_getaffinity(0))
    found: dict[str, Any] = {}
    for axis in args.axes.split(","):
        if axis == "pairs":
            found |= pairs([count for count in scale_pairs.COUNTS if count <= args.pairs_most])
            continue
        values = [value for value in AXES[axis].values if axis != "cores" or value <= cores]
        costs = []
        for value in values:
            torch.set_num_threads(value if axis == "cores" else cores)
            shape = USUAL if axis == "cores" else {**USUAL, axis: value}
            costs.append(microseconds(shape, max(args.tokens, shape["length"]), args.rounds))
            print(f"{axis} {value:,}: {costs[-1]:,.0f} µs a target word", file=sys.stderr)
        found[axis] = fitted(AXES[axis], values, costs)
    (args.out / "scale.json").write_text(json.dumps({"processors": cores, **found}, indent=1) + "\n", "utf-8")
    (args.out / "scale.md").write_text(markdown(found), "utf-8")
    draw(found, args.out / "scale.svg")
    print(markdown(found), end="")


def pairs(counts: list[int]) -> dict[str, Any]:
    """A training on each of these numbers of pairs."""
    points = []
    for count in counts:
        points.append(scale_pairs.measured(count))
        told = (f"{points[-1][name]:,.0f} {axis.unit}" for name, axis in PAIRS.items())
        print(f"pairs {count:,}: " + ", ".join(told), file=sys.stderr)
    return {name: fitted(axis, counts, [each[name] for each in points]) for name, axis in PAIRS.items()}


def fitted(axis: Axis, values: list[int], costs: list[float]) -> dict[str, Any]:
    """What was measured, beside the law where there are points enough for it."""
    weights, right = fit(values, costs, axis.law) if len(values) > 2 else ([], float("nan"))
    told = {"values": values, "costs": costs, "law": axis.words, "unit": axis.unit, "weights": weights}
    return told | {"r2": right, "spread": max(costs) / min(costs)}


def markdown(found: dict[str, Any]) -> str:
    rows = []
    for axis, each in found.items():
        flat = len(each["weights"]) == 1
        head = [
            axis,
            *(f"{value:,}" for value in each["values"]),
            "law",
            "largest / smallest" if flat else "R²",
        ]
        rows.append("| " + " | ".join(head) + " |")
        rows += ["|---" * (len(each["values"]) + 3) + "|"]
        law = f"{each['law']}: " + ", ".join(f"{weight:.3g}" for weight in each["weights"])
        costs = " | ".join(f"{cost:,.0f}" if cost >= 10 else f"{cost:.1f}" for cost in each["costs"])
        right = each["spread" if flat else "r2"]
        rows += [f"| {each['unit']} | {costs} | {law} | {right:.3f} |", ""]
    return "\n".join(rows)


def draw(found: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, places = pyplot.subplots(
        1, len(found), figsize=(3 * len(found), 2.7), layout="constrained", squeeze=False
    )
    for place, (axis, each) in zip(places[0], found.items(), strict=True):
        place.loglog(each["values"], each["costs"], "o", color="#c65d21", label="measured")
        if each["weights"]:
            x = np.geomspace(min(each["values"]), max(each["values"]), 60)
            y = np.stack((AXES | PAIRS)[axis].law(x), 1) @ np.asarray(each["weights"])
            place.loglog(x, y, color="#3b6ea5", label=each["law"])
        place.set_xticks(each["values"], [short(value) for value in each["values"]], fontsize=8)
        low, high = min(each["costs"]), max(each["costs"])
        if high < 2 * low:  # as good as flat: it should look flat
            place.set_ylim(low / 2, high * 2)
        ticks = [round(cost, 1 - len(str(int(cost)))) for cost in (low, high)]
        place.set_yticks(ticks, [f"{tick:,.0f}" for tick in ticks], fontsize=8)
        place.minorticks_off()
        place.set_title(f"{axis}, N pairs" if axis in PAIRS else axis, fontsize=10)
        place.set_ylabel(each["unit"], fontsize=8)
        place.legend(fontsize=8)
    figure.savefig(path)


def short(value: int) -> str:
    """For an axis.

    >>> short(300), short(4000), short(10_000_000)
    ('300', '4k', '10M')
    """
    if value >= 1_000_000:
        return f"{value // 1_000_000}M"
    return f"{value // 1000}k" if value >= 2000 else f"{value:,}"


if __name__ == "__main__":
    main()
