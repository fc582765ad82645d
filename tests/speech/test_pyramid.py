"""The pyramid is what Chan et al. (2016) write down, and its slots are called by what they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from entarte import fast
from entarte.encoder.pyramid import Pyramid, joined
from entarte.encoder.recurrent import LAYERS
from entarte.errors import InputError
from entarte.settings import loads

from ..laws.models import pairs, tiny
from ..laws.small import keep


def drawn(**options: object) -> Pyramid:
    torch.manual_seed(1)
    return Pyramid(3, **options).double()  # type: ignore[arg-type]


@torch.no_grad()
def direction(layer: nn.Module, vectors: torch.Tensor) -> torch.Tensor:
    """(S, E) → (S, D), one slot after the other."""
    assert isinstance(layer, nn.RNNBase)
    state, found = None, []
    for vector in vectors:
        output, state = layer(vector[None, None], state)
        found.append(output[0, 0])
    return torch.stack(found)


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize(
    ("layers", "factor", "slots"), [(1, 2, 5), (2, 2, 5), (3, 2, 7), (2, 3, 7), (3, 3, 2)]
)
@torch.no_grad()
def test_it_is_equation_5(cell: str, layers: int, factor: int, slots: int) -> None:
    """h_i^j = BLSTM(h_{i−1}^j, [h_{2i}^{j−1}; h_{2i+1}^{j−1}]); what the last one lacks is zeros."""
    pyramid = drawn(cell=cell, width=4, layers=layers, factor=factor)
    source = torch.randn(slots, 3, dtype=torch.float64)
    vectors = source
    for number, layer in enumerate(pyramid.stack):
        if number:
            rest = vectors.new_zeros(-len(vectors) % factor, 4)
            whole = torch.cat([vectors, rest])
            vectors = torch.stack(
                [torch.cat(list(whole[at : at + factor])) for at in range(0, len(whole), factor)]
            )
        ahead = direction(layer.forwards[0], vectors)
        behind = direction(layer.backwards[0], vectors.flip(0)).flip(0)
        vectors = torch.cat([ahead, behind], -1)
    memory = pyramid(source[None], torch.ones(1, slots, dtype=torch.bool))
    assert memory.values.shape[1] == -(-slots // pyramid.reduction)
    assert torch.allclose(memory.values[0], vectors, atol=1e-12)
    assert memory.summary[0].shape == (1, layers, 4)


@torch.no_grad()
def test_padding_of_any_length_changes_nothing() -> None:
    """Lengths that are no multiple of the factor, beside longer ones, with numbers in the padding."""
    pyramid = drawn(width=4, layers=3)
    for length in range(1, 10):
        source = torch.randn(1, length, 3, dtype=torch.float64)
        alone = pyramid(source, torch.ones(1, length, dtype=torch.bool))
        wide = torch.full((2, 12, 3), 7.0, dtype=torch.float64)
        wide[0, :length] = source
        mask = torch.arange(12) < torch.tensor([[length], [12]])
        both = pyramid(wide, mask)
        slots = alone.values.size(1)
        assert int(both.mask[0].sum()) == slots
        assert torch.allclose(both.values[0, :slots], alone.values[0], atol=1e-12)
        assert float(both.values[0, slots:].abs().sum()) == 0.0
        for part, other in zip(both.summary, alone.summary, strict=True):
            assert torch.allclose(part[0], other[0], atol=1e-12)
        assert torch.allclose(both.final[0], alone.final[0], atol=1e-12)


@pytest.mark.parametrize("cell", LAYERS)
def test_the_fast_path_is_equal_in_values_and_gradients(cell: str) -> None:
    model = tiny("location-aware", encoder={"kind": "pyramid", "cell": cell, "layers": 3}).train()
    assert fast.why_not(model) == []
    source, target = pairs()
    grown = []
    for way in (model.unroll, lambda *both: fast.model_unroll(model, *both)):
        model.zero_grad()
        unrolled = way(source, target)
        unrolled.features.square().sum().backward()
        grown.append([unrolled.features, *(each.grad for each in model.encoder.parameters())])
    for ours, theirs in zip(*grown, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-10)


def test_dropout_acts_between_layers() -> None:
    pyramid = drawn(width=4, layers=2, dropout=0.5).train()
    source, mask = torch.randn(1, 6, 3, dtype=torch.float64), torch.ones(1, 6, dtype=torch.bool)
    assert not torch.equal(pyramid(source, mask).values, pyramid(source, mask).values)
    pyramid.eval()
    assert torch.equal(pyramid(source, mask).values, pyramid(source, mask).values)


@pytest.mark.parametrize(
    ("options", "words", "setting"),
    [
        ({"layers": 0}, "must be at least 1, not 0", "encoder.layers"),
        ({"factor": 0}, "must be at least 1, not 0", "encoder.factor"),
        ({"width": 5}, "must be even", "encoder.width"),
    ],
)
def test_what_is_no_pyramid(options: dict[str, int], words: str, setting: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        Pyramid(3, **options)  # type: ignore[arg-type]
    assert caught.value.setting == setting


def test_a_pointer_has_no_word_to_copy() -> None:
    with pytest.raises(InputError, match="a slot of encoder 'pyramid' stands for several"):
        tiny(encoder={"kind": "pyramid"}, readout="pointer")


def test_a_factor_of_one_leaves_every_slot() -> None:
    vectors, mask = torch.randn(2, 5, 3), torch.ones(2, 5, dtype=torch.bool)
    same, real = joined(vectors, mask, 1)
    assert torch.equal(same, vectors)
    assert torch.equal(real, mask)


def test_columns_of_words_are_joined(tmp_path: Path) -> None:
    """The last slot has a piece of its own unless the end is alone in it."""
    small = ["encoder.kind=pyramid", "encoder.layers=2", "text.kind=word"]
    model = keep(tmp_path / "model", small)
    for line, columns in (
        ("ka te so", ["ka te", "so"]),
        ("ka te so lu", ["ka te", "so lu", "⟨end⟩"]),
        ("ka", ["ka"]),
    ):
        [output] = model.force([line], ["ro mi"])
        assert [token.label for token in output.alignment.columns] == columns
        assert output.alignment.source == line
        assert output.alignment.weights.sum(1) == pytest.approx(1)


def test_links_cannot_guide_slots_that_stand_for_several(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stands for several pieces, and links speak of each") as caught:
        loads('[encoder]\nkind = "pyramid"\n', ["loss.guided=0.5", "data.train_links=a.align"])
    assert caught.value.setting == "loss.guided"
