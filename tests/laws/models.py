"""Tiny random models of every make, for the laws.

The lists below are made from the family tables, so a new member goes through every law on arrival. Models
are in double precision: what should be equal then differs by rounding alone, some 1e-15.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.build import build
from entarte.decoder.base import Unrolled
from entarte.decoder.stack import CELLS
from entarte.decoder.start import STARTS
from entarte.errors import InputError
from entarte.model import Model
from entarte.readout import READOUTS
from entarte.readout.base import Looked
from entarte.transformer.kinds import KINDS
from entarte.vocabulary import BOS, EOS
from entarte.window import WINDOWS

WIDTH, WORD = 8, 6
READ, SAID = 12, 10
"""Sizes of the vocabularies."""

NARROW: dict[str, dict[str, Any]] = {
    "location": {"positions": 4},  # fewer than the longest source has
    "location-aware": {"filters": 2, "reach": 3},
    "mlp": {"width": 4},
    "multi-head": {"heads": 2},
    "local-m": {"half": 1},
    "local-p": {"half": 2},
}
"""Settings that make a member show what it does on sources of seven slots; others run on their defaults."""

SOURCES = [[4, 5, 6, 7, 8, 9], [10], [5, 5, 11]]
TARGETS = [[4, 5], [7], [8, 9, 4]]


def choice(kind: str, **options: Any) -> SimpleNamespace:
    """A member of a family and its settings."""
    return SimpleNamespace(kind=kind, options=options)


BASES: dict[str, dict[str, Any]] = {
    "recurrent": {"cell": "gru", "width": WIDTH},
    "transformer": {"width": WIDTH, "layers": 2, "heads": 2, "feed_forward": 12},
    "self-attentive": {"cell": "gru", "width": WIDTH},
    "nothing": {},
    "identity": {},
    "pyramid": {"cell": "gru", "width": WIDTH, "layers": 2},
}


def member(given: dict[str, Any]) -> SimpleNamespace:
    """An encoder or a decoder, recurrent unless another kind is given."""
    kind = given.get("kind", "recurrent")
    return choice(kind, **(BASES[kind] | {name: value for name, value in given.items() if name != "kind"}))


def tiny(
    attention: str = "general",
    window: str = "global",
    *,
    encoder: dict[str, Any] | None = None,
    decoder: dict[str, Any] | None = None,
    readout: str = "attentional",
    says: dict[str, Any] | None = None,
    frames: dict[str, Any] | None = None,
    tied: str = "none",
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
) -> Model:
    """A model whose weights are drawn evenly from [-0.7, 0.7], ready to be used (no dropout).

    Raises InputError for parts that do not go together.
    """
    word = WIDTH if readout == "plain" and tied != "none" else WORD
    choices = SimpleNamespace(
        front=choice("words", width=word),
        source_front=choice("same"),
        encoder=member(encoder or {}),
        attention=choice(attention, **NARROW.get(attention, {})),
        window=choice(window, **(NARROW.get(window, {}) if frames is None else frames)),
        decoder=member(decoder or {}),
        readout=choice(readout, **(says or {})),
    )
    torch.manual_seed(seed)
    said = READ if tied == "all" else SAID
    model = build(choices, READ, said, tied).to(dtype)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(-0.7, 0.7)
    return model.eval()


Make = dict[str, Any]
Makes = Iterator[tuple[str, Make, bool]]
"""A name, what `tiny` makes, and whether it is in the default run; the rest run with -m slow."""

REFUSED = {("none", "local-m"), ("none", "local-p")}
"""What looks at nothing takes no window."""


def looks() -> Makes:
    """Every attention through every window, asked by the state after the step and by the one before."""
    for number, (attention, window) in enumerate((a, w) for a in ATTENTIONS for w in WINDOWS):
        if (attention, window) in REFUSED:
            continue
        for turn, query in enumerate(("current", "previous")):
            make = {"attention": attention, "window": window, "decoder": {"query": query}}
            yield f"{attention}-{window}-{query}", make, number % 2 == turn


def readers() -> Makes:
    """Encoders: every cell, direction and depth; turned round and residual in turns."""
    for c, cell in enumerate(CELLS):
        for d, directions in enumerate(("one", "both", "first")):
            for layers in (1, 2, 3):
                turned, residual = (c + d + layers) % 2 == 1, layers > 1 and c != d
                encoder = {
                    "cell": cell,
                    "directions": directions,
                    "layers": layers,
                    "reverse": turned,
                    "residual": residual,
                }
                name = f"{cell}-{directions}-{layers}" + "-reverse" * turned + "-residual" * residual
                # a decoder that looks, and starts from the encoder: both ways out of it are gone
                make = {"encoder": encoder, "decoder": {"cell": cell}, "attention": "additive"}
                yield name, make, (c + d + layers) % 3 < 2


def starts() -> Makes:
    """Every start of every cell, also where encoder and decoder are not of the same make."""
    for start in STARTS:
        for c, cell in enumerate(CELLS):
            for layers in (1, 2):
                encoder = {"cell": cell, "layers": layers}
                query = "previous" if layers == 1 else "current"  # the first look is at the start itself
                decoder = {"cell": cell, "layers": layers, "start": start, "query": query}
                now = layers == 1 + c % 2
                yield f"{start}-{cell}-{layers}", {"encoder": encoder, "decoder": decoder}, now
    for start in ("projected-mean", "bridge"):
        for read, said, layers in (("lstm", "gru", 3), ("gru", "lstm", 1), ("rnn", "lstm", 2)):
            encoder = {"cell": read, "layers": 2, "width": 6}
            decoder = {"cell": said, "layers": layers, "start": start}
            yield f"{start}-{read}-2-{said}-{layers}", {"encoder": encoder, "decoder": decoder}, True


def sayers() -> Makes:
    """Every readout, tied or not, fed back or not, in both orders."""
    for r, readout in enumerate(READOUTS):
        for t, tied in enumerate(("none", "target", "all")):
            for q, query in enumerate(("current", "previous")):
                for fed in (True, False):
                    # a plain readout does not read the context; asked first, the cell does
                    attention = "none" if readout == "plain" and query == "current" else "general"
                    decoder = {"query": query, "input_feeding": fed}
                    make = {"readout": readout, "tied": tied, "decoder": decoder, "attention": attention}
                    yield f"{readout}-{tied}-{query}" + "-fed" * fed, make, (r + t + q) % 2 == fed
    yield "maxout-current-state", {"readout": "maxout", "says": {"state": "current", "width": 5}}, True


def stacks() -> Makes:
    """Deep decoders: who asks, who reads the context, and whether inputs are added to outputs."""
    for c, cell in enumerate(CELLS):
        for residual in (False, True):
            for layer in ("top", "bottom"):
                for q, (query, beside) in enumerate(
                    (("current", "first"), ("previous", "first"), ("previous", "all"))
                ):
                    decoder = {
                        "cell": cell,
                        "layers": 3,
                        "residual": residual,
                        "query": query,
                        "query_layer": layer,
                        "context_layers": beside,
                        "input_feeding": residual,
                    }
                    name = f"{cell}-{layer}-{query}-{beside}" + "-residual" * residual
                    now = q == (c + residual + (layer == "top")) % 3
                    yield name, {"decoder": decoder, "attention": "coverage"}, now


TRANSFORMER = {"kind": "transformer"}


def transformers() -> Makes:
    """Transformers on both sides: every norm, position and self-attention; every attention to the source."""
    count = 0
    for look in KINDS:
        for positions in ("sinusoidal", "learned", "rotary", "none"):
            if (look, positions) == ("linear", "rotary"):
                continue  # refused
            for norm in ("pre", "post"):
                side = TRANSFORMER | {
                    "self_attention": look,
                    "positions": positions,
                    "norm": norm,
                    "reach": 2,
                }
                make = {"encoder": side, "decoder": side, "attention": "multi-head", "readout": "plain"}
                yield f"transformer-{look}-{positions}-{norm}", make, count % 3 == 0
                count += 1
    for number, attention in enumerate(ATTENTIONS):
        window = "global" if attention == "none" else list(WINDOWS)[number % len(WINDOWS)]
        make = {"encoder": TRANSFORMER, "decoder": TRANSFORMER, "attention": attention, "window": window}
        yield f"transformer-{attention}-{window}", make, attention in ("coverage", "location-aware", "dot")
    for r, readout in enumerate(READOUTS):
        for tied in ("none", "all"):
            side = TRANSFORMER | {"activation": ("relu", "gelu", "silu")[r % 3], "scaled": tied == "none"}
            make = {
                "encoder": side,
                "decoder": side,
                "attention": "general",
                "readout": readout,
                "tied": tied,
            }
            yield f"transformer-{readout}-{tied}", make, tied == "all"


def mixtures() -> Makes:
    """A Transformer on one side only; widths that differ are brought together."""
    for c, cell in enumerate(CELLS):
        for s, start in enumerate(STARTS):
            decoder = {"cell": cell, "start": start, "layers": 2}
            if (start, cell) == ("last", "lstm"):
                continue  # its c has no counterpart
            make = {"encoder": TRANSFORMER, "decoder": decoder, "attention": "additive"}
            yield f"transformer-{cell}-{start}", make, (s + c) % 5 == 0
        encoder = {"cell": cell, "width": 6, "layers": 1 + c % 2}
        make = {"encoder": encoder, "decoder": TRANSFORMER, "attention": "multi-head"}
        yield f"{cell}-transformer", make, c == 1


def pyramids() -> Makes:
    """Of every cell, with even and odd factors, up to a top of two slots; attentions with a past too."""
    for c, cell in enumerate(CELLS):
        for layers, factor in ((1, 2), (2, 2), (3, 2), (2, 3)):
            encoder = {"kind": "pyramid", "cell": cell, "layers": layers, "factor": factor}
            attention = ("location-aware", "additive", "coverage")[(c + layers) % 3]
            make = {"encoder": encoder, "decoder": {"cell": cell}, "attention": attention}
            yield f"pyramid-{cell}-{layers}-{factor}", make, (c + layers + factor) % 3 == 0
    yield (
        "pyramid-transformer",
        {"encoder": {"kind": "pyramid"}, "decoder": TRANSFORMER, "attention": "multi-head"},
        True,
    )
    for s, start in enumerate(STARTS):
        encoder = {"kind": "pyramid", "cell": "lstm", "layers": 2}
        make = {"encoder": encoder, "decoder": {"cell": "lstm", "layers": 2, "start": start}}
        yield f"pyramid-{start}", make, s % 3 == 0


def annotations() -> Makes:
    """Memories that are what the front found: every start, for both decoders."""
    identity = {"kind": "identity"}
    for s, start in enumerate(STARTS):
        for q, query in enumerate(("current", "previous")):
            cell = "gru" if start == "last" else list(CELLS)[s % 3]  # an LSTM's c has no counterpart
            decoder = {"cell": cell, "start": start, "query": query, "width": WORD}
            attention = ("additive", "coverage", "general")[(s + q) % 3]
            make = {"encoder": identity, "decoder": decoder, "attention": attention}
            yield f"identity-{start}-{query}", make, (s + q) % 3 == 0
    yield "identity-transformer", {"encoder": identity, "decoder": TRANSFORMER, "attention": "general"}, True


STATEFUL = {"coverage", "location-aware"}
"""What remembers slots cannot look at a past that grows."""


def languages() -> Makes:
    """Language models: no source; plain, looking back by every attention, and the Transformer's decoder."""
    nothing = {"kind": "nothing"}
    for c, cell in enumerate(CELLS):
        for r, readout in enumerate(("plain", "attentional", "maxout")):
            decoder = {"cell": cell, "start": ("zeros", "ones", "learned")[(c + r) % 3], "layers": 1 + r % 2}
            make = {"encoder": nothing, "decoder": decoder, "attention": "none", "readout": readout}
            yield f"lm-{cell}-{readout}", make, c == r
    for a, attention in enumerate(kind for kind in ATTENTIONS if kind not in {"none", *STATEFUL}):
        for w, window in enumerate(WINDOWS):
            for q, query in enumerate(("current", "previous")):
                decoder = {
                    "kind": "self-attentive",
                    "cell": list(CELLS)[(a + w + q) % 3],
                    "query": query,
                    "layers": 1 + (a + q) % 2,
                    "input_feeding": (a + w) % 2 == 0,
                }
                make = {"encoder": nothing, "decoder": decoder, "attention": attention, "window": window}
                yield f"lm-{attention}-{window}-{query}", make, (a + w + q) % 4 == 0
    decoder = {"kind": "self-attentive", "start": "bridge"}
    yield "self-attentive-with-source", {"decoder": decoder, "attention": "general"}, True
    for norm in ("pre", "post"):
        make = {"encoder": nothing, "decoder": TRANSFORMER | {"norm": norm}, "attention": "none"}
        yield f"lm-transformer-{norm}", make | {"readout": "plain"}, norm == "pre"


