"""Other toolkits for the benchmarks: environments beside our torch, and how each trains the same model.

A peer lives in a folder with an environment of its own, made from the package index when it is first asked
for; torch and what belongs to it come from ours, so that all run the same kernels. What a toolkit imports
for transforms of text that no benchmark uses is stood in for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STANDINS = "spacy ahocorasick ctranslate2 fasttext snownlp pkuseg pyhanlp bitsandbytes flash_attn".split()
LAUNCH = f"""
import importlib, runpy, sys
from importlib.util import find_spec
from unittest.mock import MagicMock
for name in {STANDINS!r}:
    if find_spec(name) is None:
        sys.modules[name] = MagicMock(__spec__=None)
import torch
torch.set_num_threads(int(sys.argv[1]))
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def environment(folder: Path, needs: list[str]) -> Path:
    """The Python of a peer's environment, which is made where it is not there."""
    python = folder / "venv" / "bin" / "python"
    if not (folder / "installed").exists():
        import torch

        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        site = next((folder / "venv").glob("lib/python*/site-packages"))
        (site / "ours.pth").write_text(str(Path(torch.__file__).parents[1]) + "\n")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--no-deps", *needs], check=True)
        (folder / "installed").touch()
    return python


@dataclass(frozen=True)
class Work:
    """What all train on: pieces, a line a sentence, and how long.

    folder   train.src, train.tgt, valid.src, valid.tgt, pieces.txt (a piece a line, without control symbols)
    tokens   of a batch, on the target side
    updates  of one window; two windows are trained, and the second one is timed
    device   cpu, or cuda for the first graphics card
    width    of the decoder's state, and of both directions of the encoder together
    """

    folder: Path
    tokens: int
    updates: int
    threads: int
    device: str = "cpu"
    width: int = 512

    @property
    def cards(self) -> list[int]:
        """The numbers of the graphics cards that are used."""
        return [] if self.device == "cpu" else [0]


@dataclass(frozen=True)
class Peer:
    """A toolkit: what to install, the command that trains, and where its log says how fast it was.

    speed  takes the log, gives target tokens a second of each window
    """

    name: str
    needs: list[str]
    command: Callable[[Work, Path], list[str]]
    speed: Callable[[str], list[float]]


def _launcher(work: Work, folder: Path, *words: str) -> list[str]:
    (folder / "launch.py").write_text(LAUNCH, "utf-8")
    return [str(folder / "launch.py"), str(work.threads), *words]


def _vocabulary(work: Work, folder: Path) -> Path:
    """Their form of a vocabulary: a piece and a count, TAB between."""
    pieces = (work.folder / "pieces.txt").read_text("utf-8").split("\n")[:-1]
    path = folder / "pieces.vocab"
    path.write_text("".join(f"{piece}\t{len(pieces) - n}\n" for n, piece in enumerate(pieces)), "utf-8")
    return path


def _corpora(work: Work) -> dict[str, Any]:
    return {
        part: {"path_src": str(work.folder / f"{name}.src"), "path_tgt": str(work.folder / f"{name}.tgt")}
        for part, name in (("corpus_1", "train"), ("valid", "valid"))
    }


def _onmt(work: Work, folder: Path) -> list[str]:
    vocabulary = str(_vocabulary(work, folder))
    config = {
        "data": _corpora(work), "src_vocab": vocabulary, "tgt_vocab": vocabulary,
        "save_model": str(folder / "m"), "encoder_type": "brnn", "decoder_type": "rnn",
        "rnn_type": "LSTM", "enc_layers": 1, "dec_layers": 1, "hidden_size": work.width,
        "word_vec_size": 256, "global_attention": "general", "input_feed": 1,
        "dropout": [0.3], "optim": "adam", "learning_rate": 0.001, "max_grad_norm": 5, "seed": 1,
        "batch_type": "tokens", "batch_size": work.tokens, "normalization": "tokens", "num_workers": 0,
        "train_steps": 2 * work.updates, "report_every": work.updates, "valid_steps": 10**6,
        "save_checkpoint_steps": 10**6, "bucket_size": 262144,
    }  # fmt: skip
    if work.cards:
        config |= {"world_size": 1, "gpu_ranks": work.cards}
    (folder / "train.yaml").write_text(json.dumps(config), "utf-8")  # JSON is YAML
    return _launcher(work, folder, "onmt.bin.train", "-config", str(folder / "train.yaml"))


