"""What reads the source and leaves a memory."""

from torch import nn

from entarte.encoder.recurrent import Recurrent

ENCODERS: dict[str, type[nn.Module]] = {
    "recurrent": Recurrent,
}
