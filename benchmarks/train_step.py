"""Training updates: the readable path, the fast path (also in bfloat16) and a naive PyTorch loop, same work.

    python benchmarks/train_step.py                        # 256/512 LSTM, general attention, input feeding
    python benchmarks/train_step.py --attention additive --cell gru --threads 1
    python benchmarks/train_step.py --recipe recurrent     # the model and batches of a recipe
    python benchmarks/train_step.py --peak                 # memory too, one process for each path

The paths take turns, batch by batch, so that whatever else the machine does falls on all of them. Ids are
drawn by chance with the lengths and frequencies of ordinary text; nothing is learnt here, only timed.
Every update is whole: encoder, decoder, loss, gradients, clipping, Adam.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte import batch, fast, order
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.build import build, initialise
from entarte.loss import cross_entropy
from entarte.model import Model, parameters
from entarte.settings import load
from entarte.window import WINDOWS

Pairs = tuple[Source, Target]
DROPOUT = 0.3


def corpus(args: argparse.Namespace) -> list[Pairs]:
    """As many batches as there are rounds, of about args.tokens target tokens each."""
    draw = torch.Generator().manual_seed(1)
    count = 40 * max(1, args.tokens // args.length) + args.rounds * 4
    said = (torch.randn(count, generator=draw) * args.length / 3 + args.length).round().clamp(3, 60).long()
    read = (said + torch.randn(count, generator=draw) * 2.5).round().clamp(3, 60).long()
    common = 1 / torch.arange(1, args.vocabulary - 3, dtype=torch.float)  # Zipf's law

    def line(length: int) -> list[int]:
        return (torch.multinomial(common, length, True, generator=draw) + 4).tolist()

    plan = order.batches(read.tolist(), said.tolist(), args.tokens, 1, 0)
    plan = [numbers for numbers in plan if len(numbers) * int(said[numbers].max()) > args.tokens // 2]
    return [
        (
            batch.source([line(int(read[n])) for n in numbers]),
            batch.target([line(int(said[n])) for n in numbers]),
        )
        for numbers in plan[: args.rounds + 1]
    ]


def choice(kind: str, **options: Any) -> SimpleNamespace:
    """A member of a family and its settings."""
    return SimpleNamespace(kind=kind, options=options)


def made(args: argparse.Namespace) -> Model:
    """The configuration of the figures to beat, unless the arguments say otherwise."""
    torch.manual_seed(1)
    shape = {"cell": args.cell, "width": args.width, "layers": args.layers, "dropout": DROPOUT}
    asks = {"start": "last", "query": args.query, "input_feeding": not args.unfed}
    choices = SimpleNamespace(
        front=choice("words", width=args.embedding, dropout=DROPOUT),
        source_front=choice("same"),
        encoder=choice("recurrent", **shape),
        window=choice(args.window),
        attention=choice(args.attention),
        decoder=choice("recurrent", **shape, **asks),
        readout=choice("attentional", dropout=DROPOUT),
    )
    if args.recipe:
        settings = load(args.recipe)
        model = build(settings, args.vocabulary, args.vocabulary, settings.model.tied).train()
        initialise(model, settings.model.init, settings.model.init_range)
        return model
    model = build(choices, args.vocabulary, args.vocabulary, "none").train()
    initialise(model, "uniform", 0.1)
    return model


class Naive(nn.Module):
    """What a tutorial writes: packed nn.LSTM, a loop over nn.LSTMCell, general attention, input feeding.

    It has one layer, LSTM cells and general attention, whatever the arguments say.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        super().__init__()
        width, word = args.width, args.embedding
        self.source = nn.Embedding(args.vocabulary, word, padding_idx=0)
        self.target = nn.Embedding(args.vocabulary, word, padding_idx=0)
        self.encoder = nn.LSTM(word, width // 2, batch_first=True, bidirectional=True)
        self.cell = nn.LSTMCell(word + width, width)
        self.general = nn.Linear(width, width, bias=False)
        self.joint = nn.Linear(2 * width, width, bias=False)
        self.output = nn.Linear(width, args.vocabulary)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, source: Source, target: Target) -> Tensor:
        lengths = source.mask.sum(1).cpu()  # where packing wants them
        packed = nn.utils.rnn.pack_padded_sequence(
            self.dropout(self.source(source.inputs)), lengths, batch_first=True, enforce_sorted=False
        )
        run, (h, c) = self.encoder(packed)
        memory, _ = nn.utils.rnn.pad_packed_sequence(run, batch_first=True)
        state = (torch.cat([h[0], h[1]], 1), torch.cat([c[0], c[1]], 1))
        keys = self.general(memory)
        words = self.dropout(self.target(target.inputs))
        feed = torch.zeros_like(state[0])
        said = []
        for t in range(words.size(1)):
            state = self.cell(torch.cat([words[:, t], feed], 1), state)
            scores = torch.bmm(keys, state[0].unsqueeze(2)).squeeze(2)
            weights = torch.softmax(scores.masked_fill(~source.mask, -torch.inf), 1)
            context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
            feed = self.dropout(torch.tanh(self.joint(torch.cat([context, state[0]], 1))))
            said.append(feed)
        logits = self.output(torch.stack(said, 1))
        return functional.cross_entropy(
            logits.flatten(0, 1), target.outputs.flatten(), ignore_index=0, reduction="sum"
        )


