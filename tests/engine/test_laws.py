"""The laws over an export: batch-mates, beam of one, forced scores, lines; it says what the model says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from entarte.engine import Engine, Said, load
from entarte.engine.graphs import KINDS
from entarte.export import export
from entarte.export.graph import Graph
from entarte.export.products import PRODUCTS
from entarte.export.row_wise import RowWise
from entarte.generate import Translator
from entarte.native import able

from ..laws.test_law_14_lines_in_lines_out import ODD
from .conftest import LINES, MAKES

Get = Callable[[str], Translator]
Engines = Callable[[str, str], Engine]
every_make = pytest.mark.parametrize("name", MAKES)

WAYS: list[dict[str, Any]] = [
    {},
    {"beam": 4, "n_best": 3},
    {"beam": 3, "stop": "count"},
    {"beam": 3, "stop": "never", "normalise": "gnmt", "alpha": 0.9},
    {"beam": 3, "coverage": 0.3, "normalise": "none"},
    {"beam": 2, "min_length": 4, "max_length": 6},
    {"kind": "greedy"},
    {"kind": "greedy", "min_length": 2, "coverage": 0.2},
]


def same(ours: Said, theirs: Any) -> None:
    """An output of an export in float32 and the model's."""
    assert (ours.text, ours.finished, ours.unread) == (theirs.text, theirs.finished, theirs.unread)
    assert ours.score == pytest.approx(theirs.score, abs=1e-4)
    assert ours.log_probs == pytest.approx(theirs.log_probs, abs=1e-4)
    spans = [[(each.text, each.start, each.end) for each in one.alignment.rows] for one in (ours, theirs)]
    assert spans[0] == spans[1]
    assert np.allclose(ours.alignment.weights, theirs.alignment.weights, atol=1e-5)


@pytest.mark.parametrize("way", WAYS, ids=str)
@every_make
def test_float32_says_what_the_model_says(
    name: str, way: dict[str, Any], model: Get, engine: Engines, runner: str
) -> None:
    """Law 7, for whole translations, with rows that come and go: a batch of 3."""
    kind = way.get("kind", "beam")
    options = {key: value for key, value in way.items() if key != "kind"}
    theirs = model(name).translate(LINES, search=kind, **options)
    ours = engine(name, "onnx").translate(LINES, batch=3, kind=kind, **options)
    for one, other in zip(ours, theirs, strict=True):
        assert len(one.ranked()) == len(other.ranked())
        for mine, yours in zip(one.ranked(), other.ranked()):
            same(mine, yours)


def bitwise(outputs: list[Said]) -> list[Any]:
    """All of some outputs, so that == compares every bit."""
    return [
        (one.text, one.score, one.log_probs, None if one.weights is None else one.weights.tobytes())
        for each in outputs
        for one in each.ranked()
    ]


def check_batches(engine: Engine, **options: Any) -> None:
    """Law 2: alone, in any batch, in any order, by any worker, the same bits."""
    whole = engine.translate(LINES, beam=3, n_best=2, **options)
    for way in ({"batch": 1}, {"batch": 5}, {"workers": 2, "batch": 4}):
        assert bitwise(engine.translate(LINES, beam=3, n_best=2, **way, **options)) == bitwise(whole), way
    backwards = engine.translate(LINES[::-1], beam=3, n_best=2, batch=7, **options)
    assert bitwise(backwards[::-1]) == bitwise(whole)


@every_make
def test_int8_does_not_depend_on_batch_mates(name: str, engine: Engines, runner: str) -> None:
    check_batches(engine(name, "int8"))


@pytest.mark.parametrize("to", ["onnx", "bfloat16"])
@every_make
def test_kernels_do_not_depend_on_batch_mates(name: str, to: str, engine: Engines) -> None:
    """Whatever the numbers are: a sum runs in one order, however many rows there are."""
    if not able(KINDS[to]):
        pytest.skip("no such kernels run here")
    check_batches(engine(name, to))


class OneScale(RowWise):
    """What is usual: one scale for all rows of a batch."""

    def sums(self, g: Graph, x: str, held: Sequence[str], bounded: bool) -> str:
        weight, scale, bias = held
        rows, small, zero = g.many("DynamicQuantizeLinear", 3, x)
        sums = g("Cast", g("MatMulInteger", rows, g.turn(weight, 1, 0), zero), to=1)
        return g("Add", g("Mul", g("Mul", sums, small), scale), bias)


