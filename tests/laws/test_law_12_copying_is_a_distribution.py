"""Law 12: the probabilities of all words of the vocabulary and all words of the source sum to 1."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.attention import ATTENTIONS
from entarte.batch import Target
from entarte.errors import InputError
from entarte.model import Model
from entarte.readout import READOUTS, pointer
from entarte.search import Ensemble
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS
from entarte.window import WINDOWS

from .models import READ, REFUSED, SAID, SOURCES, Make, params, source_of, tiny

COPIERS = [kind for kind, readout in READOUTS.items() if readout.copies]
BEYOND = READ - SAID
"""Words of the sources that are not in the vocabulary: 10 and 11."""


def copiers() -> Any:
    """Every readout that copies, by every attention through every window, tied or not, fed back or not."""
    number = 0
    for readout in COPIERS:
        for attention in ATTENTIONS:
            for window in WINDOWS:
                if attention == "none" or (attention, window) in REFUSED:
                    continue
                query, tied = ("current", "previous")[number % 2], ("none", "target", "all")[number % 3]
                decoder = {"query": query, "input_feeding": number % 2 == 0}
                make = {"readout": readout, "attention": attention, "window": window, "tied": tied}
                yield f"{readout}-{attention}-{window}", make | {"decoder": decoder}, True
                number += 1
        side = {"kind": "transformer"}
        make = {"readout": readout, "attention": "multi-head", "tied": "none"}
        yield f"{readout}-transformer", make | {"encoder": side, "decoder": side}, True


makes = pytest.mark.parametrize("make", params(copiers()))


@torch.no_grad()
def check_steps(stepper: Stepper, size: int, rows: int = 2) -> list[Tensor]:
    """As a search sees it, over some steps, several rows to a source. → the probabilities of each step"""
    state = select(stepper.start(), torch.arange(stepper.sources).repeat_interleave(rows))
    found = []
    rounding = 1e-6 if isinstance(stepper, Ensemble) else 1e-10  # members are mixed in single precision
    for token in (BOS, 4, SAID, SAID + 1):  # the last two were copied
        step = stepper.step(torch.full((stepper.sources * rows,), token), state)
        chances = step.log_probs.double().exp()
        assert chances.shape == (stepper.sources * rows, size + step.beyond)
        total = chances.sum(-1)
        assert torch.allclose(total, torch.ones_like(total), rtol=0, atol=rounding), "not a distribution"
        found.append(chances)
        state = step.state
    return found


@makes
def test_the_total_is_one(make: Make) -> None:
    model = tiny(**make)
    size = READ if make["tied"] == "all" else SAID
    check_steps(model.bind(source_of(SOURCES)), size)


@makes
def test_forced_chances_are_those_of_the_search(make: Make) -> None:
    """One word at a time, known, beyond the vocabulary and in another sentence only."""
    model = tiny(**make)
    source = source_of(SOURCES)
    with torch.no_grad():
        bound = model.bind(source)
        step = bound.step(torch.full((3,), BOS), bound.start())
        for word in range(READ):
            ids = torch.full((3, 1), word)
            said = Target(torch.full((3, 1), BOS), ids, torch.ones(3, 1, dtype=torch.bool))
            chances = model.force(source, said).log_probs[:, 0].exp()
            assert torch.allclose(chances, step.log_probs[:, word].exp(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("readout", COPIERS)
def test_only_a_source_that_has_a_word_brings_it(readout: str) -> None:
    steps = check_steps(tiny(readout=readout).bind(source_of(SOURCES)), SAID)
    for chances in steps:
        brought = chances[:, SAID:] > 0
        assert brought.tolist() == 2 * [[False, False]] + 2 * [[True, False]] + 2 * [[False, True]]
        assert bool((chances[:, :SAID] > 0).all()), "nothing is out of the vocabulary's reach"


@pytest.mark.parametrize("readout", COPIERS)
def test_a_word_that_stands_twice_collects_both_weights(readout: str) -> None:
    """p(w) of a certain copier is the weight of the places of w; EOS is copied as EOS."""
    model = tiny(readout=readout)
    with torch.no_grad():
        model.readout.gate.weight.zero_()
        model.readout.gate.bias.fill_(-60.0)
        bound = model.bind(source_of([[5, 5, 11, 6]]))
        step = bound.step(torch.tensor([BOS]), bound.start())
    weights = step.weights[0, 0]
    chances = step.log_probs[0].exp()
    assert torch.allclose(chances[[5, 11, 6, EOS]], torch.stack([weights[:2].sum(), *weights[2:]]))
    assert float(step.p_gen) < 1e-20


@pytest.mark.parametrize("mean", ["probabilities", "log-probabilities"])
def test_an_ensemble_with_one_that_copies_nothing(mean: Any) -> None:
    """Its words beyond the vocabulary are those of the others."""
    source = source_of(SOURCES)
    models = [tiny(readout=kind, seed=seed) for seed, kind in enumerate(("pointer", "attentional"))]
    steps = check_steps(Ensemble([model.bind(source) for model in models], mean=mean), SAID)
    beyond = steps[0][:, SAID:]
    assert beyond.shape[1] == BEYOND
    assert bool(beyond.any()) == (mean == "probabilities")


def test_control_weights_that_do_not_sum_to_one_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As local-p's Gaussian leaves them, if they were taken as they are."""
    shares = pointer.shares

    def taken(looked: Any) -> tuple[Tensor, Tensor]:
        return looked.weights.mean(-2), shares(looked)[1]

    monkeypatch.setattr(pointer, "shares", taken)
    with pytest.raises(AssertionError, match="not a distribution"):
        check_steps(tiny(readout="pointer", window="local-p").bind(source_of(SOURCES)), SAID)


def test_control_a_word_counted_once_only_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of scattering where one should add: the last place of a word wins."""

    def scatter(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
        return self.scatter(dim, index, source)

    monkeypatch.setattr(Tensor, "scatter_add", scatter)
    with pytest.raises(AssertionError, match="not a distribution"):
        check_steps(tiny(readout="pointer").bind(source_of(SOURCES)), SAID)


def test_a_pointer_must_know_what_stands_in_the_source() -> None:
    model: Model = tiny(readout="pointer")
    with pytest.raises(ValueError, match="must know what stands in the source"):
        model.force(batch.source(SOURCES), batch.target([[4], [5], [6]]))


def test_a_pointer_without_a_look_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to copy by") as caught:
        tiny("none", readout="pointer")
    assert caught.value.setting == "readout.kind"
    assert "attention" in caught.value.advice
