"""How a training grows with the number of its pairs, when they are read from shards (`data.shard`).

    python benchmarks/scale_pairs.py 100000        # one point, as JSON

Pairs of a made-up language are drawn with a seed and written to a temporary folder, a block at a time. A
process of its own then trains a tiny model on them for some updates. What it took is told: processor seconds
until the first update (reading, learning pieces from a sample, cutting, writing shards), processor
microseconds of an update (the planning of its shard among them), and the most memory that it held.

`benchmarks/scale.py --axes pairs` draws them beside the laws.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

COUNTS = [10_000, 100_000, 1_000_000, 10_000_000]
BLOCK = 100_000
SHARD = 100_000
UPDATES = 200
SETTINGS = """
[data]
train = ["{0}/train.s", "{0}/train.t"]
valid = ["{0}/valid.s", "{0}/valid.t"]
shard = {1}
[text]
size = 1000
sample = 20000
[front]
width = 32
[encoder]
width = 32
[decoder]
width = 32
[train]
epochs = 0
updates = {2}
valid_every = {2}
valid_sentences = 0
threads = 1
[generate]
kind = "greedy"
"""


def words(count: int, chance: np.random.Generator) -> list[str]:
    """Words of two to four syllables."""
    syllables = np.array([first + last for first in "bdfgklmnprstvz" for last in ("a", "en", "i", "or", "u")])
    return ["".join(chance.choice(syllables, chance.integers(2, 5))) for _ in range(count)]


def write(folder: Path, name: str, count: int, seed: int) -> None:
    """Sentences of 3 to 8 words, and the same said backwards in another language."""
    chance = np.random.default_rng([2026, 0])
    one, other = (np.array(words(3000, chance), dtype=object) for _ in range(2))
    chance = np.random.default_rng([2026, seed])
    with (folder / f"{name}.s").open("w") as source, (folder / f"{name}.t").open("w") as target:
        for begun in range(0, count, BLOCK):
            lengths = chance.integers(3, 9, min(BLOCK, count - begun))
            # common words are common: the square of an even draw
            drawn = (chance.random(int(lengths.sum())) ** 2 * len(one)).astype(int)
            ends = np.cumsum(lengths).tolist()
            said, told = one[drawn].tolist(), other[drawn[::-1]].tolist()
            parts = list(zip([0, *ends], ends, strict=False))
            source.writelines(" ".join(said[a:b]) + "\n" for a, b in parts)
            target.writelines(" ".join(told[len(told) - b : len(told) - a]) + "\n" for a, b in parts)


def measured(count: int) -> dict[str, float]:
    """Of a training on so many pairs, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="scale-") as place:
        folder = Path(place)
        write(folder, "train", count, 1)
        write(folder, "valid", 100, 2)
        call = [sys.executable, __file__, "--child", str(folder)]
        done = subprocess.run(call, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def child(folder: Path) -> dict[str, Any]:
    """Train, and tell what it took."""
    from entarte.cli.screen import Screen
    from entarte.settings import loads
    from entarte.train import train
    from entarte.watch import Begun, Ended

    class Clock(Screen):
        """What the processor did before the first update, and after."""

        def begun(self, facts: Begun) -> None:
            super().begun(facts)
            self.ready = time.process_time()

        def ended(self, facts: Ended) -> None:
            self.over = time.process_time()
            super().ended(facts)

    settings = loads(SETTINGS.format(folder, SHARD, UPDATES))
    begun = time.process_time()
    with Clock() as clock:
        train(settings, folder / "run", watcher=clock)
    return {
        "preparation": clock.ready - begun,
        "update": 1e6 * (clock.over - clock.ready) / UPDATES,
        "memory": peak(),
    }


def peak() -> float:
    """MiB that this process held at most. What getrusage tells on Linux may be that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().split("\n") if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        print(json.dumps(child(Path(sys.argv[2]))))
    else:
        print(json.dumps(measured(int(sys.argv[1]))))
