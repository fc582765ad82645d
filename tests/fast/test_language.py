"""Law 7 for language models: with nothing to look at, and looking back at all steps at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from entarte import fast
from entarte.batch import Source, Target
from entarte.build import build
from entarte.model import Model

from .conftest import VOCABULARY, WIDTH, WORD, choice
from .test_unroll import check

Pairs = tuple[Source, Target]
ATTENTIONS = ("mean", "dot", "scaled-dot", "general", "additive", "concat", "mlp", "multi-head")


def language(
    attention: str = "none", window: str = "global", readout: str = "attentional", **said: Any
) -> Model:
    """A model without a source; one with an attention looks back."""
    kind = "recurrent" if attention == "none" else "self-attentive"
    given = {"width": WIDTH, "start": "learned", "input_feeding": False} | said
    choices = SimpleNamespace(
        front=choice("words", width=WORD),
        encoder=choice("nothing"),
        window=choice(window, **({"half": 1} if window == "local-m" else {})),
        attention=choice(attention),
        decoder=choice(kind, **given),
        readout=choice(readout),
    )
    torch.manual_seed(0)
    model = build(choices, VOCABULARY, VOCABULARY, "none").to(torch.float64)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(-0.7, 0.7)
    return model


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("readout", ["plain", "attentional", "maxout"])
def test_nothing_to_look_at(pairs: Pairs, cell: str, readout: str) -> None:
    check(language(readout=readout, cell=cell, layers=2), pairs)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_all_steps_look_back_at_once(pairs: Pairs, attention: str) -> None:
    check(language(attention, cell="gru", layers=2, residual=True), pairs)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_short_spans(pairs: Pairs, cell: str) -> None:
    check(language("general", "local-m", cell=cell), pairs)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: language("general", input_feeding=True), "each step reads what the one before it found"),
        (lambda: language("general", query="previous"), "each step reads what the one before it found"),
        (lambda: language("general", "local-p"), "its window depends on how much there is to see"),
        (lambda: language(input_feeding=True), "nothing to look at inside its loop"),
    ],
)
def test_word_by_word_is_said(pairs: Pairs, make: Callable[[], Model], why: str) -> None:
    model = make()
    (reason,) = fast.why_not(model)
    assert why in reason
    fast_, readable = fast.model_unroll(model, *pairs), model.unroll(*pairs)
    assert torch.allclose(fast_.features, readable.features, atol=1e-12)
    assert torch.allclose(fast_.weights, readable.weights, atol=1e-12)


def test_control_a_look_ahead_is_found(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all steps saw all of the text."""
    monkeypatch.setattr(fast._back, "Behind", lambda window: window)
    with pytest.raises(AssertionError):
        check(language("general", cell="gru"), pairs)
