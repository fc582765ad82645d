"""Several processes train what one trains, and what they began they go on with, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from entarte.parallel import ALONE, World
from entarte.run import Run
from entarte.settings import Settings, loads
from entarte.train import train

from .small import write

SETTINGS = """
[data]
train = ["{0}/train.s", "{0}/train.t"]
valid = ["{0}/valid.s", "{0}/valid.t"]
[text]
kind = "unigram"
size = 28
segmentations = 3
[front]
width = 8
[encoder]
width = 8
[decoder]
width = 8
[train]
epochs = 2
batch_tokens = 60
valid_sentences = 2
valid_every = 7
threads = 1
ema = 0.9
schedule = "plateau"
decay_every = 1
[generate]
kind = "greedy"
length_factor = 1.0
length_constant = 2
"""
SHARDS = ["data.shard=17", "text.sample=50", "text.segmentations=1"]
CHANCE = ["front.dropout=0.2", "readout.dropout=0.2"]

WORKER = """
import os, signal, sys
from pathlib import Path
from torch import distributed
from entarte.train import train
from entarte.parallel import World
from entarte.settings import loads
from entarte.trainer import Stopped
from entarte.watch import Silent

class Halt(Silent):  # it looks on at the chief alone; the other must be told
    def updated(self, facts):
        if facts.update == 9:
            os.kill(os.getpid(), signal.SIGINT)

folder, chance, shards = Path(sys.argv[1]), sys.argv[2].split(), sys.argv[3].split()
text = (folder / "settings.toml").read_text()
with World.join() as world:
    train(loads(text), folder / "two", world=world)
    train(loads(text, shards), folder / "two-sharded", world=world)
    train(loads(text, chance), folder / "unbroken", world=world)
    try:
        train(loads(text, chance), folder / "broken", world=world, watcher=Halt())
    except Stopped:
        (folder / f"stopped{world.rank}").touch()
    train(loads(text, chance), folder / "broken", world=world, resume=True)
assert not distributed.is_initialized()
left = [file.read_text() for file in Path("/proc/self/task").glob("*/comm")]  # of the connections' threads
assert not any("gloo" in name for name in left), left  # else some would be aborted as they end
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two processes trained."""
    folder = tmp_path_factory.mktemp("several")
    write(folder, train=60, valid=4)
    (folder / "settings.toml").write_text(SETTINGS.format(folder), "utf-8")
    (folder / "worker.py").write_text(WORKER, "utf-8")
    words = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words += [str(folder / "worker.py"), str(folder), " ".join(CHANCE), " ".join(SHARDS)]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environ, timeout=300)
    assert done.returncode == 0, done.stderr[:3000]
    return folder


def settings(folder: Path, *overrides: str) -> Settings:
    return loads((folder / "settings.toml").read_text("utf-8"), overrides)


@pytest.mark.parametrize(("name", "overrides"), [("", []), ("-sharded", SHARDS)])
def test_two_processes_learn_what_one_learns(name: str, overrides: list[str], folder: Path) -> None:
    """The shards are those that the chief wrote, and are gone in the end."""
    train(settings(folder, *overrides), folder / f"one{name}")
    assert not (folder / f"two{name}" / "shards").exists()
    with Run.open(folder / f"one{name}") as one, Run.open(folder / f"two{name}") as two:
        alone, together = one.model(), two.model()
        assert alone.keys() == together.keys()
        for name, tensor in alone.items():
            torch.testing.assert_close(together[name], tensor, rtol=1e-5, atol=1e-6)
        for mine, other in zip(one.metrics(), two.metrics(), strict=True):
            assert mine["perplexity"] == pytest.approx(other["perplexity"], rel=1e-5)
            assert mine["train_perplexity"] == pytest.approx(other["train_perplexity"], rel=1e-5)
            assert (mine["tokens"], mine["update"]) == (other["tokens"], other["update"])


def test_they_go_on_as_if_nothing_had_been(folder: Path) -> None:
    assert (folder / "stopped0").exists(), "the signal came too late"
    assert (folder / "stopped1").exists(), "only one of them stopped"
    with Run.open(folder / "unbroken") as unbroken, Run.open(folder / "broken") as broken:
        for name, tensor in unbroken.model().items():
            assert torch.equal(tensor, broken.model()[name]), name
        whole, parts = unbroken.latest_checkpoint(), broken.latest_checkpoint()
        assert whole is not None
        assert parts is not None
        for name, tensor in whole.tensors("model").items():
            assert torch.equal(tensor, parts.tensors("model")[name]), name


def test_other_processes_have_other_chance(folder: Path) -> None:
    with Run.open(folder / "unbroken") as one, Run.open(folder / "two") as other:
        dropped, kept = one.model(), other.model()
    differ = [name for name, tensor in dropped.items() if not torch.equal(tensor, kept[name])]
    assert differ, "dropout changed nothing"
    torch.manual_seed(1)
    own = torch.get_rng_state()
    ALONE.stir(1, 5)
    assert torch.equal(torch.get_rng_state(), own)
    drawn = []
    for rank, update in ((1, 5), (1, 6), (2, 5), (1, 5)):
        World(rank, 3).stir(1, update)
        drawn.append(float(torch.rand(())))
    assert len(set(drawn)) == 3
    assert drawn[0] == drawn[3]


def test_shares_make_up_a_batch() -> None:
    numbers = list(range(7))
    shares = [numbers[World(rank, 3).rows] for rank in range(3)]
    assert sorted(number for share in shares for number in share) == numbers
    assert [len(share) for share in shares] == [3, 2, 2]
    assert numbers[ALONE.rows] == numbers
