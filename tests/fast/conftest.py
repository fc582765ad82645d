"""Small models of every make, and ragged batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from entarte import batch
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.decoder import DECODERS
from entarte.encoder import ENCODERS
from entarte.front import FRONTS
from entarte.model import Model
from entarte.readout import READOUTS
from entarte.window import WINDOWS

WIDTH, WORD, VOCABULARY = 8, 5, 11


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
        dtype: torch.dtype = torch.float64,
        seed: int = 0,
        **decoder: Any,
    ) -> Model:
        torch.manual_seed(seed)
        source = FRONTS["words"](VOCABULARY, width=WORD, **(front or {}))
        target = FRONTS["words"](VOCABULARY, width=WORD, **(front or {}))
        read = ENCODERS["recurrent"](WORD, **({"width": WIDTH} | (encoder or {})))
        look = ATTENTIONS[attention](WIDTH, WIDTH, WINDOWS[window](WIDTH))
        say = READOUTS[readout](WIDTH, look.context_width, WORD, VOCABULARY, None, **(said or {}))
        shape = (read.width, read.layers, read.parts)
        speak = DECODERS["recurrent"](WORD, shape, look, say, **({"width": WIDTH} | decoder))
        model = Model(source, target, read, speak, say).to(dtype)
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
