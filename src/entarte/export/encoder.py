"""The recurrent encoder as nodes: a loop over time for each layer and direction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from torch import nn

from entarte.encoder.recurrent import Recurrent
from entarte.export import multiply
from entarte.export.cell import Gates, gates, numbers, step
from entarte.export.graph import Graph, Matrix
from entarte.export.multiply import Products
from entarte.front.words import Words

TABLE = 2**24
"""Most bytes of a table of what words add to the gates of a direction."""

Run = tuple[str, list[str]]
"""Outputs, and the last of each part."""


class Read(NamedTuple):
    """A source that was read. mask (B, S) bool; values (B, S, D); final (B, D); summary as in `Memory`,
    but a list of layers for each part."""

    mask: str
    values: str
    final: str
    summary: list[list[str]]


def encode(g: Graph, by: Products, front: Words, encoder: Recurrent, ids: str, mask: str) -> Read:
    """ids (B, S), mask (B, S) → what the decoder may look at.

    A state stands still where the mask is False. So a direction that begins in the padding is still at its
    beginning when it comes to the first real word, and nothing need be turned round.
    """
    words, ids = numbers(front.table.weight), g.turn(ids, 1, 0)  # time first
    real = g.wider(g.turn(mask, 1, 0), 2)
    tabled = len(words) * len(gates(encoder.forwards[0]).read) * by.size <= TABLE
    below = "" if tabled else by.table(g, words, ids)  # (S, B, E)
    summary: list[list[str]] = [[] for _ in range(encoder.parts)]
    for layer, both in enumerate(zip(encoder.forwards, encoder.backwards, strict=True)):
        runs = []
        for way, backward in zip(both, (encoder.reverse, not encoder.reverse), strict=True):
            if isinstance(way, nn.RNNBase):
                cell = gates(way)
                given = read(g, by, cell, below) if below else known(g, by, cell, words, ids)
                runs.append(over_time(g, by, cell, given, real, backward))
        outputs = g.join(*(run[0] for run in runs))
        for part, finals in zip(summary, zip(*(run[1] for run in runs)), strict=True):
            part.append(g.join(*finals))
        below = g("Add", outputs, below) if encoder.residual and layer else outputs
    values = g("Mul", g.turn(below, 1, 0, 2), g.wider(g("Cast", mask, to=1), 2))
    return Read(mask, values, summary[0][-1], summary)


def known(g: Graph, by: Products, cell: Gates, words: Matrix, ids: str) -> str:
    """What words (S, B) add to the gates, (S, B, G), from a table."""
    return by.table(g, words @ cell.read.T + cell.read_bias, ids)


def read(g: Graph, by: Products, cell: Gates, vectors: str) -> str:
    """What vectors (S, B, I) add to the gates, (S, B, G)."""
    size, width = cell.read.shape
    rows = by.linear(g, g.shape(vectors, -1, width), cell.read, cell.read_bias)
    return g.shape(rows, g.side(vectors, 0), -1, size)


def over_time(g: Graph, by: Products, cell: Gates, given: str, mask: str, backward: bool) -> Run:
    """One direction of one layer, given (S, B, G): states (S, B, W), and the last of each part."""
    if cell.kind == "lstm":
        outputs, *finals = by.lstm_over_time(g, given, mask, cell.keep, cell.keep_bias, backward)
        return outputs, finals

    def next_(body: Graph, read: str, state: list[str]) -> list[str]:
        return step(body, by, cell, read, [], np.zeros((len(cell.read), 0), np.float32), state, bounded=True)

    outputs, *finals = multiply.over_time(g, next_, given, mask, 1, g.constant([cell.width]), backward)
    return outputs, finals
