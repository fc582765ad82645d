"""What reads the source and leaves a memory."""

from entarte.encoder.base import Encoder
from entarte.encoder.recurrent import Recurrent

ENCODERS: dict[str, type[Encoder]] = {
    "recurrent": Recurrent,
}
