"""Alignments with invented weights, for the tests of pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import ArrayLike

from entarte.alignment import Alignment
from entarte.span import words


class Piece(NamedTuple):
    text: str
    start: int
    end: int


def cut(line: str, *parts: str) -> list[Piece]:
    """Pieces as SentencePiece gives them: "▁" before the first of a word."""
    pieces, at = [], 0
    for part in parts:
        start = line.index(part, at)
        at = start + len(part)
        pieces.append(Piece("▁" * (start == 0 or line[start - 1] == " ") + part, start, at))
    return pieces


SOURCE, TARGET = "he hit me with a pie", "il m'a entarté"
WEIGHTS = np.array(
    [
        [90, 3, 3, 1, 1, 1, 1],
        [4, 10, 78, 3, 1, 2, 2],
        [6, 62, 20, 4, 3, 3, 2],
        [0, 42, 4, 9, 6, 37, 2],
        [0, 24, 2, 14, 8, 50, 2],
        [1, 1, 1, 1, 1, 5, 90],
    ]
)


def flagship(**rest: object) -> Alignment:
    """Six target pieces (m'|a, ent|arté, EOS) by six source pieces and EOS; rows sum to 1."""
    given: dict[str, object] = {
        "log_probs": list(np.log([0.97, 0.88, 0.93, 0.71, 0.95, 0.99])),
        "gold": frozenset({(0, 0), (2, 1), (1, 2), (5, 2)}),
        "possible": frozenset({(3, 2), (4, 2)}),
        "notes": {"model": "runs/quick", "score": -0.42},
    }
    source = cut(SOURCE, *SOURCE.split(" "))
    target = cut(TARGET, "il", "m'", "a", "ent", "arté")
    weights = WEIGHTS / WEIGHTS.sum(1, keepdims=True)
    return Alignment.of(SOURCE, source, TARGET, target, weights, **(given | rest))


def over_words(source: str, target: str, weights: ArrayLike | None = None) -> Alignment:
    """Words as pieces, EOS on both sides; weights along the diagonal where none are given."""
    s, t = len(words(source)) + 1, len(words(target)) + 1
    if weights is None:
        distance = np.arange(t)[:, None] / t - np.arange(s)[None] / s
        near = np.exp(-((distance * min(s, 40)) ** 2))
        weights = near / near.sum(1, keepdims=True)
    return Alignment.of(source, words(source), target, words(target), weights)


ARABIC = over_words("رأى الولد الكلب الكبير", "the boy saw the big dog")
CHINESE = over_words("孩子 看见 了 狗", "the child saw the dog")
NASTY = over_words(
    "<b>bold</b> </script><script>document.title='owned'</script> &amp; \u202eevil \x1b[31mred $x$",
    "<img src=x onerror=document.title='owned'> ${1} {{x}}",
)
EMPTY = Alignment.of("", [], "", [], [])


def long(s: int = 2000, t: int = 500) -> Alignment:
    return over_words(" ".join(["tree"] * (s - 1)), " ".join(["arbre"] * (t - 1)))


@pytest.fixture
def samples() -> SimpleNamespace:
    return SimpleNamespace(
        flagship=flagship,
        over_words=over_words,
        long=long,
        arabic=ARABIC,
        chinese=CHINESE,
        nasty=NASTY,
        empty=EMPTY,
    )
