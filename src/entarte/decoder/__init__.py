"""What says the target, word by word."""

from entarte.decoder.base import Decoder
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.self_attentive import SelfAttentive
from entarte.decoder.transformer import Transformer

DECODERS: dict[str, type[Decoder]] = {
    "recurrent": Recurrent,
    "self-attentive": SelfAttentive,
    "transformer": Transformer,
}
