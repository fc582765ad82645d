"""Law 6: every parameter gets a gradient."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from entarte import fast
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.build import initialise
from entarte.decoder.base import Unrolled
from entarte.errors import InputError
from entarte.loss import forced
from entarte.model import Model

from .models import Make, every, pairs, tiny

TINY = 1e-12
"""A gradient that is not there but for rounding (a constant added to all scores) is smaller than this."""


def unroll(model: Model, source: Source, target: Target) -> Unrolled:
    return model.unroll(source, target)


def check_gradients(model: Model, way: object = unroll) -> None:
    """The training loss of one batch moves every named parameter somewhere."""
    source, target = pairs()
    unrolled = way(model, source, target)  # type: ignore[operator]
    forced(model, unrolled, source, target, smoothing=0.1).objective.backward()
    dead = [
        name
        for name, parameter in model.named_parameters()
        if parameter.grad is None or float(parameter.grad.abs().max()) < TINY
    ]
    assert dead == [], "no gradient"


@pytest.mark.parametrize("make", every())
def test_every_parameter_learns(make: Make) -> None:
    check_gradients(tiny(**make))


@pytest.mark.parametrize("make", every()[::11])
def test_on_the_fast_path_too(make: Make) -> None:
    check_gradients(tiny(**make), fast.model_unroll)


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("how", ["glorot", "uniform"])
def test_from_the_weights_that_a_training_begins_with(attention: str, how: str) -> None:
    """A part that began at 0 and was multiplied by another that did would never leave it."""
    model = tiny(attention)
    initialise(model, how, 0.1)
    check_gradients(model)


@pytest.mark.parametrize("make", every()[::11])
def test_while_words_are_sampled_too(make: Make) -> None:
    def sampled(model: Model, source: Source, target: Target) -> Unrolled:
        return model.unroll_sampled(source, target, rate=0.5)

    check_gradients(tiny(**make), sampled)


@pytest.mark.parametrize("attention", [kind for kind in ATTENTIONS if kind != "none"])
@pytest.mark.parametrize("feeding", [True, False])
def test_an_attention_that_nothing_reads_is_refused(attention: str, feeding: bool) -> None:
    """A plain readout reads the state alone; asked after the cell, so does the cell."""
    decoder = {"query": "current", "input_feeding": feeding}
    with pytest.raises(InputError, match="nothing would read what the attention finds") as caught:
        tiny(attention, readout="plain", decoder=decoder)
    assert caught.value.setting == "attention.kind"
    assert "'attentional'" in caught.value.advice


@pytest.mark.parametrize("start", ["zeros", "ones", "learned"])
def test_a_source_that_nothing_reads_is_refused(start: str) -> None:
    """Without attention the start alone brings the source to the decoder."""
    with pytest.raises(InputError, match="nothing of the source would reach the decoder") as caught:
        tiny("none", readout="plain", decoder={"start": start})
    assert caught.value.setting == "decoder.start"
    tiny("none", readout="attentional", decoder={"start": start})
    tiny("none", readout="plain", decoder={"start": start, "query": "previous"})


def test_control_a_parameter_that_nothing_reads_is_found() -> None:
    model = tiny()
    model.decoder.attention.spare = nn.Parameter(torch.ones(3, dtype=torch.float64))
    with pytest.raises(AssertionError, match=r"attention\.spare"):
        check_gradients(model)


def test_control_a_parameter_without_effect_is_found() -> None:
    """A bias on every score shifts them all: no weight changes, and only rounding is left as gradient."""
    model = tiny("additive")
    model.decoder.attention.v = nn.Linear(8, 1, bias=True, dtype=torch.float64)
    with pytest.raises(AssertionError, match=r"attention\.v\.bias"):
        check_gradients(model)


def test_control_a_coverage_that_gets_no_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of a famous toolkit: the coverage is there, its weight never learns."""
    model = tiny("coverage")
    monkeypatch.setattr(model.decoder.attention, "next", lambda state, weights: state)
    with pytest.raises(AssertionError, match=r"attention\.C"):
        check_gradients(model)