def test_control_one_scale_for_a_batch_is_found(
    model: Get, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, no_kernels: None
) -> None:
    monkeypatch.setitem(PRODUCTS, "int8", OneScale)
    export(model("general"), "int8", tmp_path / "usual", lines=LINES[:2])
    with pytest.raises(AssertionError):
        check_batches(load(tmp_path / "usual"))


@pytest.mark.parametrize("to", PRODUCTS)
@every_make
def test_a_beam_of_one_is_greedy(name: str, to: str, engine: Engines, runner: str) -> None:
    """Law 3; and greedy search that computes no probability says the same."""
    made = engine(name, to)
    greedy = made.translate(LINES, kind="greedy")
    assert bitwise(made.translate(LINES, beam=1)) == bitwise(greedy)
    blind = made.translate(LINES, kind="greedy", scores=False, looks=False)
    assert [each.text for each in blind] == [each.text for each in greedy]
    assert all(np.isnan(each.score) and each.log_probs == () for each in blind if each.source)


@every_make
def test_scores_are_the_models_forced_scores(name: str, model: Get, engine: Engines, runner: str) -> None:
    """Law 4, piece by piece; of an output that its limit cut off, the end was never asked for."""
    translator = model(name)
    outputs = [each for each in engine(name, "onnx").translate(LINES, beam=3) if each.log_probs]
    said = [[piece.id for piece in each.pieces[1]] for each in outputs]
    forced = translator.forced(translator.read([each.source for each in outputs]), said)
    assert len(outputs) == len(LINES) - 1
    for ours, theirs in zip(outputs, forced, strict=True):
        assert ours.weights is not None
        count = len(ours.log_probs)
        assert count == len(theirs.log_probs) - (not ours.finished)
        assert ours.log_probs == pytest.approx(theirs.log_probs[:count], abs=1e-4)
        slots = ours.weights.shape[2]
        assert np.allclose(ours.weights, theirs.weights[:count, :, :slots].numpy(), atol=1e-5)


@every_make
def test_scores_in_bfloat16_are_near_the_models_forced_scores(name: str, model: Get, engine: Engines) -> None:
    """Law 4, to the precision of the numbers; over many steps models of chance part ways."""
    translator = model(name)
    outputs = [each for each in engine(name, "bfloat16").translate(LINES, beam=3) if each.log_probs]
    said = [[piece.id for piece in each.pieces[1]] for each in outputs]
    forced = translator.forced(translator.read([each.source for each in outputs]), said)
    for ours, theirs in zip(outputs, forced, strict=True):
        count = min(len(ours.log_probs), 8)
        assert ours.log_probs[:count] == pytest.approx(theirs.log_probs[:count], abs=0.06)


@pytest.mark.parametrize("stop", ["best", "never"])
def test_dropping_what_cannot_win_loses_nothing(stop: str, engine: Engines) -> None:
    """The prefixes that are dropped with stop = best are none that stop = never would return."""
    made = engine("general", "int8")
    found = made.translate(LINES, beam=4, n_best=3, stop=stop)
    assert bitwise(found) == bitwise(made.translate(LINES, beam=4, n_best=3, stop="best"))


@pytest.mark.parametrize("to", PRODUCTS)
def test_n_lines_in_n_lines_out(to: str, engine: Engines) -> None:
    """Law 14."""
    made = engine("general", to)
    outputs = made.translate(ODD, batch=4)
    assert [each.source for each in outputs] == ODD
    for each in outputs:
        assert "\n" not in each.text
        if not made.source.ids(each.source):
            assert (each.text, each.log_probs) == ("", ())
        assert each.alignment.weights.shape == (len(each.log_probs), len(each.alignment.columns))
    assert made.translate([]) == []
    assert [each.text for each in made.translate([""] * 3)] == [""] * 3


def test_lines_are_streamed(engine: Engines) -> None:
    """The first outputs are there before the last lines are read."""
    from entarte.engine.engine import CHUNK

    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield "ka te" if read % 3 else ""

    stream = engine("general", "int8").stream(endless(), kind="greedy", batch=1)
    for number in range(1, 2 * CHUNK):
        next(stream)
        assert read <= number + CHUNK


def test_an_overlong_source_is_cut_as_the_model_cuts_it(model: Get, engine: Engines) -> None:
    [theirs] = model("general").translate(["ka te so mun"], longest=5)
    [ours] = engine("general", "onnx").translate(["ka te so mun"], longest=5)
    assert ours.unread > 0
    same(ours, theirs)