def paths(args: argparse.Namespace, names: list[str]) -> dict[str, Callable[[Pairs], None]]:
    """One whole update, for each path."""
    updates: dict[str, Callable[[Pairs], None]] = {}
    for name in names:
        model: nn.Module = Naive(args) if name == "naive" else made(args)
        adam = torch.optim.Adam(model.parameters(), 1e-3, fused=True if name != "naive" else None)
        loss = LOSSES[name]

        def update(pairs: Pairs, model: Any = model, adam: torch.optim.Adam = adam, loss: Any = loss) -> None:
            (loss(model, *pairs) / int(pairs[1].mask.sum())).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            adam.step()
            adam.zero_grad(set_to_none=True)

        updates[name] = update
    return updates


def naive_loss(model: Naive, source: Source, target: Target) -> Tensor:
    loss: Tensor = model(source, target)
    return loss


def readable_loss(model: Model, source: Source, target: Target) -> Tensor:
    features = model.unroll(source, target).features[target.mask]
    return cross_entropy(model.readout.logits(features), target.outputs[target.mask]).objective


def fast_loss(model: Model, source: Source, target: Target, products: fast.Products = fast.WIDE) -> Tensor:
    features = fast.model_unroll(model, source, target, products).features[target.mask]
    readout, outputs = model.readout, target.outputs[target.mask]
    return fast.cross_entropy(features, readout.weight, readout.bias, outputs, 0.0, None, products).objective


LOSSES: dict[str, Callable[..., Tensor]] = {
    "readable": readable_loss,
    "fast": fast_loss,
    "bfloat16": partial(fast_loss, products=fast.NARROW),
    "naive": naive_loss,
}


def follow(args: argparse.Namespace) -> None:
    """Take the sizes of a recipe over."""
    chosen = load(args.recipe)
    options = chosen.decoder.options
    args.vocabulary, args.tokens = chosen.text.size, chosen.train.batch_tokens
    args.embedding = chosen.front.options["width"]
    args.width, args.cell, args.layers = options["width"], options["cell"], options["layers"]
    args.query, args.unfed = options["query"], not options["input_feeding"]
    args.attention, args.window = chosen.attention.kind, chosen.window.kind


