"""Translating: the model in PyTorch, its exports, and OpenNMT-py with the same weights; quality beside speed.

    python benchmarks/translate.py runs/base test.en test.de
    python benchmarks/translate.py runs/base test.en test.de --pairs train.en train.de --peer --out figures

The systems take turns, so that whatever else the machine does falls on all of them. A time is that of all
lines with the model loaded; the start of a process and the wait for one short sentence stand below.

--pairs  are what shortlists are learnt from; without them there is no row for shortlists
--peer   makes an environment for OpenNMT-py (from the package index, beside our torch) and gives it the
         weights of a model of the recipe `baseline`; others it cannot hold

Written to the folder: translate.json, translate.md, translate.svg.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BEAMS = ("beam", "greedy")
EXPORTS = {"onnx": "float32", "bfloat16": "bfloat16", "int8": "int8"}
"""Kinds of exports, and what they are called here."""
Run = Callable[[str], list[str]]
"""From beam or greedy to the translations of all lines."""
Timed = tuple[float, float, list[str]]
"""Wall seconds, processor seconds, translations."""


def read(path: str, most: int) -> list[str]:
    """The lines of a file."""
    lines = Path(path).read_text("utf-8").split("\n")
    return lines[:-1][: most or None] if not lines[-1] else lines[: most or None]


def exports(args: argparse.Namespace) -> dict[str, Path]:
    """The folders of the exports, made once."""
    found = {to: args.work / to for to in EXPORTS}
    some = args.work / "check"
    some.write_text("".join(line + "\n" for line in read(args.source, 50)), "utf-8")
    for to, folder in found.items():
        if not folder.exists():
            words = ["export", args.model, "--to", to, "--out", str(folder), "--check", str(some)]
            for each in args.pairs if to == "int8" else []:
                words += ["--shortlist", each]
            subprocess.run([sys.executable, "-m", "entarte.cli.main", *words], check=True)
    return found


def systems(args: argparse.Namespace, lines: list[str], folders: dict[str, Path]) -> dict[str, Run]:
    """What is compared, by name."""
    import torch

    from entarte import saved
    from entarte.engine import load

    torch.set_num_threads(args.threads)
    model = saved.load(args.model).to(args.device)
    beam: dict[str, Any] = {"beam": {"beam": args.beam, "stop": args.stop}, "greedy": {}}
    if args.normalise:
        beam["beam"]["normalise"] = args.normalise

    def pytorch(kind: str) -> list[str]:
        outputs = model.translate(lines, search=kind, batch_size=args.batch, **beam[kind])
        return [each.text for each in outputs]

    def engine(folder: Path, short: bool) -> Run:
        loaded = load(folder)

        def run(kind: str) -> list[str]:
            options = {"looks": False, "scores": False, "shortlist": short, "workers": args.threads}
            return [each.text for each in loaded.translate(lines, kind=kind, **beam[kind], **options)]

        return run

    found: dict[str, Run] = {"PyTorch": pytorch}
    found |= {name: engine(folders[to], False) for to, name in EXPORTS.items()}
    if args.pairs:
        found["int8, shortlist"] = engine(folders["int8"], True)
    return found


# -- OpenNMT-py, in a process of its own ------------------------------------------------------------------

NEEDS = ["OpenNMT-py==3.5.1", "configargparse", "pyonmttok", "six", "waitress", "flask", "rapidfuzz"]
PEER = """
import functools, importlib, json, sys, time
from unittest.mock import MagicMock

for name in ("spacy", "ahocorasick", "ctranslate2", "fasttext", "snownlp", "pkuseg", "pyhanlp"):
    try:  # for transforms of text that are not used here
        importlib.import_module(name)
    except ImportError:
        sys.modules[name] = MagicMock()

import torch
torch.load = functools.partial(torch.load, weights_only=False)  # its checkpoints are pickles; this is ours
import onmt.opts as opts
from onmt.inference_engine import InferenceEnginePY
from onmt.inputters.inputter import dict_to_vocabs
from onmt.model_builder import build_base_model
from onmt.utils.parse import ArgumentParser as Parser

