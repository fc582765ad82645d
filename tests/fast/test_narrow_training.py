"""A training with bfloat16 products ends where one in single precision ends."""

from __future__ import annotations

from math import log
from pathlib import Path

import pytest

from entarte import train
from entarte.grammar import splits
from entarte.run import Run
from entarte.settings import loads

SETTINGS = """
[text]
kind = "word"
size = 0
[front]
width = 32
[encoder]
cell = "gru"
width = 48
[decoder]
cell = "gru"
width = 48
[train]
epochs = 0
updates = 150
batch_tokens = 300
rate = 0.01
valid_every = 50
valid_sentences = 0
threads = 1
"""

MARGIN = 0.15
"""Of the held-out loss, in nats a token: rounding soon leads to another training, as another seed does."""


@pytest.mark.slow
def test_loss_parity(tmp_path: Path) -> None:
    streams = splits("fr", 400, 40, 1, seed=1)
    for name in ("train", "valid"):
        lines = (f"{pair.source}\t{pair.target}\n" for pair in streams[name])
        (tmp_path / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")
    files = [f'data.{name}=["{tmp_path}/{name}.tsv"]' for name in ("train", "valid")]
    losses = {}
    for precision in ("float32", "bfloat16"):
        chosen = loads(SETTINGS, [*files, f"train.precision={precision}"])
        train.train(chosen, tmp_path / precision)
        told = Run.open(tmp_path / precision).metrics()
        losses[precision] = [log(line["perplexity"]) for line in told]
    assert len(losses["float32"]) == 3
    assert losses["float32"][-1] < losses["float32"][0] - 0.5, "nothing was learnt, so nothing is compared"
    for wide, narrow in zip(losses["float32"], losses["bfloat16"], strict=True):
        assert narrow == pytest.approx(wide, abs=MARGIN)
    assert losses["float32"] != losses["bfloat16"]
