"""When the engine looks for the best word of int8 among few."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from entarte.engine.functions import Words
from entarte.engine.kernel import Kernel
from entarte.export import row_wise
from entarte.export.front import front
from entarte.export.graphs import graphs
from entarte.export.row_wise import narrow
from entarte.native import Front, able, kernels

from ..laws.models import tiny

if not able("int8"):
    pytest.skip("no kernels run here", allow_module_level=True)

ONE, NO = np.array([1]), np.array(False)


def words(seed: int, flat: bool, bias: float = 1.0) -> tuple[Words, NDArray[np.float32]]:
    """An output layer whose rows prefer some directions, or (flat) none; and features."""
    chance = np.random.default_rng(seed)
    weight = chance.standard_normal((900, 128)).astype(np.float32)
    if not flat:
        weight *= np.exp(-4 * np.arange(128) / 128).astype(np.float32)
    held = [*narrow(weight), bias * chance.standard_normal(900).astype(np.float32)]
    return Words(held, False, front(*held)), chance.standard_normal((40, 128)).astype(np.float32)


def alike(found: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("rows", [1, 40])
def test_it_serves_searches_that_want_one_word_and_no_scores(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is found is what all words give."""
    own, x = words(1, flat=False)
    wanted = kernels.words(own.matrix, x[:rows], 1, False)
    assert alike(own(x[:rows], ONE, NO), wanted)
    used: list[int] = []
    monkeypatch.setattr(kernels, "fronted", lambda *_: used.append(1) or (*wanted, 0))
    own(x[:rows], ONE, NO)
    assert used
    for k, scores in ((np.array([4]), NO), (ONE, np.array(True))):
        assert alike(own(x, k, scores), kernels.words(own.matrix, x, int(k[0]), bool(scores)))
    assert len(used) == 1


def test_one_that_does_not_help_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    own, x = words(2, flat=True, bias=0)
    tired = 0.01 * x  # no word is far ahead of the others
    first = own(tired, ONE, NO)
    assert not own.pays
    monkeypatch.setattr(kernels, "fronted", lambda *_: 1 / 0)
    assert alike(own(tired, ONE, NO), first)


def test_the_front_of_another_matrix_is_refused() -> None:
    one, other = (words(seed, flat=False)[0] for seed in (1, 3))
    with pytest.raises(ValueError, match="the front of another matrix"):
        Front([each[:800] for each in one.held], other.long, bounded=False)


def test_a_large_matrix_brings_one_to_its_export(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A small one has none; both say the same."""
    model = tiny("general", dtype=torch.float32)
    features = np.tanh(np.random.default_rng(1).standard_normal((7, model.readout.width))).astype(np.float32)
    said = []
    for large in (1 << 21, 0):
        monkeypatch.setattr(row_wise, "LARGE", large)
        path = tmp_path / f"{large}.onnx"
        path.write_bytes(graphs(model, "int8")["say"].SerializeToString())
        own = Kernel(path)
        run = own.opened[1].steps[0].run
        assert isinstance(run, Words)
        assert run.pays == (large == 0)
        said.append(own({"features": features, "k": ONE, "scores": NO}))
    assert alike(*said)
