"""A model as graphs that a search can run without torch.

    encode  ids (B, S), mask (B, S)             → memory.… (axis 0 is the sentence), state.… (a row each)
    step    tokens (R,), parents (R,), place, back, memory.…, state.… [, position (R,)]
                                                → features (R, F), weights (R, H, S), next.…
    say     features, k, scores                 → ids, log_probs (R, k)
    short                                         the same from shortlists; int8 only

`parents` are rows of the step before: the state is reordered inside. What stands behind `memory.` and
`state.` differs from model to model; whoever runs the graphs hands it on by name.
"""

from __future__ import annotations

from onnx import ModelProto

from entarte.decoder.recurrent import Recurrent as Decoder
from entarte.encoder.recurrent import Recurrent as Encoder
from entarte.errors import InputError
from entarte.export import decoder as decoding
from entarte.export.cell import numbers
from entarte.export.encoder import encode
from entarte.export.graph import LARGEST, Graph
from entarte.export.look import keys, known
from entarte.export.multiply import Products
from entarte.export.place import Place
from entarte.export.products import PRODUCTS
from entarte.export.row_wise import RowWise
from entarte.export.say import say, say_short
from entarte.front.words import Words
from entarte.model import Model
from entarte.window.local_m import LocalM


def why_not(model: Model) -> str | None:
    """The part of a model that cannot be exported, by name; None where all can be."""
    kinds = {"encoder": (model.encoder, Encoder), "decoder": (model.decoder, Decoder)}
    kinds |= {"source front": (model.source, Words), "target front": (model.target, Words)}
    for what, (part, kind) in kinds.items():
        if type(part) is not kind:
            return f"{what} {name(part)}"
    assert isinstance(model.decoder, Decoder)
    if type(model.decoder.readout) not in decoding.READOUTS:
        return f"readout {name(model.decoder.readout)}"
    attention = model.decoder.attention
    return None if known(attention) else f"attention {name(attention)}"


def name(part: object) -> str:
    """How a part is called in the code."""
    return f"{type(part).__module__.removeprefix('entarte.')}.{type(part).__name__}"


def graphs(model: Model, to: str) -> dict[str, ModelProto]:
    """The graphs of a model, in float32 (onnx), bfloat16 or int8.

    Raises InputError, naming the part, for a model that has one without nodes, or is too large for a file.
    """
    odd = why_not(model)
    if odd:
        raise InputError(
            f"a model with {odd} cannot be exported yet",
            advice="What can be is listed in docs/export.md; `entarte translate` runs the model itself.",
        )
    assert isinstance(model.encoder, Encoder)
    assert isinstance(model.decoder, Decoder)
    by = PRODUCTS[to]()
    reading, stepping = encode_and_step(model, model.encoder, model.decoder, by)
    made = {"encode": reading, "step": stepping, "say": say(by, model.readout)}
    if isinstance(by, RowWise):
        made["short"] = say_short(by, model.readout)
    found = {each: graph.model() for each, graph in made.items()}
    for each, graph in found.items():
        if graph.ByteSize() > LARGEST:
            raise InputError(
                f"the graph '{each}' would be larger than the 2 GiB that a file of ONNX holds",
                advice="Export to int8, or train with smaller vocabularies or widths.",
            )
    return found


def encode_and_step(model: Model, encoder: Encoder, decoder: Decoder, by: Products) -> tuple[Graph, Graph]:
    """What is run once a sentence, and what is run at each step."""
    assert isinstance(model.source, Words)
    g = Graph("encode")
    ids, mask = g.take("ids", "int", "B", "S"), g.take("mask", "bool", "B", "S")
    read = encode(g, by, model.source, encoder, ids, mask)
    memory = {"mask": mask, **keys(g, by, decoder.attention, read)}
    begun = decoding.begin(g, by, decoder, read)
    for each, value in memory.items():
        g.give(f"memory.{each}", value, kind(each), *sides("B", each))
    for each, value in begun.named().items():
        g.give(f"state.{each}", value, "float", "B", None)

    step = Graph("step")
    tokens, parents = step.take("tokens", "int", "R"), step.take("parents", "int", "R")
    place = Place(step, step.take("place", "int", "B", "K"), step.take("back", "int", "R"))
    position = step.take("position", "int", "R") if isinstance(decoder.attention.window, LocalM) else None
    looked = {each: step.take(f"memory.{each}", kind(each), *sides("B", each)) for each in memory}
    state = {
        each: step.rows(step.take(f"state.{each}", "float", "P", None), parents) for each in begun.named()
    }
    cells = [
        [state[f"{part}{layer}"] for part, _ in zip("hc", cell)] for layer, cell in enumerate(begun.cells)
    ]
    own = decoding.States(cells, {each: state[each] for each in begun.rest})
    assert isinstance(model.target, Words)
    words = numbers(model.target.table.weight)
    bounded = decoding.bounded(encoder, decoder)
    features, weights, after = decoding.go_on(
        step, by, decoder, words, tokens, place, looked, own, position, bounded
    )
    step.give("features", features, "float", "R", decoder.readout.width)
    step.give("weights", weights, "float", "R", decoder.attention.heads, "S")
    for each, value in after.named().items():
        step.give(f"next.{each}", value, "float", "R", None)
    return g, step


RANK = {"mask": 2, "values": 3, "final": 2, "keys": 4, "read": 4}


def kind(memory: str) -> str:
    """What a part of the memory holds."""
    return "bool" if memory == "mask" else "float"


def sides(first: str, memory: str) -> list[str | None]:
    """The shape of a part of the memory."""
    return [first, *[None] * (RANK[memory] - 1)]
