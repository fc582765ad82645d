"""Several processes that train one model: each reads its share of every batch, and gradients are summed.

The processes are started by torchrun, which tells each its number. All hold the same weights. The first, the
chief, alone validates and writes; the others take over where it stands. With one process nothing of this
happens, and what is here changes nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Any

import torch
from torch import Tensor, distributed

PATIENCE = timedelta(hours=12)
"""How long others wait while the chief reads the pairs, or validates."""


class World:
    """The processes of one training.

    rank  the number of this one, from 0
    size  of them all
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank = rank
        self.size = size

    @classmethod
    def join(cls) -> World:
        """The world that torchrun's variables tell of; one process alone without them.

        To be used as a context: who ends without leaving can be aborted by its own connections.
        """
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size < 2:
            return cls()
        # Its functions keep for a default the group that is there when it is imported. An optimiser's first
        # step imports it, and the group would then outlive the leaving, and its threads the interpreter.
        import torch.distributed.nn.functional

        cards = torch.cuda.is_available() and distributed.is_nccl_available()
        distributed.init_process_group("cpu:gloo,cuda:nccl" if cards else "gloo", timeout=PATIENCE)
        return cls(distributed.get_rank(), size)

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        if self.size > 1:
            distributed.destroy_process_group()

    @property
    def chief(self) -> bool:
        """Whether this one validates and writes."""
        return self.rank == 0

    @property
    def rows(self) -> slice:
        """Which rows of a batch are read here: every size-th, so that all have pairs of like length."""
        return slice(self.rank, None, self.size)

    def wait(self) -> None:
        """Go on when all have come as far."""
        if self.size > 1:
            distributed.barrier()

    def stir(self, seed: int, update: int) -> None:
        """Other chance for other processes, a function of seed, update and rank, so that a resumed training
        draws what an unbroken one would have drawn. The chief's own generator is saved, and left alone."""
        if not self.chief:
            digest = blake2b(f"{seed} {update} {self.rank}".encode(), digest_size=7).digest()
            torch.manual_seed(int.from_bytes(digest, "big"))

    def sum(self, *numbers: float) -> list[float]:
        """The sums of numbers over all processes, in double precision."""
        if self.size == 1:
            return list(numbers)
        total = torch.tensor(numbers, dtype=torch.float64)
        distributed.all_reduce(total)
        found: list[float] = total.tolist()
        return found

    def any(self, fact: bool) -> bool:
        """Whether something is so in any process."""
        return self.sum(fact)[0] > 0

    def add(self, parameters: Sequence[Tensor]) -> None:
        """Every gradient becomes the sum of those of all processes."""
        if self.size == 1:
            return
        for parameter in parameters:
            if parameter.grad is None:  # a share can be empty
                parameter.grad = torch.zeros_like(parameter)
        whole = torch.cat(
            [parameter.grad.flatten() for parameter in parameters if parameter.grad is not None]
        )
        distributed.all_reduce(whole)
        parts = whole.split_with_sizes([parameter.numel() for parameter in parameters])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.grad = part.view_as(parameter)

    def told(self, plain: dict[str, Any]) -> dict[str, Any]:
        """What the chief says, as JSON; its own words to itself."""
        if self.size == 1:
            return plain
        said = json.dumps(plain).encode() if self.chief else b""
        length = torch.tensor([len(said)])
        distributed.broadcast(length, 0)
        data = torch.zeros(int(length), dtype=torch.uint8)
        if self.chief:
            data = torch.frombuffer(bytearray(said), dtype=torch.uint8)
        distributed.broadcast(data, 0)
        heard: dict[str, Any] = json.loads(bytes(data.tolist()))
        return plain if self.chief else heard


ALONE = World()
