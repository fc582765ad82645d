"""What self-attention costs as sequences grow: full, within a window, linear.

    python benchmarks/attention_cost.py                               # to the screen
    python benchmarks/attention_cost.py --longest 4096 --out cost     # cost.json, cost.md, cost.svg

One layer's self-attention, of a given width, for one sequence. Three things are measured at each length N:

    read    seconds of the processor for all slots at once, there and back (an encoder in training)
    kept    MiB that the way there keeps for the way back
    step    milliseconds for the next slot behind N others (a decoder in search), and KiB of its past

The law: read and kept grow as N² (full) or as N (window, linear); a step and its past grow as N (full) or not
at all. The exponent between the two longest lengths is printed beside it. Time is the smallest of several
runs, so that what else the machine does falls out; what is kept is counted and does not vary at all.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from entarte.transformer.kinds import KINDS, self_attention
from entarte.transformer.self_attention import SelfAttention
from entarte.transformer.shape import Shape

LAWS = {"full": (2, 1), "window": (1, 0), "linear": (1, 0)}
"""The exponents expected of read and kept, and of a step and its past."""
Figures = dict[str, float]


def made(kind: str, args: argparse.Namespace) -> SelfAttention:
    """A layer's self-attention."""
    shape = Shape(
        section="encoder",
        width=args.width,
        layers=1,
        heads=args.heads,
        feed_forward=0,
        activation="relu",
        norm="pre",
        positions="none",
        longest=1,
        self_attention=kind,
        reach=args.reach,
        dropout=0.0,
        attention_dropout=0.0,
        feed_forward_dropout=0.0,
    )
    return self_attention(shape.checked())


def kept(work: Callable[[], Tensor]) -> float:
    """MiB of the storages that autograd keeps; each counts once."""
    seen: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        result = work()
    total = sum(seen.values()) / 2**20
    del result
    return total


def least(work: Callable[[], Any], rounds: int) -> float:
    """Seconds of the processor, the smallest of some rounds."""
    best = math.inf
    for _ in range(rounds):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def measure(attention: SelfAttention, length: int, args: argparse.Namespace) -> Figures:
    """All figures at one length."""
    slots = torch.randn(1, length, args.width, requires_grad=True)
    mask, place = torch.ones(1, length, dtype=torch.bool), torch.arange(length)

    def there() -> Tensor:
        return attention.every(slots, mask, place)

    def there_and_back() -> None:
        there().sum().backward()

    with torch.no_grad():
        _, past = attention.extend(slots, attention.start(1, slots), place)
        one, behind = slots[:, :1].detach(), torch.tensor([length])
        step = least(lambda: [attention.extend(one, past, behind) for _ in range(20)], args.rounds) / 20
    return {
        "read": least(there_and_back, args.rounds),
        "kept": kept(there),
        "step": 1000 * step,
        "past": sum(part.numel() * part.element_size() for part in past) / 1024,
    }


def exponent(found: dict[int, Figures], name: str) -> float:
    """log(y₂ / y₁) / log(N₂ / N₁) between the two longest lengths."""
    one, two = sorted(found)[-2:]
    return math.log(found[two][name] / found[one][name]) / math.log(two / one)


def table(results: dict[str, dict[int, Figures]]) -> str:
    """As Markdown."""
    lines = [
        "| self-attention | N | read, s | kept, MiB | step, ms | past, KiB |",
        "|---|---|---|---|---|---|",
    ]
    for kind, found in results.items():
        for length, each in found.items():
            row = f"{each['read']:.4f} | {each['kept']:.2f} | {each['step']:.3f} | {each['past']:.0f}"
            lines.append(f"| {kind} | {length} | {row} |")
        grown = " | ".join(f"N^{exponent(found, name):.2f}" for name in ("read", "kept", "step", "past"))
        law = LAWS[kind]
        lines.append(f"| | grows as | {grown} |")
        lines.append(f"| | the law | N^{law[0]} | N^{law[0]} | N^{law[1]} | N^{law[1]} |")
    return "\n".join(lines) + "\n"


def draw(results: dict[str, dict[int, Figures]], path: Path) -> None:
    """A panel for each figure."""
    from entarte.plot.curve import Panel, Series, save

    panels = [
        Panel(
            tuple(
                Series(kind, list(found), [each[name] for each in found.values()])
                for kind, found in results.items()
            ),
            "slots",
            label,
            log=True,
        )
        for name, label in (("read", "read, s"), ("kept", "kept, MiB"), ("past", "a decoder's past, KiB"))
    ]
    save(panels, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--reach", type=int, default=32)
    parser.add_argument("--longest", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="write OUT.json, OUT.md and OUT.svg")
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    lengths = [args.longest >> n for n in range(5, -1, -1) if args.longest >> n >= 1]
    results: dict[str, dict[int, Figures]] = {}
    for kind in KINDS:
        attention, results[kind] = made(kind, args), {}
        for length in lengths:
            results[kind][length] = measure(attention, length, args)
            print(
                f"{kind:7} {length:6}", {k: round(v, 4) for k, v in results[kind][length].items()}, flush=True
            )
    print("\n" + table(results))
    if args.out:
        figures = {
            "arguments": {key: str(value) for key, value in vars(args).items() if key != "out"},
            "torch": torch.__version__,
            "results": results,
        }
        args.out.with_suffix(".json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
        args.out.with_suffix(".md").write_text(table(results), "utf-8")
        draw(results, args.out.with_suffix(".svg"))


if __name__ == "__main__":
    main()
