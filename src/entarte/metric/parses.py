"""Whether what was said is Python."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from entarte.lexer import BREAK, program, tokens
from entarte.metric.base import Additive, Floats, Rows, TextMetric, ratio, stack

FAULTS = ("unknown word", "bracket", "literal", "ends too early", "other")
"""Why a program does not parse, in the order in which it is asked."""

PAIRS = {")": "(", "]": "[", "}": "{"}
BODIES = {"elif": "if 0: pass\n", "else": "if 0: pass\n", "except": "try: pass\n", "finally": "try: pass\n"}
"""What must stand before a line that goes on with a statement."""


class Fault(NamedTuple):
    """Why a program does not parse, and at which token, from 0, that was seen."""

    kind: str
    token: int
    message: str


class Parses(Additive, TextMetric):
    """100 · programs that Python's own parser (`ast`) takes / programs.

    A single line that begins or goes on with a block (``if x :``, ``else :``, a decorator) is given the
    least body or head that it needs. References are measured too: what was written for an older Python may
    not parse today, and no model can be asked for more.

    Row (K = 8): 1 if it parses, 1 if the first reference does, 1, and 1 for the fault, of five kinds.
    """

    name, label = "parses", "parses"

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        found = fault(hypothesis)
        kinds = [float(found is not None and found.kind == kind) for kind in FAULTS]
        known = fault(references[0]) is None
        return np.array([found is None, known, 1, *kinds], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        total = stack(rows).sum(0)
        return {
            "references": float(100 * total[1] / total[2]),
            **{kind: float(count) for kind, count in zip(FAULTS, total[3:], strict=True)},
        }

    def signature(self, rows: Rows) -> str:
        return "parser:ast|lines:completed|def:1"

    def remark(self, rows: Rows) -> str:
        total = stack(rows).sum(0)
        counts = ", ".join(f"{kind} {int(n)}" for kind, n in zip(FAULTS, total[3:], strict=True) if n)
        failed = int(total[2] - total[0])
        why = f"{failed} outputs do not parse: {counts}" if failed else "All outputs parse"
        return f"{why}; of the references {100 * total[1] / total[2]:.2f} % do."


def fault(line: str) -> Fault | None:
    """Why a line of code does not parse; None where it does.

    >>> fault("else :"), fault("if x : § ⇥ y = 1")
    (None, None)
    >>> fault("x = f ( a")
    Fault(kind='bracket', token=3, message="'(' is not closed")
    """
    said = [token.text for token in tokens(line)]
    message = ""
    for whole in _completed(line, said):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # escapes in literals that are no escapes
                ast.parse(whole)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            message = message or getattr(error, "msg", str(error))
        else:
            return None
    if "<unk>" in line:
        return Fault("unknown word", len(tokens(line[: line.index("<unk>")])), "<unk> was said")
    open_: list[int] = []
    for place, text in enumerate(said):
        if text in PAIRS.values():
            open_.append(place)
        elif text in PAIRS and (not open_ or said[open_.pop()] != PAIRS[text]):
            return Fault("bracket", place, f"'{text}' closes nothing")
    if open_:
        return Fault("bracket", open_[-1], f"'{said[open_[-1]]}' is not closed")
    for place, text in enumerate(said):
        if text in "'\"":
            return Fault("literal", place, "the literal does not end")
    if said and _parses_longer(line, said):
        return Fault("ends too early", len(said), message)
    return Fault("other", 0, message or "there is nothing")


def _completed(line: str, said: Sequence[str]) -> Iterator[str]:
    """The program, and if it is one line, the program with what that line may need."""
    if not said:
        return
    whole = program(line)
    yield whole
    if BREAK in said:
        return
    if said[0] == "@":
        yield whole + "\ndef f(): pass"
    head = BODIES.get(said[0], "")
    body = " pass" if said[-1] == ":" else ""
    if said[0] == "try":
        yield whole + body + "\nfinally: pass"
    elif head or body:
        yield head + whole + body


def _parses_longer(line: str, said: Sequence[str]) -> bool:
    """Whether one more name would make it a program."""
    return any(_sound(whole) for whole in _completed(line + " x", [*said, "x"])) or any(
        _sound(whole) for whole in _completed(line + " :", [*said, ":"])
    )


def _sound(whole: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(whole)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