folder, threads, beam, batch, card = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
torch.set_num_threads(threads)
given = torch.load(folder + "/given.pt")
width, word = str(given["width"]), str(given["word"])

def parsed(add, *words):
    parser = Parser()
    add(parser)
    return parser.parse_known_args(list(words))[0]

opt = parsed(
    opts.train_opts, "-data", "{}", "-src_vocab", "-", "-encoder_type", "brnn", "-decoder_type", "rnn",
    "-rnn_type", "LSTM", "-enc_layers", "1", "-dec_layers", "1", "-hidden_size", width,
    "-word_vec_size", word, "-global_attention", "general", "-input_feed", "1",
    "-save_model", folder + "/model",
)
vocab = {"src": given["read"], "tgt": given["said"], "data_task": "seq2seq", "decoder_start_token": "<s>"}
opt.data_task, opt.decoder_start_token = "seq2seq", "<s>"
Parser.update_model_opts(opt)
state = build_base_model(opt, dict_to_vocabs(dict(vocab))).state_dict()
ours = given["tensors"]
odd = [name for name in {*ours, *state} if name not in ours or name not in state
       or state[name].shape != ours[name].shape]
if odd:
    sys.exit(f"weights do not fit: {sorted(odd)}")
generator = {k[10:]: v for k, v in ours.items() if k.startswith("generator.")}
rest = {k: v for k, v in ours.items() if not k.startswith("generator.")}
torch.save({"model": rest, "generator": generator, "vocab": vocab, "opt": opt}, folder + "/model.pt")

def engine(width):
    chosen = parsed(
        opts.translate_opts, "-model", folder + "/model.pt", "-src", folder + "/lines", "-output",
        folder + "/out", "-beam_size", width, "-batch_size", batch, "-batch_type", "sents",
        "-max_length", "100", "-length_penalty", "avg", "-gpu", card,
    )
    for prepare in (Parser.validate_translate_opts, Parser._get_all_transform_translate,
                    Parser._validate_transforms_opts, Parser.validate_translate_opts_dynamic):
        prepare(chosen)
    return InferenceEnginePY(chosen)

answers, sys.stdout = sys.stdout, sys.stderr
engines = {"beam": engine(beam), "greedy": engine("1")}
for line in sys.stdin:
    begun = time.perf_counter(), time.process_time()
    _, said = engines[line.strip()].infer_file()
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    answers.write(json.dumps([*took, [each[0] for each in said]]) + "\\n")
    answers.flush()
