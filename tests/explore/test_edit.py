"""Attention changed by hand: the weights are those given, and all behind them follows."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from entarte import batch
from entarte.edit import Edits, edited
from entarte.errors import InputError
from entarte.search import Beam, Greedy, force
from entarte.tape import record

from ..laws.models import TRANSFORMER, WINDOWS, close, looks, params, source_of, tiny, transformers

SOURCE, SAID = [4, 5, 6, 7, 8], (4, 7, 5)
SLOTS = len(SOURCE) + 1
GIVEN = (0.0, 0.25, 0.25, 0.0, 0.0, 0.5)


def sighted() -> list[Any]:
    """Every attention that looks, through every window; in a Transformer too."""
    makes = [*params(looks()), *params(transformers())[::3]]
    return [make for make in makes if make.values[0]["attention"] != "none"]


@pytest.mark.parametrize("make", sighted())
def test_given_weights_are_read(make: dict[str, Any]) -> None:
    model = tiny(**make)
    source = source_of([SOURCE])
    changed = edited(model, Edits(weights={1: GIVEN}), SLOTS)
    [plain], [forced] = force(model.bind(source), [SAID]), force(changed.bind(source), [SAID])
    assert close(forced.weights[1], torch.tensor(GIVEN).double().expand_as(forced.weights[1]))
    assert close(forced.weights[0], plain.weights[0]), "a step before the change"
    assert forced.log_probs[0] == plain.log_probs[0]
    assert forced.log_probs[1] != plain.log_probs[1]


@pytest.mark.parametrize("make", sighted())
def test_forbidden_slots_weigh_nothing(make: dict[str, Any]) -> None:
    source = source_of([SOURCE])
    for forbidden in ({0}, {2, 5}, {0, 1, 2, 3, 4}):
        changed = edited(tiny(**make), Edits(frozenset(forbidden)), SLOTS)
        [forced] = force(changed.bind(source), [SAID])
        assert float(forced.weights[:, :, sorted(forbidden)].abs().max()) == 0
        rest = forced.weights.sum(-1)
        assert bool((rest > 0).all())
        if make.get("window", "global") == "global":
            assert close(rest, torch.ones_like(rest))


def test_every_row_of_a_beam_is_edited() -> None:
    model = tiny()
    changed = edited(model, Edits(weights={0: GIVEN, 1: GIVEN}), SLOTS)
    stepper = changed.bind(batch.source([SOURCE]))
    [ranked] = Beam(beam=4, n_best=4, stop="never")(stepper, [6])
    assert len(ranked) > 1
    for one in ranked:
        for step in range(min(2, len(one.tokens))):
            assert close(one.weights[step, 0], torch.tensor(GIVEN).double())


def test_its_own_weights_change_nothing() -> None:
    model, source = tiny("coverage"), batch.source([SOURCE])
    [[plain]] = Greedy()(model.bind(source), [6])
    own = {step: weights[0].tolist() for step, weights in enumerate(plain.weights)}
    [[again]] = Greedy()(edited(model, Edits(weights=own), SLOTS).bind(source), [6])
    assert again.tokens == plain.tokens
    assert again.log_probs == pytest.approx(plain.log_probs)
    tape = record(edited(model, Edits(weights=own), SLOTS), source, plain.tokens)
    assert close(tape.frames[-1].weights.float(), plain.weights[-1].float())


def test_no_edit_is_the_model_itself() -> None:
    model = tiny()
    assert edited(model, Edits(), SLOTS) is model


def test_what_makes_no_sense_is_refused() -> None:
    model = tiny()
    for edits, said in (
        (Edits(frozenset({6})), "there is no source piece 6 to forbid. They go from 0 to 5"),
        (Edits(frozenset(range(6))), "all of the source is forbidden"),
        (Edits(weights={0: [1.0]}), "1 weights are given for 6 source pieces"),
        (Edits(weights={0: [0.0] * 6}), "weights must be 0 or more, and not all 0"),
        (Edits(weights={0: [-1.0, 2, 0, 0, 0, 0]}), "weights must be 0 or more"),
        (Edits(weights={0: [float("nan"), 2, 0, 0, 0, 0]}), "weights must be 0 or more"),
    ):
        with pytest.raises(InputError, match=said):
            edited(model, edits, SLOTS)
    with pytest.raises(InputError, match="this model looks at nothing"):
        edited(tiny("none"), Edits(frozenset({0})), SLOTS)


def test_every_window_can_be_edited() -> None:
    assert {make.values[0].get("window", "global") for make in sighted()} == set(WINDOWS)


@pytest.mark.parametrize("decoder", [{}, TRANSFORMER], ids=["recurrent", "transformer"])
def test_one_head_is_edited_alone(decoder: dict[str, Any]) -> None:
    model, source = tiny("multi-head", decoder=decoder), batch.source([SOURCE])
    layers = 2 if decoder else 1
    [plain] = force(model.bind(source), [SAID])
    [forced] = force(edited(model, Edits(heads={(1, layers, 2): GIVEN}), SLOTS).bind(source), [SAID])
    mine = 2 * layers - 1
    assert close(forced.weights[1, mine], torch.tensor(GIVEN).double())
    assert close(forced.weights[1, :mine], plain.weights[1, :mine]), "heads below and beside"
    assert forced.log_probs[0] == plain.log_probs[0]
    assert forced.log_probs[1] != plain.log_probs[1]
    for head in ((1, layers + 1, 1), (1, 1, 3), (1, 0, 1)):
        with pytest.raises(InputError, match=f"there is no head {head[1]}.{head[2]} to change"):
            edited(model, Edits(heads={head: GIVEN}), SLOTS)
