"""Translating with an exported model: numpy and our own kernels or ONNX Runtime, without torch.

`entarte.export` makes the folder that `load` opens.

    folder    the files of an export, checked
    graphs    its graphs, run by name
    kernel    a graph run by our own kernels: `program` runs its nodes, `operators` are those of ONNX and
              `functions` our own; `wire` reads the file
    session   a graph run by ONNX Runtime, where there are no kernels
    way       how to decode
    decode    the search: many sentences side by side, finished ones replaced from a queue
    said      an output
    engine    lines in, outputs out
    shortlist which words a translation may hold
"""

from __future__ import annotations

from entarte.engine.engine import Engine, load
from entarte.engine.said import Said

__all__ = ["Engine", "Said", "load"]
