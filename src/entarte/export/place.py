"""Where the rows of a step stand beside the others of their sentence."""

from __future__ import annotations

from entarte.export.graph import Graph


class Place:
    """Where the rows of a step stand in the padded form.

    rows   (B, K) the row of each place; any row where there is none
    back   (R,) the place of each row, b · K + k
    """

    def __init__(self, g: Graph, rows: str, back: str) -> None:
        self.g, self.rows, self.back = g, rows, back
        self.beam = g.side(self.rows, 1)

    def pad(self, value: str) -> str:
        """(R, …) → (B, K, …)."""
        return self.g.rows(value, self.rows)

    def unpad(self, value: str, *sides: int | str) -> str:
        """(B, K, …) → (R, …); `sides` are those from the third on."""
        return self.g.rows(self.g.shape(value, -1, *sides), self.back)
