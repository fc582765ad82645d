"""Law 8: save → load → the same numbers, bit for bit."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor

from entarte import batch, saved
from entarte.attention import ATTENTIONS
from entarte.generate import Translator
from entarte.model import Model, set_weights, weights
from entarte.run import MODEL
from entarte.tensors import pack, unpack

from .models import Make, every_word, flat, pairs, searched, tiny
from .small import keep
from .small import pairs as sentences

LINES = [source for source, _ in sentences(3, seed=5)]
GIVEN = [target for _, target in sentences(3, seed=6)]


def numbers(model: Model) -> list[Tensor]:
    """Everything that a forced pass says."""
    source, target = pairs()
    with torch.no_grad():
        unrolled = model.unroll(source, target)
        return flat((every_word(model, unrolled, source), unrolled.weights, unrolled.state))


def same(ours: list[Tensor], theirs: list[Tensor]) -> bool:
    return len(ours) == len(theirs) and all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def check_weights(model: Model, other: Model, path: Path) -> None:
    """The weights of a model through a file into another one, which then says the same."""
    assert not same(numbers(model), numbers(other))
    path.write_bytes(pack(weights(model)))
    set_weights(other, unpack(path))
    assert same(numbers(model), numbers(other)), "other numbers"
    assert pack(weights(other)) == path.read_bytes(), "another file"


@pytest.mark.parametrize("make", searched())
def test_weights_through_a_file(make: Make, tmp_path: Path) -> None:
    check_weights(tiny(**make), tiny(**make, seed=9), tmp_path / "weights")


def check_folder(kept: Translator, folder: Path) -> None:
    """Scores and outputs, alignments and n-best lists with them."""
    loaded = saved.load(folder)
    assert loaded.settings == kept.settings
    source = batch.source(kept.source.ids_many(LINES))
    target = batch.target(kept.target.ids_many(GIVEN))
    with torch.inference_mode():
        ours, theirs = kept.model.force(source, target), loaded.model.force(source, target)
    assert same(flat(tuple(ours)), flat(tuple(theirs))), "other numbers"
    assert kept.translate(LINES, n_best=2) == loaded.translate(LINES, n_best=2)
    assert kept.force(LINES, GIVEN) == loaded.force(LINES, GIVEN)


@pytest.mark.parametrize(
    ("tied", "text"),
    [
        ("none", "text.shared=true"),
        ("none", "text.shared=false"),
        ("target", "text.shared=false"),
        ("all", "text.kind=word"),
    ],
)
def test_folder(tied: str, text: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    check_folder(keep(folder, [text, f"model.tied={tied}"]), folder)


@pytest.mark.parametrize("attention", [kind for kind in ATTENTIONS if kind != "general"])
def test_folder_with_every_attention(attention: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    check_folder(keep(folder, [f"attention.kind={attention}"]), folder)


@pytest.mark.parametrize("tied", ["none", "target", "all"])
def test_shared_weights_are_kept_once(tied: str, tmp_path: Path) -> None:
    """And are still one after loading: a step on one is a step on all."""
    keep(tmp_path / "model", [f"model.tied={tied}"])
    names = sorted(unpack(tmp_path / "model" / MODEL))
    tables = [name for name in names if "table" in name or name.endswith("readout.weight")]
    assert len(tables) == {"none": 3, "target": 2, "all": 1}[tied]
    model = saved.load(tmp_path / "model").model
    table = model.target.table.weight  # type: ignore[union-attr]
    assert (model.readout.weight is table) == (tied != "none")
    assert (model.source is model.target) == (tied == "all")


def test_nothing_that_can_hold_code_is_written(tmp_path: Path) -> None:
    keep(tmp_path / "model", [])
    for path in (tmp_path / "model").rglob("*"):
        if path.is_file():
            with pytest.raises(Exception):  # noqa: B017 - whatever pickle says of it
                pickle.loads(path.read_bytes())


def test_control_a_weight_that_is_not_saved_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a list of modules is a plain list: the file lacks them, and loading says nothing."""

    def forgetful(model: Model, tensors: dict[str, Tensor]) -> None:
        own = dict(model.named_parameters())
        for name, tensor in tensors.items():
            if "attention" not in name:
                own[name].data.copy_(tensor)

    monkeypatch.setitem(globals(), "set_weights", forgetful)
    with pytest.raises(AssertionError, match="other numbers"):
        check_weights(tiny(), tiny(seed=9), tmp_path / "weights")


def test_control_half_precision_on_the_way_is_found(tmp_path: Path) -> None:
    kept = keep(tmp_path / "model", [])
    with torch.no_grad():
        for parameter in kept.model.parameters():
            parameter.copy_(parameter.half())
    with pytest.raises(AssertionError):
        check_folder(kept, tmp_path / "model")
