"""When the engine looks for the best word of int8 among few."""

from __future__ import annotations

import numpy as np
import pytest

from entarte.engine import functions
from entarte.engine.functions import Words
from entarte.export.row_wise import narrow
from entarte.native import able, kernels

if not able("int8"):
    pytest.skip("no kernels run here", allow_module_level=True)


def words(seed: int, flat: bool) -> tuple[Words, np.ndarray]:
    """An output layer whose rows prefer some directions, or (flat) none."""
    chance = np.random.default_rng(seed)
    weight = chance.standard_normal((900, 128)).astype(np.float32)
    if not flat:
        weight *= np.exp(-4 * np.arange(128) / 128).astype(np.float32)
    whole, scales = narrow(weight)
    held = [whole, scales, chance.standard_normal(900).astype(np.float32)]
    return Words(held, False), chance.standard_normal((40, 128)).astype(np.float32)


def test_a_front_is_made_once_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """For searches that want one word and no scores; what is found does not change."""
    monkeypatch.setattr(functions, "LARGE", 0)
    monkeypatch.setattr(functions, "PAYS", 100)
    own, x = words(1, flat=False)
    wanted = kernels.words(own.matrix, x, 1, False)
    made = []
    for _ in range(5):
        for one, other in zip(own(x, np.array([1]), np.array(False)), wanted, strict=True):
            assert np.array_equal(one, other)
        made.append(own.front is not None)
    assert made == [False, False, True, True, True]
    for k, scores in ((4, False), (1, True)):
        monkeypatch.setattr(kernels, "fronted", lambda *_: 1 / 0)
        own(x, np.array([k]), np.array(scores))


def test_a_front_that_does_not_help_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "LARGE", 0)
    monkeypatch.setattr(functions, "PAYS", 0)
    own, x = words(2, flat=True)
    tired = 0.01 * x  # no word is far ahead of the others
    own.held[2][:] = 0
    first = own(tired, np.array([1]), np.array(False))
    assert own.front is not None
    assert not own.pays
    monkeypatch.setattr(kernels, "fronted", lambda *_: 1 / 0)
    for one, other in zip(own(tired, np.array([1]), np.array(False)), first, strict=True):
        assert np.array_equal(one, other)


def test_small_ones_have_none() -> None:
    own, x = words(3, flat=False)
    own.rows = functions.PAYS
    own(x, np.array([1]), np.array(False))
    assert own.front is None
