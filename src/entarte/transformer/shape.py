"""The settings that the Transformer's encoder and decoder have in common, checked once."""

from __future__ import annotations

from typing import Literal, NamedTuple

from entarte.errors import InputError

Activation = Literal["relu", "gelu", "silu"]
Norm = Literal["pre", "post"]
Where = Literal["sinusoidal", "learned", "rotary", "none"]
Look = Literal["full", "window", "linear"]


class Shape(NamedTuple):
    """What every layer is made of; the settings' meanings stand in the encoder and the decoder.

    section  encoder or decoder, for messages
    """

    section: str
    width: int
    layers: int
    heads: int
    feed_forward: int
    activation: str
    norm: str
    positions: str
    longest: int
    self_attention: str
    reach: int
    dropout: float
    attention_dropout: float
    feed_forward_dropout: float

    @property
    def pre(self) -> bool:
        """Whether a sublayer's input is normed, not the sum behind it."""
        return self.norm == "pre"

    @property
    def inner(self) -> int:
        """Width of the hidden layer of the feed-forward part."""
        return self.feed_forward or 4 * self.width

    def checked(self) -> Shape:
        """The same. Raises InputError for settings that do not go together."""
        for name in ("layers", "heads", "reach", "longest"):
            if getattr(self, name) < 1:
                raise self.error(name, f"must be at least 1, not {getattr(self, name)}")
        if self.width < 1 or self.width % self.heads:
            raise self.error(
                "heads",
                f"{self.heads} heads do not divide a width of {self.width}",
                f"Choose a number that divides {self.section}.width.",
            )
        if self.positions == "sinusoidal" and self.width % 2:
            raise self.error("width", f"sinusoidal positions come in pairs, and {self.width} is odd")
        if self.positions == "rotary" and (self.width // self.heads) % 2:
            raise self.error(
                "positions",
                f"rotary positions turn pairs of numbers, and a head of {self.width // self.heads} is odd",
                f"Make {self.section}.width / {self.section}.heads even.",
            )
        if self.self_attention == "linear" and self.positions == "rotary":
            raise self.error(
                "positions",
                "linear attention sums up keys that are positive; turned ones are not",
                "Use sinusoidal or learned positions.",
            )
        if self.self_attention == "linear" and self.attention_dropout:
            raise self.error(
                "attention_dropout",
                "linear attention has no weights that could be dropped",
                f"Set {self.section}.attention_dropout to 0.",
            )
        return self

    def error(self, name: str, message: str, advice: str | None = None) -> InputError:
        """An InputError about one of the settings."""
        return InputError(message, setting=f"{self.section}.{name}", advice=advice)
