"""How several tasks share an epoch."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from entarte.mixing import mixed, shares
from entarte.order import batches

PARTS = ["large"] * 90 + ["small"] * 10


def test_shares_are_those_of_the_paper() -> None:
    assert shares([90, 10], 1).tolist() == pytest.approx([0.9, 0.1])
    assert shares([90, 10], 2).tolist() == pytest.approx([0.75, 0.25])
    assert shares([90, 10], 1e9).tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("temperature", [1.0, 1.7, 2.0, 50.0])
def test_an_epoch_has_each_task_by_its_share(temperature: float) -> None:
    for epoch in range(3):
        numbers = mixed(PARTS, temperature, seed=3, epoch=epoch)
        assert len(numbers) == 100
        counts = Counter(PARTS[n] for n in numbers)
        wanted = 100 * shares([90, 10], temperature)
        assert counts["large"] == pytest.approx(wanted[0], abs=1)
        assert counts["small"] == pytest.approx(wanted[1], abs=1)


def test_pairs_of_a_task_come_equally_often_over_the_epochs() -> None:
    seen = Counter(int(n) for epoch in range(7) for n in mixed(PARTS, 2.0, 1, epoch))
    for task in ("large", "small"):
        times = [seen[n] for n, part in enumerate(PARTS) if part == task]
        assert max(times) - min(times) <= 1


def test_an_epoch_depends_on_seed_and_number_alone() -> None:
    one, same = mixed(PARTS, 2.0, 1, 4), mixed(PARTS, 2.0, 1, 4)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, mixed(PARTS, 2.0, 2, 4))
    assert not np.array_equal(one, mixed(PARTS, 2.0, 1, 5))
    assert sorted(mixed(PARTS, 1.0, 1, 0).tolist()) == list(range(100))


def test_batches_of_chosen_pairs_hold_these_and_no_others() -> None:
    lengths = [1 + n % 7 for n in range(100)]
    numbers = mixed(PARTS, 3.0, 1, 0)
    found = [n for batch in batches(lengths, lengths, 20, 1, 0, numbers) for n in batch]
    assert Counter(found) == Counter(numbers.tolist())
    every = batches(lengths, lengths, 20, 1, 0)
    assert every == batches(lengths, lengths, 20, 1, 0, range(100))