"""


def for_peer(args: argparse.Namespace, lines: list[str], folder: Path) -> None:
    """The weights under the names that OpenNMT-py has for them, and the lines in pieces.

    Its general score is (W_in h_t) · h_s, ours is h_t · (W h_s), so W_in is the transpose of W. Its sources
    end as ours do once the piece </s> is written behind each.
    """
    import torch

    from entarte import saved
    from entarte.model import weights

    model = saved.load(args.model)
    own = weights(model.model)
    tensors = {
        "encoder.embeddings.make_embedding.emb_luts.0.weight": own["source.table.weight"],
        "decoder.embeddings.make_embedding.emb_luts.0.weight": own["target.table.weight"],
        "decoder.attn.linear_in.weight": own["decoder.attention.W.weight"].t().contiguous(),
        "decoder.attn.linear_out.weight": own["decoder.readout.W.weight"],
        "generator.weight": own["decoder.readout.weight"],
        "generator.bias": own["decoder.readout.bias"],
    }
    for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        tensors[f"encoder.rnn.{part}_l0"] = own[f"encoder.forwards.0.{part}_l0"]
        tensors[f"encoder.rnn.{part}_l0_reverse"] = own[f"encoder.backwards.0.{part}_l0"]
        tensors[f"decoder.rnn.layers.0.{part}"] = own[f"decoder.stack.cells.0.{part}"]
    sides = {}
    for side, tokenizer in (("read", model.source), ("said", model.target)):
        pieces = list(tokenizer.vocabulary.pieces)
        pieces[:4] = ["<blank>", "<unk>", "<s>", "</s>"]
        sides[side] = pieces
    facts = {"width": own["decoder.attention.W.weight"].size(0), "word": own["source.table.weight"].size(1)}
    torch.save({"tensors": {k: v.clone() for k, v in tensors.items()}, **sides, **facts}, folder / "given.pt")
    cut = [" ".join([*(piece.text for piece in model.source.pieces(line)), "</s>"]) for line in lines]
    (folder / "lines").write_text("".join(line + "\n" for line in cut), "utf-8")


@contextlib.contextmanager
def peer(args: argparse.Namespace, lines: list[str]) -> Iterator[Callable[[str], Timed]]:
    """OpenNMT-py, ready to translate all lines."""
    folder = args.work / "opennmt"
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv" / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        site = next((folder / "venv").glob("lib/python*/site-packages"))
        import torch

        (site / "ours.pth").write_text(str(Path(torch.__file__).parents[1]) + "\n")  # our torch, not another
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--no-deps", *NEEDS], check=True)
        (folder / "installed").touch()
    for_peer(args, lines, folder)
    (folder / "peer.py").write_text(PEER, "utf-8")
    card = "-1" if args.device == "cpu" else "0"
    given = [str(folder), str(args.threads), str(args.beam), str(args.batch), card]
    process = subprocess.Popen(
        [str(python), str(folder / "peer.py"), *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"),
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(args.threads)},
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def run(kind: str) -> Timed:
        process.stdin.write(kind + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise SystemExit(f"OpenNMT-py ended; see {folder / 'log'}")
        wall, cpu, said = json.loads(answer)
        return wall, cpu, ["".join(line.split(" ")).replace("\u2581", " ").strip() for line in said]

    try:
        yield run
    finally:
        process.stdin.close()
        process.wait()


# -- figures ----------------------------------------------------------------------------------------------


def measure(args: argparse.Namespace, lines: list[str], reference: list[str]) -> list[dict[str, Any]]:
    """A row for each system and way to decode."""
    import sacrebleu

    folders = exports(args)
    runs = systems(args, lines, folders)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(peer(args, lines)) if args.peer else None
        names = [*(["OpenNMT-py"] if other else []), *runs]
        for turn in range(-1, args.repetitions):  # the first warms up
            for kind in BEAMS:
                for name in names:
                    if name == "OpenNMT-py":
                        assert other is not None
                        wall, cpu, said = other(kind)
                    else:
                        begun = time.perf_counter(), time.process_time()
                        said = runs[name](kind)
                        wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
                    row = {"system": name, "search": kind, "wall": [], "cpu": []}
                    row = rows.setdefault((name, kind), row)
                    if turn < 0:
                        row["bleu"] = sacrebleu.corpus_bleu(said, [reference]).score
                    else:
                        row["wall"].append(wall)
                        row["cpu"].append(cpu)
                    print(f"{turn + 1}/{args.repetitions} {name} {kind}: {wall:.2f} s", file=sys.stderr)
    first = names[0]
    for (_, kind), row in rows.items():
        base = rows[first, kind]
        for clock in ("wall", "cpu"):
            pairs = zip(base[clock], row[clock], strict=True)
            row[f"{clock} ratio"] = statistics.median(theirs / ours for theirs, ours in pairs)
        row["bleu difference"] = row["bleu"] - rows[first, kind]["bleu"]
    return list(rows.values())


def waits(args: argparse.Namespace, line: str) -> dict[str, dict[str, float]]:
    """One short sentence: greedy with the model loaded, and as a whole process."""
    from entarte.engine import load

    found: dict[str, dict[str, float]] = {}
    for to in EXPORTS:
        folder = args.work / to
        engine, took = load(folder), []
        for _ in range(30):
            begun = time.perf_counter()
            engine.translate([line], kind="greedy", looks=False, scores=False)
            took.append(time.perf_counter() - begun)
        whole, cpu = [], []
        for _ in range(args.repetitions):
            begun, before = time.perf_counter(), os.times()
            words = [sys.executable, "-m", "entarte.cli.main", "translate", str(folder)]
            subprocess.run(words, input=line + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
            whole.append(time.perf_counter() - begun)
            after = os.times()
            cpu.append(sum(after[2:4]) - sum(before[2:4]))
        found[to] = {
            "loaded, greedy, ms": 1000 * statistics.median(took[5:]),
            "process, s": statistics.median(whole),
            "process, processor s": statistics.median(cpu),
        }
    return found


def markdown(figures: dict[str, Any]) -> str:
    """The figures as tables."""
    rows = ["| system | search | s | processor s | × | × processor | BLEU | |", "|---" * 8 + "|"]
    for row in figures["systems"]:
        rows.append(
            f"| {row['system']} | {row['search']} | {statistics.median(row['wall']):.2f} | "
            f"{statistics.median(row['cpu']):.2f} | {row['wall ratio']:.2f} | {row['cpu ratio']:.2f} | "
            f"{row['bleu']:.2f} | {row['bleu difference']:+.2f} |"
        )
    rows += [
        "",
        "| one short sentence | loaded, greedy, ms | process, s | its processor s |",
        "|---" * 4 + "|",
    ]
    for to, each in figures["one sentence"].items():
        rows.append("| " + " | ".join([to, *(f"{value:.2f}" for value in each.values())]) + " |")
    return "\n".join(rows) + "\n"


def draw(figures: dict[str, Any], path: Path) -> None:
    """Seconds of each system, its BLEU beside it."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, places = pyplot.subplots(1, len(BEAMS), figsize=(9, 3), sharey=True, layout="constrained")
    for place, kind in zip(places, BEAMS):
        rows = [row for row in figures["systems"] if row["search"] == kind][::-1]
        took = [statistics.median(row["wall"]) for row in rows]
        place.barh([row["system"] for row in rows], took, color="#3b6ea5")
        for at, (row, seconds) in enumerate(zip(rows, took)):
            place.text(seconds, at, f" {seconds:.1f} s, BLEU {row['bleu']:.1f}", va="center", fontsize=8)
        place.set_xlim(0, 1.5 * max(took))
        place.set_title(f"{kind}, {figures['lines']:,} sentences, {figures['threads']} cores", fontsize=10)
        place.set_xlabel("seconds")
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", help="a model's folder")
    parser.add_argument("source", help="lines to translate")
    parser.add_argument("reference", help="their translations")
    parser.add_argument("--pairs", nargs="*", default=[], help="to learn shortlists from")
    parser.add_argument("--peer", action="store_true", help="OpenNMT-py too")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--lines", type=int, default=0, help="take the first n; 0: all")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument(
        "--device",
        choices=["cpu", "cuda"],
        default="cpu",
        help="of PyTorch and OpenNMT-py: cpu, or cuda, the first graphics card; exports run on the processor",
    )
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--stop", choices=["best", "count"], default="best", help="when a beam is done")
    parser.add_argument(
        "--normalise",
        choices=["average", "gnmt", "none"],
        help="how our beams are ranked, if not as the model says; OpenNMT-py keeps its own way",
    )
    parser.add_argument("--batch", type=int, default=64, help="sentences together, in PyTorch")
    parser.add_argument("--work", type=Path, help="where exports and the peer's environment are kept")
    parser.add_argument("--out", type=Path, default=Path(), help="the folder to write to")
    args = parser.parse_args()
    args.work = args.work or Path(args.model).parent / f"{Path(args.model).name}-exports"
    args.work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    lines, reference = read(args.source, args.lines), read(args.reference, args.lines)
    short = min((line for line in lines if line), key=lambda line: abs(len(line) - 30))
    figures = {
        "arguments": {key: str(value) for key, value in vars(args).items()},
        "lines": len(lines),
        "threads": args.threads,
        "systems": measure(args, lines, reference),
        "one sentence": waits(args, short),
    }
    assert all(math.isfinite(row["bleu"]) for row in figures["systems"])
    (args.out / "translate.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (args.out / "translate.md").write_text(markdown(figures), "utf-8")
    draw(figures, args.out / "translate.svg")
    print(markdown(figures), end="")


if __name__ == "__main__":
    main()
