"""Small models of every make, and ragged batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.batch import Source, Target
from entarte.build import build
from entarte.model import Model

WIDTH, WORD, VOCABULARY = 8, 5, 11


def choice(kind: str, **options: Any) -> SimpleNamespace:
    """A member of a family and its settings."""
    return SimpleNamespace(kind=kind, options=options)


@pytest.fixture
def make() -> Callable[..., Model]:
    """A model in double precision, its weights drawn with a seed."""

    def made(
        encoder: dict[str, Any] | None = None,
        attention: str = "general",
        window: str = "global",
        readout: str = "attentional",
        said: dict[str, Any] | None = None,
        front: dict[str, Any] | None = None,
        tied: str = "none",
        dtype: torch.dtype = torch.float64,
        seed: int = 0,
        **decoder: Any,
    ) -> Model:
        torch.manual_seed(seed)
        if readout == "plain" and decoder.get("query", "current") == "current":
            attention = "none"  # nothing would read what another one finds
        choices = SimpleNamespace(
            front=choice("words", width=WORD, **(front or {})),
            source_front=choice("same"),
            encoder=choice("recurrent", **({"width": WIDTH} | (encoder or {}))),
            window=choice(window),
            attention=choice(attention),
            decoder=choice("recurrent", **({"width": WIDTH} | decoder)),
            readout=choice(readout, **(said or {})),
        )
        model = build(choices, VOCABULARY, VOCABULARY, tied).to(dtype)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(-0.7, 0.7)
        return model

    return made


@pytest.fixture
def pairs() -> tuple[Source, Target]:
    """Four pairs of unlike lengths, the shortest source not at the end."""
    return (
        batch.source([[5, 6, 7, 8, 4], [9], [4, 5, 6], [10, 4]]),
        batch.target([[4, 5], [6, 7, 8], [9], [5, 4, 6]]),
    )


@pytest.fixture
def even() -> tuple[Source, Target]:
    """Two pairs of like lengths: nothing is padded."""
    return batch.source([[5, 6, 7], [9, 4, 8]]), batch.target([[4, 5], [6, 7]])


@pytest.fixture
def sums() -> Iterator[None]:
    """Wide sums of narrow products, which torch has on cards, on the processor."""

    def mm(a: Tensor, b: Tensor, dtype: torch.dtype) -> Tensor:
        return a.to(dtype) @ b.to(dtype)

    def mm_out(a: Tensor, b: Tensor, dtype: torch.dtype, *, out: Tensor) -> Tensor:
        return out.copy_(mm(a, b, dtype))

    def addmm_out(
        bias: Tensor, a: Tensor, b: Tensor, dtype: torch.dtype, *, beta: int = 1, alpha: int = 1, out: Tensor
    ) -> Tensor:
        return out.copy_(beta * bias + alpha * mm(a, b, dtype))

    library = torch.library.Library("aten", "IMPL")
    for name, act in {"mm.dtype": mm, "mm.dtype_out": mm_out, "addmm.dtype_out": addmm_out}.items():
        library.impl(name, act, "CPU")
    yield
    library._destroy()
