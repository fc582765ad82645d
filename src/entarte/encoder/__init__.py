"""What reads the source and leaves a memory."""

from entarte.encoder.base import Encoder
from entarte.encoder.identity import Identity
from entarte.encoder.nothing import Nothing
from entarte.encoder.pyramid import Pyramid
from entarte.encoder.recurrent import Recurrent
from entarte.encoder.transformer import Transformer

ENCODERS: dict[str, type[Encoder]] = {
    "recurrent": Recurrent,
    "transformer": Transformer,
    "nothing": Nothing,
    "identity": Identity,
    "pyramid": Pyramid,
}
