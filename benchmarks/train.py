"""Training the same model on the same pieces: Entarté, a naive loop, and the toolkits that install.

    python benchmarks/train.py train.en train.de
    python benchmarks/train.py train.en train.de --peers onmt,eole,joey --repetitions 5 --out figures

The model is that of the recipe `baseline` (word vectors of 256, a bidirectional LSTM of 2 × 256, an LSTM
decoder of 512 with general attention and input feeding, 8,000 pieces, nothing tied); --width 1024 makes
encoder and decoder wider. Each system is a process of its own with the same number of threads; they take
turns, so that whatever else the machine does falls on all of them. Each trains two windows of updates; the
second one is timed, by the system's own count of target tokens a second. Peak memory is that of the whole
process.

Peers' environments are made below --work from the package index. Written to --out: train.json, train.md,
train.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import PEERS, Work, environment

OURS = {"float32": "Entarté, float32", "bfloat16": "Entarté, bfloat16"}


def prepare(args: argparse.Namespace) -> Work:
    """The pairs as pieces, in files that all read."""
    from entarte.text import Tokenizer

    folder = args.work / "pieces"
    folder.mkdir(parents=True, exist_ok=True)
    sides = [Path(path).read_text("utf-8").split("\n")[:-1] for path in (args.source, args.target)]
    tokenizer = Tokenizer.train([*sides[0], *sides[1]], kind="unigram", size=args.vocabulary)
    chosen = [n for n, pair in enumerate(zip(*sides, strict=True)) if all(pair)][: args.pairs]
    for side, lines in zip(("src", "tgt"), sides, strict=True):
        cut = [" ".join(p.text for p in tokenizer.pieces(lines[n])) + "\n" for n in chosen]
        (folder / f"train.{side}").write_text("".join(cut), "utf-8")
        (folder / f"valid.{side}").write_text("".join(cut[:20]), "utf-8")
    pieces = list(tokenizer.vocabulary.pieces)[4:]
    (folder / "pieces.txt").write_text("".join(piece + "\n" for piece in pieces), "utf-8")
    return Work(folder, args.tokens, args.updates, args.threads, args.device, args.width)


def ours(work: Work, folder: Path, precision: str) -> list[str]:
    """Our command. The pieces are words to it, so that it says exactly what the others say."""
    at = work.folder
    return [
        *("-m", "entarte.cli.main", "train", "baseline", "text.kind=word", "text.size=0"),
        *(
            f"data.train={at / 'train.src'},{at / 'train.tgt'}",
            f"data.valid={at / 'valid.src'},{at / 'valid.tgt'}",
        ),
        *("text.normalisation=none", "data.duplicates=true"),
        *(f"train.batch_tokens={work.tokens}", f"train.updates={2 * work.updates}", "train.epochs=0"),
        *(f"train.valid_every={work.updates}", "train.valid_sentences=0", f"train.threads={work.threads}"),
        *(f"encoder.width={work.width}", f"decoder.width={work.width}"),
        *(f"train.precision={precision}", f"train.device={work.device}", "--out", str(folder / "m")),
    ]


def own_speed(folder: Path) -> float:
    """Of the second window."""
    lines = (folder / "m" / "metrics.jsonl").read_text("utf-8").split("\n")
    rows = [row for row in map(json.loads, filter(None, lines)) if row["kind"] == "validation"]
    tokens, seconds = (rows[1][key] - rows[0][key] for key in ("tokens", "seconds"))
    return float(tokens / seconds)


def naive(work: Work) -> None:
    """What a tutorial writes, in this process; prints its tokens a second."""
    import torch
    from train_step import Naive, naive_loss

    from entarte import batch, order
    from entarte.state import moved

    torch.set_num_threads(work.threads)
    torch.manual_seed(1)
    known = {
        piece: n + 4
        for n, piece in enumerate((work.folder / "pieces.txt").read_text("utf-8").split("\n")[:-1])
    }
    sides = []
    for side in ("src", "tgt"):
        lines = (work.folder / f"train.{side}").read_text("utf-8").split("\n")[:-1]
        sides.append([[known.get(piece, 1) for piece in line.split(" ")] for line in lines])
    shape = argparse.Namespace(width=work.width, embedding=256, vocabulary=len(known) + 4)
    model = Naive(shape).to(work.device)
    adam = torch.optim.Adam(model.parameters(), 1e-3)
    lengths = [[len(line) + 1 for line in side] for side in sides]
    done, said, begun = 0, 0, 0.0
    for epoch in range(1000):
        for numbers in order.batches(*lengths, work.tokens, 1, epoch):
            if done == work.updates:
                said, begun = 0, time.perf_counter()
            there = torch.device(work.device)
            source = moved(batch.source([sides[0][n] for n in numbers]), there)
            target = moved(batch.target([sides[1][n] for n in numbers]), there)
            (naive_loss(model, source, target) / int(target.mask.sum())).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            adam.step()
            adam.zero_grad()
            done, said = done + 1, said + int(target.mask.sum())
            if done == 2 * work.updates:
                print(f"naive: {said / (time.perf_counter() - begun):.1f} tok/s")
                return


def timed(words: list[str], log: Path, threads: int) -> tuple[float, float]:
    """Runs a process: wall seconds, and MiB at its peak."""
    begun = time.perf_counter()
    with log.open("w") as said:
        environ = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, env=environ)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words[:6])} … ended with {process.returncode}; see {log}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def systems(args: argparse.Namespace, work: Work) -> dict[str, Callable[[], dict[str, float]]]:
    """One training of each, by name: tokens a second, wall seconds, MiB."""
    import shutil

    def own(precision: str) -> dict[str, float]:
        folder = args.work / precision
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        wall, peak = timed([sys.executable, *ours(work, folder, precision)], folder / "log", work.threads)
        return {"speed": own_speed(folder), "wall": wall, "peak": peak}

    def simple() -> dict[str, float]:
        log = args.work / "naive.log"
        words = [sys.executable, __file__, args.source, args.target, "--alone", str(work.folder)]
        words += [
            "--tokens",
            str(work.tokens),
            "--updates",
            str(work.updates),
            "--threads",
            str(work.threads),
            "--device",
            work.device,
            "--width",
            str(work.width),
        ]
        wall, peak = timed(words, log, work.threads)
        return {"speed": float(log.read_text().split()[-2]), "wall": wall, "peak": peak}

    def other(key: str) -> dict[str, float]:
        peer, folder = PEERS[key], args.work / key
        python = environment(folder, peer.needs)
        shutil.rmtree(folder / "m", ignore_errors=True)
        wall, peak = timed([str(python), *peer.command(work, folder)], folder / "log", work.threads)
        return {"speed": peer.speed((folder / "log").read_text())[1], "wall": wall, "peak": peak}

    found: dict[str, Callable[[], dict[str, float]]] = {}
    for key in filter(None, args.peers.split(",")):
        found[PEERS[key].name] = lambda key=key: other(key)
    found["naive loop"] = simple
    for precision, name in OURS.items():
        found[name] = lambda precision=precision: own(precision)
    return found


def measure(args: argparse.Namespace, work: Work) -> list[dict[str, Any]]:
    """A row for each system; a median is over the repetitions, a ratio over those of the same round."""
    runs = systems(args, work)
    rows: dict[str, dict[str, Any]] = {name: {"speed": [], "wall": [], "peak": []} for name in runs}
    for turn in range(args.repetitions):
        for name, run in runs.items():
            found = run()
            for key, value in found.items():
                rows[name][key].append(value)
            print(f"{turn + 1}/{args.repetitions} {name}: {found['speed']:,.0f} tok/s", file=sys.stderr)
    others = [name for name in rows if name not in OURS.values()]
    fastest = max(others, key=lambda name: statistics.median(rows[name]["speed"]))
    for name, row in rows.items():
        pairs = zip(row["speed"], rows[fastest]["speed"], strict=True)
        row["ratio"] = statistics.median(one / two for one, two in pairs)
        row["system"], row["fastest"] = name, name == fastest
    return list(rows.values())


def markdown(figures: dict[str, Any]) -> str:
    rows = [
        "| system | target tok/s | × the fastest other | peak, MiB | whole process, s |",
        "|---" * 5 + "|",
    ]
    for row in sorted(figures["systems"], key=lambda row: statistics.median(row["speed"])):
        values = [f"{statistics.median(row[key]):,.0f}" for key in ("speed", "peak", "wall")]
        rows.append(f"| {row['system']} | {values[0]} | {row['ratio']:.2f} | {values[1]} | {values[2]} |")
    rows += ["", f"Peak of a 1,024 × 1,024 product: {figures['product']:.0f} GFLOP/s in float32, "
             f"{figures['narrow product']:.0f} in bfloat16."]  # fmt: skip
    return "\n".join(rows) + "\n"


def draw(figures: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, place = pyplot.subplots(figsize=(7, 2.8), layout="constrained")
    rows = sorted(figures["systems"], key=lambda row: statistics.median(row["speed"]))
    speeds = [statistics.median(row["speed"]) for row in rows]
    colours = ["#c65d21" if row["system"] in OURS.values() else "#3b6ea5" for row in rows]
    place.barh([row["system"] for row in rows], speeds, color=colours)
    for at, (row, speed) in enumerate(zip(rows, speeds, strict=True)):
        peak = statistics.median(row["peak"])
        place.text(
            speed, at, f" {speed:,.0f} · {row['ratio']:.2f} × · {peak:,.0f} MiB", va="center", fontsize=8
        )
    place.set_xlim(0, 1.5 * max(speeds))
    where = f"{figures['threads']} cores" if figures["device"] == "cpu" else figures["device"]
    place.set_xlabel(f"target tokens trained a second, {where}")
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source", help="lines to read")
    parser.add_argument("target", help="their translations")
    parser.add_argument("--peers", default="onmt,eole,joey", help="of " + ", ".join(PEERS))
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--updates", type=int, default=40, help="of each of two windows")
    parser.add_argument("--tokens", type=int, default=1800, help="target tokens of an update")
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--pairs", type=int, default=12000, help="the first so many are trained on")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--device", default="cpu", help="cpu, or cuda: all train on the first graphics card")
    parser.add_argument("--width", type=int, default=512, help="of encoder and decoder")
    parser.add_argument("--work", type=Path, default=Path("runs/peers"), help="environments, models, logs")
    parser.add_argument("--out", type=Path, default=Path(), help="the folder to write to")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        naive(Work(args.alone, args.tokens, args.updates, args.threads, args.device, args.width))
        return
    import torch
    from train_step import product_peak

    args.work = args.work.absolute()
    args.work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    work = prepare(args)
    figures = {
        "arguments": {key: str(value) for key, value in vars(args).items()},
        "threads": args.threads,
        "device": args.device if args.device == "cpu" else torch.cuda.get_device_name(),
        "systems": measure(args, work),
        "product": product_peak(time.perf_counter),
        "narrow product": product_peak(time.perf_counter, torch.bfloat16),
    }
    (args.out / "train.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (args.out / "train.md").write_text(markdown(figures), "utf-8")
    draw(figures, args.out / "train.svg")
    print(markdown(figures), end="")


if __name__ == "__main__":
    main()
