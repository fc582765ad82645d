"""The fast path says aloud where it does not apply, and the readable path is taken there."""

from __future__ import annotations

from collections.abc import Callable

import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.decoder.recurrent import Recurrent as Decoder
from entarte.encoder.recurrent import Recurrent as Encoder
from entarte.model import Model
from entarte.readout.attentional import Attentional


class OtherEncoder(Encoder):
    """Might compute anything."""


class OtherDecoder(Decoder):
    """Might compute anything."""


class OtherReadout(Attentional):
    """Might compute anything."""


def test_reasons(make: Callable[..., Model], pairs: tuple[Source, Target]) -> None:
    model = make()
    assert fast.why_not(model) == []
    expected = model.unroll(*pairs).features
    model.encoder.__class__ = OtherEncoder
    model.decoder.__class__ = OtherDecoder
    encoder, decoder = fast.why_not(model)
    assert "encoder" in encoder
    assert "OtherEncoder has no fast twin, so the readable path is taken" in encoder
    assert "OtherDecoder has no fast twin, so the readable path is taken" in decoder
    memory = model.encode(pairs[0])
    assert fast.encode(model.encoder, model.source(pairs[0].inputs), pairs[0].mask) is None
    assert fast.unroll(model.decoder, model.target(pairs[1].inputs), memory, None, None) is None
    assert torch.equal(fast.model_unroll(model, *pairs).features, expected)


def test_an_unknown_readout_is_fine_unless_it_is_fed_back(
    make: Callable[..., Model], pairs: tuple[Source, Target]
) -> None:
    model = make()
    model.decoder.readout.__class__ = OtherReadout
    (reason,) = fast.why_not(model)
    assert "OtherReadout is fed back and has no fast twin, so the readable path is taken" in reason
    model = make(input_feeding=False, query="previous")
    model.decoder.readout.__class__ = OtherReadout
    assert fast.why_not(model) == []
    fast_, readable = fast.model_unroll(model, *pairs), model.unroll(*pairs)
    assert torch.allclose(fast_.features, readable.features, atol=1e-12)
