"""Fast twins of readable parts: the same values and gradients, less time.

The readable path defines the meaning. This module is the one place that chooses: `why_not` says in words
where the readable path is taken, and `model_unroll` takes the fast one wherever it can.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from entarte.batch import Source, Target
from entarte.decoder import recurrent as decoder_recurrent
from entarte.decoder import transformer as decoder_transformer
from entarte.decoder.base import Decoder, Unrolled
from entarte.decoder.self_attentive import SelfAttentive
from entarte.encoder import recurrent as encoder_recurrent
from entarte.encoder import transformer as encoder_transformer
from entarte.encoder.identity import Identity
from entarte.encoder.nothing import Nothing
from entarte.encoder.pyramid import Pyramid
from entarte.fast import back as _back
from entarte.fast import decode as _decode
from entarte.fast import encode as _encode
from entarte.fast import say as _say
from entarte.fast.agree import agree
from entarte.fast.flow import order
from entarte.fast.look import keys as _keys
from entarte.fast.loss import cross_entropy
from entarte.fast.mixture import mixture
from entarte.fast.parts import quick
from entarte.fast.products import NARROW, SWIFT, WIDE, Products, choose, fitting, wide
from entarte.fast.spread import Spread
from entarte.fast.words import spread_words, words
from entarte.front.words import Words
from entarte.loss import Loss
from entarte.memory import Memory
from entarte.model import Model
from entarte.readout.base import Looked
from entarte.readout.pointer import Pointer, copied

__all__ = [
    "NARROW",
    "SWIFT",
    "WIDE",
    "Products",
    "agree",
    "choose",
    "cross_entropy",
    "encode",
    "fitting",
    "forced",
    "mixture",
    "model_unroll",
    "unroll",
    "why_not",
    "wide",
]


def why_not(model: Model) -> list[str]:
    """Why the readable path is taken somewhere, a line a reason; empty where all is fast."""
    return [reason for reason in (_encoder(model.encoder), _decoder(model.decoder)) if reason]


def _encoder(encoder: nn.Module) -> str | None:
    twins = (encoder_recurrent.Recurrent, encoder_transformer.Transformer, Nothing, Identity, Pyramid)
    if type(encoder) not in twins:
        return f"encoder: {_name(encoder)} has no fast twin, so the readable path is taken"
    return None


def _decoder(decoder: nn.Module) -> str | None:
    if type(decoder) is decoder_transformer.Transformer:
        return None
    if type(decoder) is SelfAttentive:
        why = _back.why_not(decoder)
        return why and f"decoder: {why}, so the readable path is taken"
    if type(decoder) is not decoder_recurrent.Recurrent:
        return f"decoder: {_name(decoder)} has no fast twin, so the readable path is taken"
    if not decoder.source and (decoder.input_feeding or decoder.query == "previous"):
        return "decoder: there is nothing to look at inside its loop, so the readable path is taken"
    if decoder.input_feeding and _say.parameters(decoder.readout) is None:
        return (
            f"decoder: readout {_name(decoder.readout)} is fed back and has no fast twin, "
            "so the readable path is taken"
        )
    return None


def _name(module: nn.Module) -> str:
    return f"{type(module).__module__.removeprefix('entarte.')}.{type(module).__name__}"


def encode(encoder: nn.Module, vectors: Tensor, mask: Tensor, products: Products = WIDE) -> Memory | None:
    """vectors (B, S, E), mask (B, S) → Memory, equal to `encoder(vectors, mask)`; None: no fast twin."""
    if _encoder(encoder):
        return None
    if isinstance(encoder, Nothing | Identity):
        return encoder(vectors, mask)  # type: ignore[no-any-return]
    if isinstance(encoder, encoder_transformer.Transformer):
        memory: Memory = quick(encoder, products)(vectors, mask)
        return memory

    def run(layer: encoder_recurrent.Recurrent, inputs: Tensor, real: Tensor) -> Memory:
        packed = order(real)
        return _encode.encode(layer, Spread(inputs.flatten(0, 1)[packed.slots]), real, packed, products)

    if isinstance(encoder, Pyramid):
        return encoder.climb(vectors, mask, run)
    assert isinstance(encoder, encoder_recurrent.Recurrent)
    return run(encoder, vectors, mask)


def unroll(
    decoder: Decoder, embedded: Tensor, memory: Memory, keys: Any, state: Any, products: Products = WIDE
) -> Unrolled | None:
    """embedded (B, T, E) → Unrolled, equal to `decoder.unroll(…)`; None: no fast twin."""
    if _decoder(decoder):
        return None
    if isinstance(decoder, decoder_transformer.Transformer):
        return quick(decoder, products).unroll(embedded, memory, keys, state)
    assert isinstance(decoder, decoder_recurrent.Recurrent)
    flow = Spread(embedded.transpose(0, 1).flatten(0, 1))
    return _recurrent(decoder, flow, memory, keys, state, products)


def _recurrent(
    decoder: decoder_recurrent.Recurrent,
    flow: Spread,
    memory: Memory,
    keys: Any,
    state: decoder_recurrent.RecurrentState,
    products: Products,
) -> Unrolled:
    if isinstance(decoder, SelfAttentive):
        return _back.unroll(decoder, flow, state, products)
    return _decode.unroll(decoder, flow, memory, keys, state, products)


def model_unroll(model: Model, source: Source, target: Target, products: Products = WIDE) -> Unrolled:
    """Equal to `model.unroll(source, target)`; each part is fast where `why_not` does not name it.

    With dropout other masks are drawn, from the same distribution. Where `products` are narrow it is equal
    but for the rounding of their operands; what has no fast twin stays wide.
    """
    memory = _model_encode(model, source, products)
    return _model_decode(model, memory, target, products)._replace(memory=memory)


def _model_decode(model: Model, memory: Memory, target: Target, products: Products) -> Unrolled:
    """The teacher-forced pass over a memory."""
    if type(model.decoder) is decoder_transformer.Transformer:
        decoder = quick(model.decoder, products)
        front, ids = model.target, target.inputs
        vectors = words(front, ids) if type(front) is Words else front(ids)
        return decoder.unroll(vectors, memory, decoder.keys(memory), decoder.start(memory))
    keys, state = _keys(model.decoder, memory, products), model.decoder.start(memory)
    if isinstance(model.decoder, decoder_recurrent.Recurrent) and not _decoder(model.decoder):
        flow = _slots(model.target, target.inputs.t().flatten())
        return _recurrent(model.decoder, flow, memory, keys, state, products)
    return model.decoder.unroll(model.target(target.inputs), memory, keys, state)


def forced(
    model: Model,
    unrolled: Unrolled,
    source: Source,
    target: Target,
    smoothing: float = 0.0,
    products: Products = WIDE,
) -> Loss:
    """Equal to `loss.forced(model, unrolled, source, target, smoothing)`."""
    mask, outputs, readout = target.mask, target.outputs, model.readout
    features, weight, bias = unrolled.features[mask], readout.weight, readout.bias
    if not isinstance(readout, Pointer):
        return cross_entropy(features, weight, bias, outputs[mask], smoothing, products=products)
    share = copied(Looked.unrolled(model.lead(unrolled.weights), source.copy_ids), outputs)[mask]
    said, gate = features[:, :-1], features[:, -1]
    return mixture(said, weight, bias, gate, share, outputs[mask], smoothing, products=products)


def _slots(front: nn.Module, ids: Tensor) -> Spread:
    """ids (N,) long → the vectors of N slots."""
    return spread_words(front, ids) if type(front) is Words else Spread(front(ids))


def _model_encode(model: Model, source: Source, products: Products) -> Memory:
    """Equal to `model.encode(source)`."""
    encoder, front = model.encoder, model.source
    if type(encoder) is encoder_transformer.Transformer:
        vectors = words(front, source.inputs) if type(front) is Words else front(source.inputs)
        memory: Memory = quick(encoder, products)(vectors, source.mask)
        return memory
    if isinstance(encoder, encoder_recurrent.Recurrent) and not _encoder(encoder):
        packed = order(source.mask)
        if type(front) is Words:
            read = _slots(front, source.inputs.flatten()[packed.slots])
        else:
            read = Spread(front(source.inputs).flatten(0, 1)[packed.slots])
        return _encode.encode(encoder, read, source.mask, packed, products)
    if isinstance(encoder, Pyramid):
        climbed = encode(encoder, front(source.inputs), source.mask, products)
        assert climbed is not None
        return climbed
    return model.encode(source)
