"""What turns a source or a target into vectors, one per slot."""

from torch import nn

from entarte.front.words import Words

FRONTS: dict[str, type[nn.Module]] = {
    "words": Words,
}