def params(*makes: Makes) -> list[Any]:
    """For `pytest.mark.parametrize("make", …)`."""
    return [
        pytest.param(make, id=name, marks=() if now else pytest.mark.slow)
        for each in makes
        for name, make, now in each
    ]


def every() -> list[Any]:
    """All makes."""
    return params(
        looks(),
        readers(),
        starts(),
        sayers(),
        stacks(),
        transformers(),
        mixtures(),
        languages(),
        pyramids(),
        annotations(),
    )


def searched() -> list[Any]:
    """All makes, of which fewer are in the default run: for laws that search, which takes longer."""

    def fewer(makes: Makes) -> Makes:
        for number, (name, make, now) in enumerate(makes):
            yield name, make, now and number % 3 == 0

    def narrow(makes: Makes) -> Makes:
        for name, make, now in makes:
            yield (
                name,
                make,
                now and (make["window"] == "global" or make["attention"] in ("general", "coverage")),
            )

    return params(
        narrow(looks()),
        fewer(readers()),
        fewer(starts()),
        fewer(sayers()),
        fewer(stacks()),
        fewer(transformers()),
        fewer(mixtures()),
        languages(),
        fewer(pyramids()),
        fewer(annotations()),
    )


def pairs() -> tuple[Source, Target]:
    """Three pairs of unlike lengths."""
    return source_of(SOURCES), batch.target(TARGETS)


