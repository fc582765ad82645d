"""Translating with an exported model: numpy and ONNX Runtime, without torch; bfloat16 with it.

`entarte.export` makes the folder that `load` opens.

    folder    the files of an export, checked
    graphs    its graphs, run by name
    session   a graph run by ONNX Runtime
    torched   a graph run by torch: operators of ONNX, and in `narrow` products in bfloat16
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
