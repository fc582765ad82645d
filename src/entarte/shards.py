"""Cut pairs on the disk, so many to a shard: written in one go, read through the memory map.

    00000.pairs.npy  (N, 4) int32: of each pair how many pieces source and target have, the line that it came
                     from, and whether its target is open (see `Example`)
    00000.ids.npy    int32: the ids of each pair, source first; where words are copied, then what copying each
                     source piece says
    manifest.json    size and SHA-256 of each file; written last, so without it the shards are not complete.
                     Its notes say how many pairs and batches each shard has, and which files were read

The files hold numbers only, and numpy's reader is told to take no pickle.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte import atomic, manifest, order
from entarte.batch import Batch
from entarte.corpus import Corpus, together
from entarte.errors import DamagedError, SetupError
from entarte.manifest import Manifest, entry
from entarte.watch import Watcher

Numbers = NDArray[np.int32]
PAIRS, IDS = "pairs.npy", "ids.npy"


class Packed(NamedTuple):
    """Some pairs as they lie in a shard: its two arrays, and where the ids of each pair begin."""

    pairs: Numbers
    ids: Numbers
    copied: bool

    @property
    def ends(self) -> NDArray[np.int64]:
        """(N,) where the ids of each pair end."""
        read = self.pairs[:, 0].astype(np.int64)
        ends: NDArray[np.int64] = np.cumsum(read * (1 + self.copied) + self.pairs[:, 1])
        return ends

    def split(self, count: int) -> tuple[Packed, Packed]:
        """The first so many pairs, and the others."""
        at = int(self.ends[count - 1])
        first = Packed(self.pairs[:count], self.ids[:at], self.copied)
        return first, Packed(self.pairs[count:], self.ids[at:], self.copied)


def packed(corpus: Corpus) -> Packed:
    """The ids of a corpus whose sources are pieces."""
    copies: Sequence[Sequence[int]] = corpus.copies or [()] * len(corpus)
    rows = list(zip(corpus.sources, corpus.targets, copies, strict=True))
    pairs = [
        (len(read), len(said), example.number, example.open)
        for (read, said, _), example in zip(rows, corpus.examples, strict=True)
    ]
    flat = chain.from_iterable(chain.from_iterable(rows))
    table = np.array(pairs, dtype=np.int32).reshape(-1, 4)
    return Packed(table, np.fromiter(flat, dtype=np.int32), corpus.copies is not None)


def joined(parts: Sequence[Packed]) -> Packed:
    """One after the other."""
    pairs, ids = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return Packed(pairs, ids, parts[0].copied)


def portions(corpora: Iterable[Corpus], size: int) -> Iterator[Packed]:
    """The pairs of corpora of any size, in portions of one size; the last may be smaller."""
    held: list[Packed] = []
    count = 0
    for corpus in corpora:
        if not len(corpus):
            continue
        rest = packed(corpus)
        while count + len(rest.pairs) >= size:
            first, rest = rest.split(size - count)
            yield joined([*held, first])
            held, count = [], 0
        if len(rest.pairs):
            held.append(rest)
            count += len(rest.pairs)
    if held:
        yield joined(held)


def write(folder: Path, corpora: Iterable[Corpus], size: int, tokens: int, read: Sequence[str]) -> None:
    """Write the pairs of some corpora into shards; what stood in the folder goes.

    size    pairs of a shard
    tokens  of a batch, see `order.batches`
    read    the files that the pairs are read from; by the first one messages say where a pair came from

    Raises SetupError where the disk is full or may not be written; no half of it is then left.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        atomic.make_folder(folder)
        looks = {path: look(path) for path in read}
        files = Manifest()
        sizes, batches = [], []
        copied = False
        for number, part in enumerate(portions(corpora, size)):
            for name, array in ((PAIRS, part.pairs), (IDS, part.ids)):
                data = io.BytesIO()
                np.save(data, array, allow_pickle=False)
                atomic.write(folder / f"{number:05}.{name}", data.getvalue())
                files.files[f"{number:05}.{name}"] = entry(data.getvalue())
            copied = part.copied
            sizes.append(len(part.pairs))
            # how lengths fall into batches depends on no chance, so it can be counted once for all epochs
            batches.append(len(order.batches(*lengths(part.pairs), tokens, 0, 0)))
        files.notes = {"pairs": sizes, "batches": batches, "copied": copied, "read": looks}
        files.write(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def look(path: str) -> list[int]:
    """What changes when a file does: its size, and when it was written. Nothing where it is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def lengths(pairs: Numbers) -> tuple[list[int], list[int]]:
    """Source and target lengths, EOS counted."""
    return (pairs[:, 0] + 1).tolist(), (pairs[:, 1] + 1).tolist()


def complete(folder: Path) -> bool:
    """Whether shards were written there to the last."""
    return (folder / manifest.NAME).exists()


def check(folder: Path, watcher: Watcher) -> None:
    """Raises DamagedError where a file is not what it was; notes where one that the pairs were read from is
    not, for the training goes on with the pairs that it began with."""
    found = manifest.read(folder)
    for path, then in found.notes["read"].items():
        if look(path) not in (then, []):
            watcher.note(f"{path} was changed since its pairs were cut; the training goes on with those")
    files = found.files
    for number, (name, expected) in enumerate(files.items()):
        watcher.doing(f"checking the shards: file {number + 1:,} of {len(files):,}")
        try:
            Manifest({name: expected}).check(folder)
        except DamagedError as error:
            advice = f"Remove {folder}: the pairs are then read and cut again."
            raise DamagedError(error.message, file=error.file, advice=advice) from error


@dataclass(frozen=True)
class Shards:
    """Shards that were written.

    pairs    of each shard
    batches  of each shard, in any epoch
    copied   whether there is what copying says
    file     that the pairs came from
    digest   SHA-256 of them all
    """

    folder: Path
    pairs: list[int]
    batches: list[int]
    copied: bool
    file: str
    digest: str

    @classmethod
    def read(cls, folder: Path) -> Shards:
        """What stands in a folder. Raises SetupError where it cannot be seen."""
        if not complete(folder):
            raise SetupError(
                "the shards that the first process wrote are not to be seen here",
                file=folder,
                advice="All processes need one folder: let --out name one on a disk that they share.",
            )
        found = manifest.read(folder)
        sums = "".join(each.sha256 for each in found.files.values())
        digest = hashlib.sha256(sums.encode()).hexdigest()
        notes = found.notes
        return cls(
            folder, notes["pairs"], notes["batches"], notes["copied"], next(iter(notes["read"])), digest
        )

    def open(self, number: int) -> Shard:
        """One shard."""
        path = self.folder / f"{number:05}.{PAIRS}"
        pairs = np.load(path, allow_pickle=False)
        ids = np.load(path.with_name(f"{number:05}.{IDS}"), mmap_mode="r", allow_pickle=False)
        return Shard(self, number, Packed(pairs, ids.view(np.ndarray), self.copied))

    def remove(self) -> None:
        """Make room."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Shard:
    """One shard, mapped into memory."""

    def __init__(self, shards: Shards, number: int, content: Packed) -> None:
        self.file = shards.file
        self.first = sum(shards.pairs[:number])
        self.content = content
        self.starts = [0, *content.ends.tolist()]

    def lengths(self) -> tuple[list[int], list[int]]:
        """Source and target lengths, EOS counted."""
        return lengths(self.content.pairs)

    def batch(self, numbers: Sequence[int]) -> Batch:
        """These pairs as a batch; its numbers count from the first pair of the first shard."""
        sources, targets, copies = [], [], []
        table = self.content.pairs[numbers]
        for n, (read, said) in zip(numbers, table[:, :2].tolist(), strict=True):
            ids = self.content.ids[self.starts[n] : self.starts[n + 1]].tolist()
            sources.append(ids[:read])
            targets.append(ids[read : read + said])
            copies.append(ids[read + said :])
        known = [self.first + n for n in numbers]
        windows = table[:, 3].astype(bool).tolist()
        return together(sources, targets, known, copies if self.content.copied else None, windows)

    def where(self, number: int) -> str:
        """File and line of a pair."""
        return f"{self.file}:{self.content.pairs[number, 2]}"
