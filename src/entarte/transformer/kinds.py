"""Which self-attention a setting names."""

from __future__ import annotations

from entarte.transformer.linear import Linear
from entarte.transformer.self_attention import Full, SelfAttention
from entarte.transformer.shape import Shape
from entarte.transformer.windowed import Windowed

KINDS: dict[str, type[SelfAttention]] = {
    "full": Full,
    "window": Windowed,
    "linear": Linear,
}


def self_attention(shape: Shape) -> SelfAttention:
    """That of a layer."""
    return KINDS[shape.self_attention](shape)
