"""Small texts, made here, and tokenizers of every kind learnt from them once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from entarte.text import Tokenizer

TEXT = (
    "a the man woman dog cat child pie tart house garden sees sings sleeps hits throws gives with under "
    "behind small large green it's don't naïve café straße 1914 3.5 (so) \"what?\" never, always."
)
WORDS = TEXT.split()
LINES = [" ".join(WORDS[(n * k) % len(WORDS)] for k in range(1, 4 + n % 9)) for n in range(1, 120)]
SIZES = {"unigram": 76, "bpe": 100, "char": 0, "tagged": 0, "word": 0}


@cache
def trained(kind: str) -> Tokenizer:
    return Tokenizer.train(LINES, kind=kind, size=SIZES[kind])


@pytest.fixture(params=SIZES)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    """One of each kind."""
    return trained(request.param)


@pytest.fixture
def of_kind() -> Callable[[str], Tokenizer]:
    return trained


@pytest.fixture
def lines() -> list[str]:
    return list(LINES)
