"""CTC: its loss and its best path against every path there is; how far attention agrees with it."""

from __future__ import annotations

from itertools import product
from math import exp, log
from typing import Any

import numpy as np
import pytest
import torch

from entarte import batch, ctc, loss
from entarte.alignment import Alignment
from entarte.build import build
from entarte.errors import InputError
from entarte.output import Output
from entarte.span import words
from entarte.vocabulary import PAD

from ..laws.models import SAID, Make, tiny


def collapsed(path: tuple[int, ...]) -> list[int]:
    """Repetitions merged, then blanks left out (Graves et al. 2006, section 3.1)."""
    merged = [say for say, before in zip(path, (None, *path)) if say != before]
    return [say for say in merged if say != PAD]


def every(log_probs: np.ndarray[Any, Any], target: list[int]) -> dict[tuple[int, ...], float]:
    """Each path that says a target, with its log-probability."""
    slots, size = log_probs.shape
    return {
        path: float(sum(log_probs[s, say] for s, say in enumerate(path)))
        for path in product(range(size), repeat=slots)
        if collapsed(path) == target
    }


TARGETS = [[4], [4, 5], [4, 4], [5, 4, 5], [], [4, 4, 5]]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_the_loss_is_the_sum_over_every_path(target: list[int]) -> None:
    torch.manual_seed(len(target))
    logits = torch.randn(1, 5, 6, dtype=torch.float64)
    log_probs = torch.log_softmax(logits, -1)[0].numpy()
    total = log(sum(exp(value) for value in every(log_probs, target).values()))
    mask = torch.ones(1, 5, dtype=torch.bool)
    assert float(loss.ctc(logits, mask, batch.target([target]))) == pytest.approx(-total)


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_the_best_path_is_the_best_of_every_path(target: list[int]) -> None:
    for seed in range(5):
        log_probs = np.log(np.random.default_rng(seed).dirichlet([0.5] * 6, 5))
        found = ctc.best(log_probs, target)
        paths = every(log_probs, target)
        assert found is not None
        assert found.log_prob == pytest.approx(max(paths.values()))
        likeliest = max(paths, key=paths.__getitem__)
        for (first, behind), piece in zip(found.spans, target, strict=True):
            assert set(likeliest[first:behind]) == {piece}
        assert sum(behind - first for first, behind in found.spans) == sum(say != PAD for say in likeliest)


@pytest.mark.parametrize(("target", "slots"), [([4, 5], 1), ([4, 4], 2), ([4, 4, 4], 4)])
def test_too_few_slots_have_no_path(target: list[int], slots: int) -> None:
    assert ctc.best(np.zeros((slots, 6)), target) is None
    assert ctc.best(np.zeros((slots + 1, 6)), target) is not None
    mask = torch.ones(1, slots, dtype=torch.bool)
    assert float(loss.ctc(torch.zeros(1, slots, 6), mask, batch.target([target]))) == 0.0


def test_padding_of_slots_and_targets_is_not_read() -> None:
    torch.manual_seed(1)
    logits = torch.randn(2, 6, 8, dtype=torch.float64)
    mask = torch.arange(6) < torch.tensor([[6], [4]])
    together = loss.ctc(logits, mask, batch.target([[4, 5, 6], [7]]))
    alone = [
        loss.ctc(logits[:1], mask[:1], batch.target([[4, 5, 6]])),
        loss.ctc(logits[1:, :4], mask[1:, :4], batch.target([[7]])),
    ]
    assert float(together) == pytest.approx(float(sum(alone)))


@pytest.mark.parametrize("make", [{}, {"encoder": {"kind": "pyramid"}}, {"encoder": {"kind": "transformer"}}])
def test_the_branch_learns_and_so_does_the_encoder(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiny.__globals__, "build", lambda *all_: build(*all_, ctc=True))
    model = tiny(**make)
    source, target = batch.source([[4, 5, 6, 7, 8, 9], [5, 6, 10]]), batch.target([[4], [5]])
    memory = model.unroll(source, target).memory
    assert memory is not None
    assert model.ctc is not None
    loss.ctc(model.ctc(memory.values), memory.mask, target).backward()
    assert model.ctc.weight.shape[0] == SAID
    for part in (model.ctc, model.encoder, model.source):
        assert all(bool(each.grad.abs().max() > 0) for each in part.parameters())


def test_there_is_no_branch_without_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiny.__globals__, "build", lambda *all_: build(*all_, ctc=True))
    with pytest.raises(InputError, match="there is no source to say the target slot by slot"):
        tiny("none", encoder={"kind": "nothing"}, decoder={"start": "zeros"}, readout="plain")


def output(weights: list[list[float]]) -> Output:
    source, target = "0s 1s 2s 3s", "a b c"
    made = Alignment.of(source, words(source), target, words(target), weights)
    return Output(source, target, 0.0, (), made)


def test_distances_are_counted_from_the_ends_of_a_span() -> None:
    said = output([[1, 0, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]])
    path = ctc.Path(((0, 2), (1, 2), (3, 4)), -1.0)
    found = ctc.agreement([said, said], [path, None])
    assert found.distances == (0, 2, 3)
    assert found.share(2) == pytest.approx(2 / 3)
    assert found.mean == pytest.approx(5 / 3)
    assert np.isnan(ctc.agreement([said], [None]).mean)


def test_a_path_is_an_alignment_like_any_other() -> None:
    said = output([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]])
    drawn = ctc.Path(((0, 2), (2, 3), (3, 4)), -1.0).alignment(said.alignment)
    assert drawn.weights.tolist() == [[0.5, 0.5, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert drawn.word_links() == {(0, 0), (2, 1), (3, 2)}
    assert drawn.notes["by"] == "ctc"
