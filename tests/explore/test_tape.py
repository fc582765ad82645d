"""The tape's numbers are the model's own, and its equations hold between them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from entarte import batch
from entarte.attend import masked_softmax
from entarte.errors import InputError
from entarte.readout.base import Looked
from entarte.search import force
from entarte.tape import record
from entarte.vocabulary import BOS, EOS

from ..laws.models import (
    TRANSFORMER,
    close,
    flat,
    looks,
    params,
    readers,
    sayers,
    source_of,
    stacks,
    tiny,
    transformers,
)

SOURCE, SAID = [4, 5, 6, 7, 8], (4, 7, 5, EOS)


def some() -> list[Any]:
    """Makes of every family; the many combinations of the laws are not needed again."""
    recurrent = [*params(looks()), *params(readers())[::3], *params(sayers())[::3], *params(stacks())[::5]]
    return [*recurrent, *params(transformers())[::2]]


@pytest.mark.parametrize("make", some())
def test_a_tape_is_what_the_model_did(make: dict[str, Any]) -> None:
    model = tiny(**make)
    before = dict(model.named_parameters())
    source = source_of([SOURCE])
    tape = record(model, source, SAID)
    [forced] = force(model.bind(source), [SAID])
    assert [frame.read for frame in tape.frames] == [BOS, *SAID[:-1]]
    said = [float(frame.log_probs[token]) for frame, token in zip(tape.frames, SAID)]
    assert said == pytest.approx(forced.log_probs, abs=1e-6)
    assert close(torch.stack([frame.weights for frame in tape.frames]).float(), forced.weights.float())
    for frame in tape.frames:
        for look in frame.looks if model.decoder.attention.looks else ():
            assert close(masked_softmax(look.scores, look.inside), look.softmax)
        looked = Looked(frame.weights[model.decoder.lead], source.copy_ids[0])
        assert close(model.readout.log_probs(frame.features, looked), frame.log_probs)
    for now, then in zip(tape.frames[1:], tape.frames):
        assert close(now.previous, then.state)
    assert dict(model.named_parameters()) == before, "the model was changed"


@pytest.mark.parametrize("attention", ["general", "additive", "coverage", "mean"])
def test_the_context_is_the_weighted_sum(attention: str) -> None:
    tape = record(tiny(attention), batch.source([SOURCE]), SAID)
    for frame in tape.frames:
        assert close(frame.weights[0] @ tape.values, frame.context)


@pytest.mark.parametrize("decoder", [{}, TRANSFORMER], ids=["recurrent", "transformer"])
def test_every_head_sums_values_of_its_own(decoder: dict[str, Any]) -> None:
    """head_i = Σ_s α^i_s W_V h_s; the context is W_O of them all."""
    model = tiny("multi-head", decoder=decoder)
    for frame in record(model, batch.source([SOURCE]), SAID).frames:
        for n, look in enumerate(frame.looks):
            heads = torch.einsum("hs,hsd->hd", look.weights, look.values)
            attention = model.decoder.stack[n].attention if decoder else model.decoder.attention
            assert close(attention.O(heads.flatten()), look.context)


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("kind", ["full", "window", "linear"])
def test_the_stream_goes_up_through_the_layers(kind: str, norm: str) -> None:
    side = TRANSFORMER | {"self_attention": kind, "norm": norm, "reach": 2}
    model = tiny("multi-head", decoder=side)
    decoder = model.decoder
    frames = record(model, batch.source([SOURCE]), SAID).frames
    for t, frame in enumerate(frames):
        assert len(frame.layers) == len(frame.looks) == 2
        for layer, passage, look in zip(decoder.stack, frame.layers, frame.looks):
            looked = layer.attention_sum.after(passage.after_back, look.context)
            fed = layer.feed_sum.after(looked, layer.feed(layer.feed_sum.before(looked)))
            assert close(looked, passage.after_look)
            assert close(fed, passage.after_feed)
            assert close(layer.attention_sum.before(passage.after_back), look.query)
            if kind == "linear":
                assert passage.back is None
            else:
                heads, words = passage.back.shape
                assert (heads, words) == (2, min(t + 1, 3) if kind == "window" else t + 1)
                assert close(passage.back.sum(-1), torch.ones(2).double())
        assert close(frame.layers[1].before, frame.layers[0].after_feed)
        assert close(decoder.norm(frame.layers[-1].after_feed), frame.state)


def test_without_attention_the_context_never_changes() -> None:
    tape = record(tiny("none"), batch.source([SOURCE]), SAID)
    assert all(close(frame.context, tape.frames[0].context) for frame in tape.frames)
    assert all(float(frame.weights[0, -1]) == 1 for frame in tape.frames)


@pytest.mark.parametrize("query", ["current", "previous"])
def test_what_asks_is_the_state_after_or_before(query: str) -> None:
    tape = record(tiny(decoder={"query": query}), batch.source([SOURCE]), SAID)
    for frame in tape.frames:
        assert close(frame.query, frame.state if query == "current" else frame.previous)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_gates_make_the_next_state(cell: str) -> None:
    encoder = {"cell": cell, "layers": 2}
    model = tiny(encoder=encoder, decoder={"cell": cell, "layers": 2})
    source = batch.source([SOURCE])
    tape = record(model, source, SAID)
    bound = model.bind(source)
    state = bound.start()
    for frame in tape.frames:
        before, state = state, bound.step(torch.tensor([frame.read]), state).state
        for layer, gates in enumerate(frame.gates):
            h, after = before.cells[layer][0][0], state.cells[layer][0][0]
            if cell == "gru":
                assert close((1 - gates["z"]) * gates["n"] + gates["z"] * h, after)
            elif cell == "lstm":
                c = gates["f"] * before.cells[layer][1][0] + gates["i"] * gates["g"]
                assert close(c, state.cells[layer][1][0])
                assert close(gates["o"] * torch.tanh(c), after)
            else:
                assert gates == {}
    assert len(tape.frames[0].gates) == 2


def test_what_is_no_token_is_refused() -> None:
    model, source = tiny(), batch.source([SOURCE])
    assert record(model, source, ()).frames == ()
    with pytest.raises(InputError, match="the id 99 is not in the target vocabulary"):
        record(model, source, (4, 99))
    with pytest.raises(ValueError, match="2 sources; a tape has one"):
        record(model, batch.source([SOURCE, SOURCE]), SAID)


def test_nothing_is_left_in_the_model() -> None:
    model, source = tiny("coverage", "local-p"), batch.source([SOURCE])
    names = [name for name, _ in model.named_modules()]
    one = flat(model.bind(source).start())
    record(model, source, SAID)
    assert [name for name, _ in model.named_modules()] == names
    assert all(close(a, b) for a, b in zip(one, flat(model.bind(source).start())))
