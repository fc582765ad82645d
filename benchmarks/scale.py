"""How the cost of an update grows with sentences, vocabulary, width and cores, beside the expected law.

    python benchmarks/scale.py                      # all axes, some minutes
    python benchmarks/scale.py --axes length,width --out figures

One whole update (encoder, decoder, loss, gradients, Adam) of the recipe `baseline` in float32, on ids drawn
by chance. Along each axis one thing grows and the rest stays; each point is the median of some updates. The
law is fitted to the points by least squares of the relative error, and R² says how well it holds:

    length      T words on both sides, one batch of --tokens target words:   a + b T        per target word
                (each target word is scored against T source words)
    vocabulary  V words:                                                     a + b V
    width       W of states, word vectors W / 2:                             a + b W + c W²
    cores       P threads:                                                   a + b / P      (Amdahl)

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
from typing import Any

import numpy as np
import torch

from entarte import batch, fast
from entarte.build import build, initialise

Law = Callable[[np.ndarray], list[np.ndarray]]
AXES: dict[str, tuple[list[int], Law, str]] = {
    "length": ([10, 30, 100, 300, 1000], lambda x: [x**0, x], "a + b T"),
    "vocabulary": ([1000, 4000, 16000, 32000, 64000], lambda x: [x**0, x], "a + b V"),
    "width": ([128, 256, 512, 768, 1024], lambda x: [x**0, x, x**2], "a + b W + c W²"),
    "cores": ([1, 2, 4, 8, 16, 32], lambda x: [x**0, 1 / x], "a + b / P"),
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
    parser.add_argument("--axes", default=",".join(AXES))
    parser.add_argument("--tokens", type=int, default=1800, help="target words of an update")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path())
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cores = len(os.sched_getaffinity(0))
    found: dict[str, Any] = {}
    for axis in args.axes.split(","):
        values, law, words = AXES[axis]
        values = [value for value in values if axis != "cores" or value <= cores]
        costs = []
        for value in values:
            torch.set_num_threads(value if axis == "cores" else cores)
            shape = USUAL if axis == "cores" else {**USUAL, axis: value}
            costs.append(microseconds(shape, max(args.tokens, shape["length"]), args.rounds))
            print(f"{axis} {value:,}: {costs[-1]:,.0f} µs a target word", file=sys.stderr)
        weights, right = fit(values, costs, law) if len(values) > 2 else ([], float("nan"))
        found[axis] = {"values": values, "costs": costs, "law": words, "weights": weights, "r2": right}
    (args.out / "scale.json").write_text(json.dumps({"processors": cores, **found}, indent=1) + "\n", "utf-8")
    (args.out / "scale.md").write_text(markdown(found), "utf-8")
    draw(found, args.out / "scale.svg")
    print(markdown(found), end="")


def markdown(found: dict[str, Any]) -> str:
    rows = []
    for axis, each in found.items():
        rows += [f"| {axis} | " + " | ".join(f"{value:,}" for value in each["values"]) + " | law | R² |"]
        rows += ["|---" * (len(each["values"]) + 3) + "|"]
        law = f"{each['law']}: " + ", ".join(f"{weight:.3g}" for weight in each["weights"])
        costs = " | ".join(f"{cost:,.0f}" for cost in each["costs"])
        rows += [f"| µs a target word | {costs} | {law} | {each['r2']:.3f} |", ""]
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
            y = np.stack(AXES[axis][1](x), 1) @ np.asarray(each["weights"])
            place.loglog(x, y, color="#3b6ea5", label=each["law"])
        labels = [f"{value // 1000}k" if value >= 2000 else f"{value:,}" for value in each["values"]]
        place.set_xticks(each["values"], labels, fontsize=8)
        ticks = [round(cost, 1 - len(str(int(cost)))) for cost in (min(each["costs"]), max(each["costs"]))]
        place.set_yticks(ticks, [f"{tick:,.0f}" for tick in ticks], fontsize=8)
        place.minorticks_off()
        place.set_title(axis, fontsize=10)
        place.legend(fontsize=8)
    places[0][0].set_ylabel("µs a target word")
    figure.savefig(path)


if __name__ == "__main__":
    main()
