"""What reads the source and leaves a memory."""

from entarte.encoder.base import Encoder
from entarte.encoder.recurrent import Recurrent
from entarte.encoder.transformer import Transformer

ENCODERS: dict[str, type[Encoder]] = {
    "recurrent": Recurrent,
    "transformer": Transformer,
}
