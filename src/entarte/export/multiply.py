"""What an export multiplies, as functions that its file defines by itself.

A function is written down in operators of ONNX, so that any runtime can run an export; whoever has a kernel
for one calls that (`entarte.engine.functions`). Its first inputs are constants: what holds a matrix or a
table in a kind of numbers.

    Linear     y = x Wᵀ + b
    Lstm       the next state of an LSTM cell; LstmRead with something else added to the gates
    Forwards   an LSTM over time; Backwards from the last step to the first
    Rows       rows of a table
    Words      the most probable words; Fronted with what finds the best of them sooner

A function whose name ends in Bounded knows that all x lie between −1 and 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from entarte.engine.fuse import BOUNDED
from entarte.export.graph import Graph, Inside, Matrix
from entarte.export.ranked import ranked


class Products(ABC):
    """How an export multiplies."""

    size: int
    """Bytes of a number of a table."""

    @abstractmethod
    def hold(self, g: Graph, weight: Matrix, bias: Matrix) -> list[str]:
        """The constants of a matrix (N, K) and what is added to a product with it (N,): weight first, bias
        last."""

    @abstractmethod
    def sums(self, g: Graph, x: str, held: Sequence[str], bounded: bool) -> str:
        """x (R, K) times the transpose of weight (N, K), plus bias: (R, N)."""

    @abstractmethod
    def hold_table(self, g: Graph, table: Matrix) -> list[str]:
        """The constants of a table (V, N)."""

    @abstractmethod
    def rows(self, g: Graph, held: Sequence[str], ids: str) -> str:
        """Rows of a table by ids (…): (…, N)."""

    def coarse(self, g: Graph, y: str) -> str:
        """What a product gives, as precise as it leaves the product."""
        return y

    # -- functions -----------------------------------------------------------------------------------

    def call(
        self, g: Graph, name: str, held: Sequence[str], inputs: dict[str, str],
        inside: Callable[[Inside, Sequence[str]], list[str]], bounded: bool = False,
    ) -> list[str]:  # fmt: skip
        """A node that calls a function; `inside` writes it, on the names of `inputs` and of what is held."""
        full = name + BOUNDED if bounded else name
        if full not in g.functions:
            body, own = Inside(full), [f"held{n}" for n in range(len(held))]
            g.functions[full] = body.function([*own, *inputs], inside(body, own))
        return g.call(g.functions[full], *held, *inputs.values())

    def linear(
        self, g: Graph, x: str, weight: Matrix, bias: Matrix | None = None, bounded: bool = False
    ) -> str:
        """x (R, K) times the transpose of weight (N, K), plus bias (N,): (R, N). bounded: |x| ≤ 1."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            return [self.coarse(f, self.sums(f, "x", held, bounded))]

        return self.call(g, "Linear", self.held(g, weight, bias), {"x": x}, inside, bounded)[0]

    def held(self, g: Graph, weight: Matrix, bias: Matrix | None) -> list[str]:
        """As `hold`, zeros where there is no bias."""
        return self.hold(g, weight, np.zeros(len(weight), np.float32) if bias is None else bias)

    def table(self, g: Graph, table: Matrix, ids: str) -> str:
        """Rows of a table (V, N) by ids (…): (…, N)."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            return [self.rows(f, held, "ids")]

        return self.call(g, "Rows", self.hold_table(g, table), {"ids": ids}, inside)[0]

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        """The k most probable words: log_probs and ids (R, k). See `ranked`."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            return ranked(f, self.sums(f, "x", held, bounded), "k", "scores")

        inputs = {"x": features, "k": k, "scores": scores}
        return self.call(g, "Words", self.held(g, weight, bias), inputs, inside, bounded)

    def lstm(
        self, g: Graph, x: str, c: str, said: str | None, weight: Matrix, bias: Matrix, bounded: bool
    ) -> list[str]:
        """An LSTM's next state h and c (R, W) from x (R, K), what it reads and keeps side by side; said
        (R, 4W) is added to the gates."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            total = self.coarse(f, self.sums(f, "x", held, bounded))
            return lstm(f, total if said is None else f("Add", total, "said"), "c")

        inputs = {"x": x, "c": c} | ({} if said is None else {"said": said})
        name = "Lstm" if said is None else "LstmRead"
        return self.call(g, name, self.held(g, weight, bias), inputs, inside, bounded)

    def lstm_over_time(
        self, g: Graph, given: str, real: str, weight: Matrix, bias: Matrix, backward: bool
    ) -> list[str]:
        """States (S, B, W), and the last h and c (B, W), of an LSTM with weight (4W, W) that begins with
        zeros and stands still where it is not real (S, B, 1); given (S, B, 4W) is added to its gates."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            def step(body: Graph, read: str, state: list[str]) -> list[str]:
                total = self.coarse(body, self.sums(body, state[0], held, True))
                return lstm(body, body("Add", total, read), state[1])

            return over_time(f, step, "given", "real", 2, f.side(held[0], 1), backward)

        inputs = {"given": given, "real": real}
        name = "Backwards" if backward else "Forwards"
        return self.call(g, name, self.held(g, weight, bias), inputs, inside, bounded=True)


def lstm(g: Graph, total: str, c: str) -> list[str]:
    """h and c from the gates before their functions (R, 4W), in torch's order."""
    i, f, n, o = g.many("Split", 4, total, axis=-1, num_outputs=4)
    kept = g("Mul", g("Sigmoid", f), c)
    memory = g("Add", kept, g("Mul", g("Sigmoid", i), g("Tanh", n)))
    return [g("Mul", g("Sigmoid", o), g("Tanh", memory)), memory]


def over_time(
    g: Graph, step: Callable[[Graph, str, list[str]], list[str]], given: str, real: str, parts: int,
    width: str, backward: bool,
) -> list[str]:  # fmt: skip
    """A cell over time: states (S, B, W), and the last of each part (B, W).

    step   writes the next state from what is read and the state
    given  (S, B, G) what is read
    real   (S, B, 1) where it is False the state stands still
    width  (1,) of the state
    """
    start = g("Expand", g.constant(0.0), g("Concat", g.side(given, 1), width, axis=0))
    body = g.inner("direction")
    state = [body.take(body.fresh("state"), "float", "B", None) for _ in range(parts)]
    read = body.take(body.fresh("read"), "float", "B", None)
    there = body.take(body.fresh("real"), "bool", "B", 1)
    for old, new in zip(state, step(body, read, state), strict=True):
        body.give(body.fresh("after"), body("Where", there, new, old), "float", "B", None)
    body.give(body.fresh("said"), body.outputs[0].name, "float", "B", None)
    way = int(backward)
    *finals, outputs = g.many(
        "Scan", parts + 1, *[start] * parts, given, real,
        body=body.body(), num_scan_inputs=2, scan_input_directions=[way, way], scan_output_directions=[way],
    )  # fmt: skip
    return [outputs, *finals]