def source_of(rows: list[list[int]]) -> Source:
    """Sources whose words are those of the target too; two of them are beyond its vocabulary."""
    source = batch.source(rows)
    return source._replace(copy_ids=source.inputs)


def said(tokens: Iterable[tuple[int, ...]]) -> Target:
    """What a search said, finished or not, as a target to be forced."""
    rows = [list(row) for row in tokens]
    outputs, mask = batch.pad(rows)
    inputs, _ = batch.pad([[BOS, *row[:-1]] for row in rows])
    return Target(inputs, outputs, mask)


def seen(model: Model, source: Source, steps: int) -> Tensor:
    """(B, T, S) bool: the slots that each step of each row may look at."""
    if model.decoder.looks_back:
        return torch.ones(steps, steps, dtype=torch.bool).tril().expand(source.mask.size(0), -1, -1)
    mask = model.encode(source).mask
    return mask.unsqueeze(1).expand(-1, steps, -1)


def every_word(model: Model, unrolled: Unrolled, source: Source) -> Tensor:
    """(B, T, V), of a pass; V grows with words of the sources where the model copies."""
    looked = Looked.unrolled(model.lead(unrolled.weights), source.copy_ids)
    return model.readout.log_probs(unrolled.features, looked, model.beyond(source))


def ending(model: Model, much: float = 0.0) -> Model:
    """The same model, made to say the end of the sentence more readily or (much < 0) less so."""
    with torch.no_grad():
        model.readout.bias[EOS] += much
    return model


def close(one: Tensor, other: Tensor) -> bool:
    """Equal up to rounding in double precision."""
    return one.shape == other.shape and bool(torch.allclose(one, other, rtol=0, atol=1e-10))


def flat(nest: Any) -> list[Tensor]:
    """The tensors of a state, in order."""
    if nest is None:
        return []
    return [nest] if isinstance(nest, Tensor) else [tensor for part in nest for tensor in flat(part)]


def refuses(make: Make) -> bool:
    """Whether these parts do not go together."""
    try:
        tiny(**make)
    except InputError:
        return True
    return False