def _eole(work: Work, folder: Path) -> list[str]:
    vocabulary = str(_vocabulary(work, folder))
    side = {"layers": 1, "hidden_size": work.width, "rnn_type": "LSTM"}
    config = {
        "data": _corpora(work), "src_vocab": vocabulary, "tgt_vocab": vocabulary, "seed": 1,
        "vocab_size_multiple": 1, "report_every": work.updates,
        "model": {
            "architecture": "custom",
            "embeddings": {"src_word_vec_size": 256, "tgt_word_vec_size": 256},
            "encoder": {"encoder_type": "brnn", "src_word_vec_size": 256, **side},
            "decoder": {
                "decoder_type": "rnn", "tgt_word_vec_size": 256, "global_attention": "general", **side,
            },
        },
        "training": {
            "model_path": str(folder / "m"), "dropout": [0.3], "optim": "adam", "learning_rate": 0.001,
            "max_grad_norm": 5, "batch_type": "tokens", "batch_size": work.tokens, "normalization": "tokens",
            "num_workers": 0, "train_steps": 2 * work.updates, "valid_steps": 10**6, "compute_dtype": "fp32",
            "save_checkpoint_steps": 10**6, "bucket_size": 262144, "world_size": 1, "gpu_ranks": work.cards,
        },
    }  # fmt: skip
    (folder / "train.yaml").write_text(json.dumps(config), "utf-8")
    return _launcher(work, folder, "eole.bin.main", "train", "-config", str(folder / "train.yaml"))


def _joey(work: Work, folder: Path) -> list[str]:
    pieces = (work.folder / "pieces.txt").read_text("utf-8")
    (folder / "pieces.vocab").write_text(pieces, "utf-8")
    side = {"level": "word", "max_length": 200, "lowercase": False, "voc_file": str(folder / "pieces.vocab")}
    config = {
        "name": "speed", "joeynmt_version": "2.3.0", "model_dir": str(folder / "m"),
        "use_cuda": bool(work.cards),
        "random_seed": 1, "num_workers": 0, "fp16": False,
        "data": {
            "train": str(work.folder / "train"), "dev": str(work.folder / "valid"), "dataset_type": "plain",
            "src": {"lang": "src", **side}, "trg": {"lang": "tgt", **side},
        },
        "training": {
            "optimizer": "adam", "learning_rate": 0.001, "clip_grad_norm": 5, "batch_type": "token",
            "batch_size": work.tokens, "normalization": "tokens", "epochs": 1000, "updates": 2 * work.updates,
            "logging_freq": work.updates, "validation_freq": 1000 * work.updates, "shuffle": True,
            "overwrite": True, "loss": "crossentropy", "scheduling": "exponential", "decrease_factor": 1.0,
        },
        "testing": {"beam_size": 1},
        "model": {
            "encoder": {
                "type": "recurrent", "rnn_type": "lstm", "embeddings": {"embedding_dim": 256},
                "hidden_size": work.width // 2, "bidirectional": True, "num_layers": 1, "dropout": 0.3,
            },
            "decoder": {
                "type": "recurrent", "rnn_type": "lstm", "embeddings": {"embedding_dim": 256},
                "hidden_size": work.width, "num_layers": 1, "dropout": 0.3, "hidden_dropout": 0.3,
                "attention": "luong", "input_feeding": True, "init_hidden": "bridge",
            },
        },
    }  # fmt: skip
    (folder / "train.yaml").write_text(json.dumps(config), "utf-8")
    return _launcher(work, folder, "joeynmt", "train", str(folder / "train.yaml"), "--skip-test")


def _reports(pattern: str) -> Callable[[str], list[float]]:
    return lambda log: [float(found.replace(",", "")) for found in re.findall(pattern, log)]


PEERS = {
    "onmt": Peer(
        "OpenNMT-py 3.5.1",
        ["OpenNMT-py==3.5.1", "configargparse", "pyonmttok", "six", "waitress", "flask", "rapidfuzz",
         "pyyaml"],
        _onmt,
        _reports(r"Step \d+/.*?/\s*([\d.]+) tok/s"),
    ),
    "eole": Peer(
        "Eole 0.6.4",
        ["eole==0.6.4", "pyonmttok", "configargparse", "six", "waitress", "flask", "rapidfuzz", "pyyaml",
         "huggingface_hub", "tokenizers", "aiohttp", "multidict", "attrs", "yarl", "propcache", "aiosignal",
         "frozenlist", "aiohappyeyeballs", "requests", "filelock", "tqdm", "fsspec"],
        _eole,
        _reports(r"Step \d+/.*?/\s*([\d.]+) tok/s"),
    ),
    "joey": Peer(
        "JoeyNMT 2.3.0",
        ["joeynmt==2.3.0", "pyyaml", "packaging", "importlib_metadata", "datasets", "portalocker", "tqdm",
         "lazy_importer", "subword_nmt"],
        _joey,
        _reports(r"Tokens per Sec:\s*([\d,.]+)"),
    ),
}  # fmt: skip
