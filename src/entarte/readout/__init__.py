"""From a moment of the decoder to a distribution over words."""

from entarte.readout.attentional import Attentional
from entarte.readout.base import Readout
from entarte.readout.maxout import Maxout
from entarte.readout.plain import Plain
from entarte.readout.pointer import Pointer

READOUTS: dict[str, type[Readout]] = {
    "plain": Plain,
    "attentional": Attentional,
    "maxout": Maxout,
    "pointer": Pointer,
}
