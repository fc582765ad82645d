"""Every way to look at a memory: one file an idea."""

from entarte.attention.additive import Additive
from entarte.attention.base import Attention
from entarte.attention.concat import Concat
from entarte.attention.coverage import Coverage
from entarte.attention.dot import Dot
from entarte.attention.general import General
from entarte.attention.location import Location
from entarte.attention.location_aware import LocationAware
from entarte.attention.mean import Mean
from entarte.attention.mlp import MLP
from entarte.attention.none import Fixed
from entarte.attention.query_key_value import MultiHead, QueryKeyValue
from entarte.attention.scaled_dot import ScaledDot

ATTENTIONS: dict[str, type[Attention]] = {
    "none": Fixed,
    "mean": Mean,
    "dot": Dot,
    "scaled-dot": ScaledDot,
    "general": General,
    "additive": Additive,
    "concat": Concat,
    "mlp": MLP,
    "location": Location,
    "query-key-value": QueryKeyValue,
    "multi-head": MultiHead,
    "coverage": Coverage,
    "location-aware": LocationAware,
}
