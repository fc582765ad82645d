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

from ..laws.models import close, flat, looks, params, readers, sayers, source_of, stacks, tiny

SOURCE, SAID = [4, 5, 6, 7, 8], (4, 7, 5, EOS)


def some() -> list[Any]:
    """Makes of every family; the many combinations of the laws are not needed again."""
    return [*params(looks()), *params(readers())[::3], *params(sayers())[::3], *params(stacks())[::5]]


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
        if model.decoder.attention.looks:
            assert close(masked_softmax(frame.scores, frame.inside), frame.softmax)
        looked = Looked(frame.weights, source.copy_ids[0])
        assert close(model.readout.log_probs(frame.features, looked), frame.log_probs)
    for now, then in zip(tape.frames[1:], tape.frames):
        assert close(now.previous, then.state)
    assert dict(model.named_parameters()) == before, "the model was changed"


@pytest.mark.parametrize("attention", ["general", "additive", "coverage", "mean"])
def test_the_context_is_the_weighted_sum(attention: str) -> None:
    tape = record(tiny(attention), batch.source([SOURCE]), SAID)
    for frame in tape.frames:
        assert close(frame.weights[0] @ tape.values, frame.context)


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
