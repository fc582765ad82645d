"""What turns a source or a target into vectors, one per slot."""

from torch import nn

from entarte.front.convolution import Convolution
from entarte.front.features import Features
from entarte.front.same import Same
from entarte.front.words import Words

FRONTS: dict[str, type[nn.Module]] = {
    "words": Words,
}

SOURCE_FRONTS: dict[str, type[nn.Module] | type[Same]] = {
    "same": Same,
    "features": Features,
    "convolution": Convolution,
}
"""Where the source is read otherwise than the target."""
