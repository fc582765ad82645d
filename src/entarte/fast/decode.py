"""The recurrent decoder's teacher-forced pass: the twin of `decoder.recurrent.Recurrent.unroll`."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.decoder.base import Unrolled
from entarte.decoder.recurrent import Recurrent, RecurrentState
from entarte.fast import say
from entarte.fast.cells_first import cell_name, climb, weights_of
from entarte.fast.drop import mask
from entarte.fast.look import Lookup
from entarte.fast.loop import Loop, Plan
from entarte.fast.products import Products
from entarte.fast.spread import Spread
from entarte.fast.steps import steps as make_steps
from entarte.memory import Memory
from entarte.readout.base import Moment

ROOM = 1 << 25
"""Numbers that one look with several queries may hold: 128 MiB in single precision."""


def unroll(
    decoder: Recurrent, flow: Spread, memory: Memory, keys: Any, state: RecurrentState, products: Products
) -> Unrolled:
    """flow, the words step by step, T · B slots → Unrolled, equal to the readable one.

    The state it ends with carries no gradient for the attention's own part.
    """
    if not decoder.input_feeding and decoder.query == "current":
        return apart(decoder, flow, memory, keys, state, products)
    return together(decoder, flow, memory, keys, state, products)


def together(
    decoder: Recurrent, flow: Spread, memory: Memory, keys: Any, state: RecurrentState, products: Products
) -> Unrolled:
    """Attention inside the loop."""
    stack, readout = decoder.stack, decoder.readout
    fed = state.feed is not None
    rows = len(state.top)
    steps = flow.slots // rows
    made = make_steps(products)
    lookup = Lookup(decoder, memory, keys, state, made.bilinear)
    dropped = [
        mask(stack.dropout, flow.vectors, steps, rows, state.top.size(1)) if layer else None
        for layer in range(len(stack.cells))
    ]
    speak = None
    said: list[Tensor] = []
    if fed:
        mine = mask(readout.dropout, flow.vectors, steps, rows, readout.width)
        said = say.parameters(readout) or []
        speak = partial(
            say.open_say,
            readout,
            dropped=mine,
            products=products,
            context=decoder.attention.context_width,
            attentional=made.attentional,
        )
    plan = Plan(
        made.tracks[cell_name(stack.cells[0])],
        len(stack.cells),
        previous=decoder.query == "previous",
        bottom=decoder.query_layer == "bottom",
        beside=decoder.context_layers == "all",
        residual=stack.residual,
        dropped=dropped,
        lookup=lookup,
        say=speak,
        says=len(said),
        places=flow.places,
        products=products,
    )
    starts = [part for cell in state.cells for part in cell]
    weights = [weight for cell in stack.cells for weight in weights_of(cell)]
    main, contexts, weights_, top, query, *cells = Loop.apply(  # type: ignore[no-untyped-call]
        plan, flow.vectors, state.top, state.query, state.feed, *starts, *weights, *said, *lookup.inputs
    )
    if fed:
        features = main
    else:
        before = torch.cat([state.top.unsqueeze(0), main[:-1]])
        features = say.features(
            readout, Moment(before, main, contexts, flow.whole().view(steps, rows, -1)), products
        )
    parts = stack.parts
    after = RecurrentState(
        tuple(tuple(cells[n * parts : (n + 1) * parts]) for n in range(len(stack.cells))),
        top,
        query,
        features[-1] if fed else None,
        lookup.last,
        state.position + steps,
    )
    return Unrolled(features.transpose(0, 1), weights_.permute(1, 2, 0, 3), after)


def apart(
    decoder: Recurrent, flow: Spread, memory: Memory, keys: Any, state: RecurrentState, products: Products
) -> Unrolled:
    """The cells first, over all steps; then all queries at once."""
    below, bottom, after = climb(decoder.stack, flow, state.cells, products)
    query = below if decoder.query_layer == "top" else bottom
    steps, rows = below.shape[:2]
    position = state.position[:, None] + torch.arange(steps, device=below.device)
    asked = query.transpose(0, 1)
    look, contexts, maps = state.look, [], []
    stride = queries(decoder.attention, memory, look)
    for begin in range(0, steps, stride):
        part = slice(begin, begin + stride)
        looked = attend(decoder.attention, asked[:, part], keys, memory, look, position[:, part])
        look = looked.state
        contexts.append(looked.context)
        maps.append(looked.weights)
    context, weights = torch.cat(contexts, 1), torch.cat(maps, 2)
    before = torch.cat([state.top.unsqueeze(0), below[:-1]]).transpose(0, 1)
    words = flow.whole().view(steps, rows, -1).transpose(0, 1)
    features = say.features(decoder.readout, Moment(before, below.transpose(0, 1), context, words), products)
    end = RecurrentState(after, below[-1], query[-1], None, look, state.position + steps)
    return Unrolled(features, weights, end)


def queries(attention: Attention, memory: Memory, state: Any) -> int:
    """How many queries of each source are asked at once: one where the attention has a state, else as
    many as ROOM allows."""
    return 1 if state is not None else max(1, ROOM // (attention.held * memory.mask.numel()))