def flops(args: argparse.Namespace, work: list[Pairs]) -> float:
    """Of matrix products in one update for one target token, on average: three times those of the way
    there. Attention's own (2 S D, twice) and all that is not a product are left out."""
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[args.cell]
    w, e = args.width, args.embedding
    read = (
        2 * gates * (w // 2) * (e + w // 2) + (args.layers - 1) * 2 * gates * (w // 2) * (w + w // 2) + w * w
    )
    f = made(args).readout.width
    fed = 0 if args.unfed else f
    said = gates * w * (e + fed + w) + (args.layers - 1) * gates * w * 2 * w + 2 * w * f + f * args.vocabulary
    tokens = sum(int(target.mask.sum()) for _, target in work)
    slots = sum(int(source.mask.sum()) for source, _ in work)
    return float(3 * 2 * (said + read * slots / tokens))


def product_peak(clock: Callable[[], float], dtype: torch.dtype = torch.float32) -> float:
    """GFLOP/s of a large product, here and now."""
    a, b = torch.randn(1024, 1024).to(dtype), torch.randn(1024, 1024).to(dtype)
    took = []
    for _ in range(9):
        begin = clock()
        a @ b
        took.append(clock() - begin)
    return float(2 * 1024**3 / statistics.median(took) / 1e9)


def resident(which: str) -> float:
    """MiB of this process: VmRSS now, VmHWM at its highest (Linux)."""
    lines = Path("/proc/self/status").read_text("utf-8").split("\n")
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipe", default="", help="take model, vocabulary and batches from a recipe")
    parser.add_argument("--threads", type=int, default=0, help="0: all")
    parser.add_argument("--rounds", type=int, default=15, help="batches; every path takes each of them")
    parser.add_argument("--tokens", type=int, default=1800, help="target tokens of an update")
    parser.add_argument("--length", type=int, default=14, help="of a target, on average")
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--embedding", type=int, default=256)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--cell", choices=["rnn", "lstm", "gru"], default="lstm")
    parser.add_argument("--attention", choices=list(ATTENTIONS), default="general")
    parser.add_argument("--window", choices=list(WINDOWS), default="global")
    parser.add_argument("--query", choices=["current", "previous"], default="current")
    parser.add_argument("--unfed", action="store_true", help="no input feeding")
    parser.add_argument("--paths", default="readable,fast,bfloat16,naive")
    parser.add_argument("--peak", action="store_true", help="also measure memory, a process for each path")
    parser.add_argument("--cpu", action="store_true", help="seconds of the processor, for a busy machine")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.recipe:
        follow(args)
    names = args.paths.split(",")
    work = corpus(args)
    updates = paths(args, names)
    if args.alone:
        base = resident("VmRSS")
        for pairs in work[:4]:
            updates[names[0]](pairs)
        sys.stdout.write(f"{resident('VmHWM') - base:.0f}\n")
        return
    clock = time.process_time if args.cpu else time.perf_counter
    speeds: dict[str, list[float]] = {name: [] for name in names}
    peaks, narrow = [], []
    for number, pairs in enumerate(work):
        peaks.append(product_peak(clock))
        narrow.append(product_peak(clock, torch.bfloat16))
        for name in names:
            begin = clock()
            updates[name](pairs)
            took = clock() - begin
            if number:  # the first batch warms up
                speeds[name].append(int(pairs[1].mask.sum()) / took)
    memory = {}
    if args.peak:
        given = [part for part in sys.argv[1:] if part != "--peak"]
        for name in names:
            command = [sys.executable, __file__, *given, "--paths", name, "--alone"]
            memory[name] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    cost = flops(args, work[1:])
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    ratios = {
        name: statistics.median(a / b for a, b in zip(found, speeds[names[0]], strict=True))
        for name, found in speeds.items()
    }
    figures = {
        "arguments": {key: value for key, value in vars(args).items() if key not in ("json", "alone")},
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "product GFLOP/s": statistics.median(peaks),
        "bfloat16 product GFLOP/s": statistics.median(narrow),
        "MFLOP per target token": cost / 1e6,
        "floor, target tokens/s": statistics.median(peaks) * 1e9 / cost,
        "target tokens/s": medians,
        f"ratio to {names[0]}": ratios,
        "peak MiB over the start": memory,
        "parameters": parameters(made(args)),
    }
    print(f"{parameters(made(args)):,} parameters, {cost / 1e6:.1f} MFLOP of products per target token")
    print(f"{statistics.median(peaks):.0f} GFLOP/s on {torch.get_num_threads()} thread(s)", end=", ")
    print(f"so at most {statistics.median(peaks) * 1e9 / cost:,.0f} target tokens/s")
    print(f"{statistics.median(narrow):.0f} GFLOP/s in bfloat16, so at most", end=" ")
    print(f"{statistics.median(narrow) * 1e9 / cost:,.0f} target tokens/s with such products")
    for name in names:
        room = f"{memory[name]:8.0f} MiB" if memory else ""
        print(f"{name:10} {medians[name]:8,.0f} tokens/s   {ratios[name]:5.2f} × {names[0]}{room}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
