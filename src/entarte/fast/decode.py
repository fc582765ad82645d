"""The recurrent decoder's teacher-forced pass: the twin of `decoder.recurrent.Recurrent.unroll`."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from entarte.attend import attend
from entarte.decoder.base import Unrolled
from entarte.decoder.recurrent import Recurrent, RecurrentState
from entarte.fast import say
from entarte.fast.layer import Layer
from entarte.fast.look import Lookup
from entarte.fast.loop import Loop, Plan
from entarte.memory import Memory
from entarte.readout.base import Moment


def unroll(
    decoder: Recurrent, embedded: Tensor, memory: Memory, keys: Any, state: RecurrentState
) -> Unrolled:
    """embedded (B, T, E) → Unrolled, equal to `decoder.unroll(embedded, memory, keys, state)`.

    The state it ends with carries no gradient for the attention's own part.
    """
    flow = embedded.transpose(0, 1).contiguous()  # (T, B, E)
    if not decoder.input_feeding and decoder.query == "current":
        return apart(decoder, flow, memory, keys, state)
    return together(decoder, flow, memory, keys, state)


def together(decoder: Recurrent, flow: Tensor, memory: Memory, keys: Any, state: RecurrentState) -> Unrolled:
    """Attention inside the loop."""
    stack, readout = decoder.stack, decoder.readout
    width = state.top.size(1)
    fed = state.feed is not None
    steps, rows = flow.shape[:2]
    lookup = Lookup(decoder.attention, memory, keys, state.look, state.position)
    shape = (steps, rows, width)
    dropped = [None, *(mask(stack.dropout, flow, shape) for _ in range(len(stack.cells) - 1))]
    speak = None
    said: list[Tensor] = []
    if fed:
        mine = mask(readout.dropout, flow, (steps, rows, readout.width))
        said = say.parameters(readout) or []
        speak = partial(say.open_say, readout, width=width, dropped=mine)
    plan = Plan(
        cell_name(stack.cells[0]),
        len(stack.cells),
        previous=decoder.query == "previous",
        bottom=decoder.query_layer == "bottom",
        beside=decoder.context_layers == "all",
        residual=stack.residual,
        dropped=dropped,
        lookup=lookup,
        say=speak,
        says=len(said),
    )
    starts = [part for cell in state.cells for part in cell]
    weights = [weight for cell in stack.cells for weight in weights_of(cell)]
    main, contexts, weights_, top, query, *cells = Loop.apply(  # type: ignore[no-untyped-call]
        plan, flow, state.top, state.query, state.feed, *starts, *weights, *said, *lookup.inputs
    )
    if fed:
        features = main
    else:
        before = torch.cat([state.top.unsqueeze(0), main[:-1]])
        features = readout.features(Moment(before, main, contexts, flow))
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


def apart(decoder: Recurrent, flow: Tensor, memory: Memory, keys: Any, state: RecurrentState) -> Unrolled:
    """The cells first, over all steps; then all queries at once."""
    stack = decoder.stack
    steps = flow.size(0)
    below, bottom = flow, flow
    after = []
    for number, cell in enumerate(stack.cells):
        reads = stack.dropout(below) if number else below
        out, *final = Layer.apply(  # type: ignore[no-untyped-call]
            cell_name(cell), None, False, reads, *weights_of(cell), *state.cells[number]
        )
        after.append(tuple(final))
        below = out + reads if stack.residual and number else out
        bottom = bottom if number else below
    query = below if decoder.query_layer == "top" else bottom
    position = state.position[:, None] + torch.arange(steps, device=flow.device)
    asked = query.transpose(0, 1)
    look: Any = None
    if state.look is None:
        context, weights, _ = attend(decoder.attention, asked, keys, memory, None, position)
    else:
        look = state.look
        contexts, maps = [], []
        for t in range(steps):
            looked = attend(
                decoder.attention, asked[:, t : t + 1], keys, memory, look, position[:, t : t + 1]
            )
            look = looked.state
            contexts.append(looked.context)
            maps.append(looked.weights)
        context, weights = torch.cat(contexts, 1), torch.cat(maps, 2)
    before = torch.cat([state.top.unsqueeze(0), below[:-1]]).transpose(0, 1)
    features = decoder.readout.features(Moment(before, below.transpose(0, 1), context, flow.transpose(0, 1)))
    end = RecurrentState(tuple(after), below[-1], query[-1], None, look, state.position + steps)
    return Unrolled(features, weights, end)


def mask(dropout: nn.Dropout, like: Tensor, shape: tuple[int, ...]) -> Tensor | None:
    """What dropout multiplies with, for all steps; None where it does nothing."""
    if not dropout.training or dropout.p == 0.0:
        return None
    kept: Tensor = dropout(like.new_ones(shape))
    return kept


def cell_name(cell: nn.Module) -> str:
    """rnn, lstm or gru."""
    return {nn.RNNCell: "rnn", nn.LSTMCell: "lstm", nn.GRUCell: "gru"}[type(cell)]


def weights_of(cell: nn.Module) -> tuple[Tensor, ...]:
    """W_ih, W_hh, b_ih, b_hh."""
    assert isinstance(cell, nn.RNNCellBase)
    assert cell.bias_ih is not None
    assert cell.bias_hh is not None
    return cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh
