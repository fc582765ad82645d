"""Law 2: batch-mates, batch size and padding length never change an answer."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from entarte import batch
from entarte.batch import Source, Target
from entarte.decoder import recurrent
from entarte.encoder import recurrent as encoder
from entarte.model import Model
from entarte.search import Beam, Greedy, Hypothesis
from entarte.state import select

from .models import SAID, SOURCES, TARGETS, Make, close, ending, every, pairs, searched, source_of, tiny
from .test_law_1_padding_weighs_nothing import forgetful


class Way(NamedTuple):
    """A way to put the same pairs into a batch: which rows, and how many padded slots on top."""

    rows: tuple[int, ...]
    more: int


WAYS = [Way((1,), 0), Way((2, 1), 3), Way((0, 2, 1, 0), 2)]


def padded(source: Source, more: int) -> Source:
    """With more slots of padding, which hold real words: only the mask says that they are not there."""
    wide = torch.full((source.inputs.size(0), more), 7)
    ids = torch.cat([torch.where(source.mask, source.inputs, 7), wide], 1)
    return Source(ids, torch.cat([source.mask, wide < 0], 1), ids)


def way_of(way: Way) -> tuple[Source, Target]:
    source = source_of([SOURCES[row] for row in way.rows])
    return padded(source, way.more), batch.target([TARGETS[row] for row in way.rows])


def slots(model: Model, row: int) -> int:
    """As many as a row can look at: those of its source, or of its past."""
    return 9 if model.decoder.looks_back else -(-(len(SOURCES[row]) + 1) // model.encoder.reduction)


@torch.no_grad()
def check_forced(model: Model) -> None:
    """Log-probabilities and weights of given targets."""
    source, target = pairs()
    whole = model.force(source, target)
    for way in WAYS:
        source, target = way_of(way)
        other = model.force(source, target)
        for place, row in enumerate(way.rows):
            said = len(TARGETS[row]) + 1
            read = said if model.decoder.looks_back else slots(model, row)
            assert close(whole.log_probs[row, :said], other.log_probs[place, :said]), way
            assert close(whole.weights[row, :, :said, :read], other.weights[place, :, :said, :read]), way
            assert bool((other.log_probs[place, said:] == 0).all()), "padding of the target counts"


def check_searched(model: Model) -> None:
    """Outputs of greedy and beam search, with limits of their own."""
    for search, way in ((Greedy(), WAYS[0]), (Beam(beam=3, n_best=2), WAYS[1])):
        whole = search(model.bind(source_of(SOURCES)), [4, 2, 3])
        found = search(model.bind(way_of(way)[0]), [[4, 2, 3][row] for row in way.rows])
        for place, row in enumerate(way.rows):
            for ours, theirs in zip(whole[row], found[place], strict=True):
                check_same(ours, theirs, slots(model, row))


def check_same(ours: Hypothesis, theirs: Hypothesis, slots: int) -> None:
    assert ours.tokens == theirs.tokens
    assert ours.log_probs == pytest.approx(theirs.log_probs, abs=1e-6)  # searches count in float32
    assert close(ours.weights[..., :slots], theirs.weights[..., :slots])
    assert float(theirs.weights[..., slots:].sum()) == 0.0


@torch.no_grad()
def check_rows(model: Model) -> None:
    """Several rows of one source: each is answered as if it were the only one."""
    bound = model.bind(source_of(SOURCES))
    tokens = torch.tensor([4, 5, 6, 7, 8, 9])
    together = select(bound.start(), torch.tensor([0, 0, 1, 1, 2, 2]))
    alone = [bound.start(), bound.start()]
    for _ in range(2):
        both = bound.step(tokens, together)
        for place in (0, 1):
            one = bound.step(tokens[place::2], alone[place])
            assert close(one.log_probs, both.log_probs[place::2])
            assert close(one.weights, both.weights[place::2])
            alone[place] = one.state
        together, tokens = both.state, tokens.flip(0)


@pytest.mark.parametrize("make", every())
def test_forced_scores_and_weights(make: Make) -> None:
    model = tiny(**make)
    check_forced(model)
    check_rows(model)


@pytest.mark.parametrize("make", searched())
def test_outputs_of_searches(make: Make) -> None:
    check_searched(ending(tiny(**make), 0.5))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_in_single_precision_too(cell: str) -> None:
    """The numbers that a person gets; the order of additions may differ by the last bits."""
    model = tiny("additive", encoder={"cell": cell}, decoder={"cell": cell}, dtype=torch.float32)
    with torch.no_grad():
        whole = model.force(*pairs())
        for row in range(3):
            alone = model.force(source_of([SOURCES[row]]), batch.target([TARGETS[row]]))
            said = len(TARGETS[row]) + 1
            assert torch.allclose(whole.log_probs[row, :said], alone.log_probs[0], atol=1e-6)


def test_control_a_mask_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrent, "attend", forgetful)
    for check in (check_forced, check_searched):
        with pytest.raises(AssertionError):
            check(ending(tiny("general"), 0.5))


@pytest.mark.parametrize("start", ["mean", "bridge"])
def test_control_an_encoder_that_reads_padding_is_found(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backward direction turned round with its padding in front, which many toolkits do."""

    def with_padding(vectors: Tensor, mask: Tensor) -> Tensor:
        return vectors.flip(1)

    monkeypatch.setattr(encoder, "flip", with_padding)
    with pytest.raises(AssertionError):
        check_forced(tiny(decoder={"start": start}))


def test_control_rows_that_see_each_other_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("coverage")
    attention = model.decoder.attention
    after = attention.next

    def blurred(state: Tensor, weights: Tensor) -> Tensor:
        found: Tensor = after(state, weights)
        return found + 0.1 * found.mean(0, keepdim=True)

    monkeypatch.setattr(attention, "next", blurred)
    with pytest.raises(AssertionError):
        check_rows(model)


def test_the_targets_fit_the_vocabulary() -> None:
    assert max(max(row) for row in TARGETS) < SAID
