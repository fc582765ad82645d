"""Law 7: the graphs of an export compute what the model computes, for every part that can be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from entarte.decoder.start import Learned
from entarte.errors import InputError
from entarte.export.decoder import bounded
from entarte.export.graphs import graphs, why_not
from entarte.export.row_wise import RowWise, narrow
from entarte.model import Model
from entarte.state import select

from ..laws.models import SOURCES, Make, looks, readers, sayers, source_of, stacks, starts, tiny

WIDE = 8
"""Slots that sources are padded to."""


def some() -> Iterator[Any]:
    """Makes that can be exported; a part of them in the default run."""
    number = 0
    for family, often in ((looks(), 2), (readers(), 4), (starts(), 6), (sayers(), 3), (stacks(), 4)):
        for name, make, now in family:
            number += 1
            if make.get("readout") == "pointer" or "transformer" in str(make):
                continue
            marks = () if now and number % often == 0 else pytest.mark.slow
            yield pytest.param(make, id=name, marks=marks)


class Running:
    """The graphs of a model, run step by step."""

    def __init__(self, model: Model, to: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        self.sessions = {
            name: onnxruntime.InferenceSession(graph.SerializeToString(), options, ["CPUExecutionProvider"])
            for name, graph in graphs(model, to).items()
        }

    def __call__(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
        session = self.sessions[name]
        takes = [each.name for each in session.get_inputs()]
        gives = [each.name for each in session.get_outputs()]
        return dict(zip(gives, session.run(None, {each: feeds[each] for each in takes}), strict=True))


@torch.no_grad()
def apart(model: Model, to: str, running: Callable[[Model, str], Running] = Running) -> float:
    """The largest difference of a log-probability or a weight in three steps of two rows a source."""
    run = running(model, to)
    source = source_of(SOURCES)
    more = ((0, 0), (0, WIDE - source.inputs.size(1)))
    ids, mask = np.pad(source.inputs.numpy(), more), np.pad(source.mask.numpy(), more)
    read = run("encode", {"ids": ids, "mask": mask})
    memory = {name: part for name, part in read.items() if name.startswith("memory.")}
    state = {name: part for name, part in read.items() if name.startswith("state.")}
    bound = model.bind(source)
    rows = torch.tensor([0, 0, 1, 1, 2, 2])
    theirs, tokens = select(bound.start(), rows), torch.tensor([4, 5, 6, 7, 8, 9])
    place = {"place": np.arange(6).reshape(3, 2), "back": np.arange(6)}
    most = 0.0
    for number in range(3):
        feeds = {"tokens": tokens.numpy(), "parents": rows.numpy(), "position": np.full(6, number)}
        ours = run("step", {**feeds, **place, **memory, **state})
        step = bound.step(tokens, theirs)
        said = run(
            "say",
            {
                "features": ours["features"],
                "k": np.array([len(model.readout.weight)]),
                "scores": np.array(True),
            },
        )
        log_probs = np.empty_like(said["log_probs"])
        np.put_along_axis(log_probs, said["ids"], said["log_probs"], 1)
        weights = ours["weights"][..., : step.weights.size(-1)]
        assert (ours["weights"][..., step.weights.size(-1) :] == 0).all(), "padding is looked at"
        for one, other in ((log_probs, step.log_probs), (weights, step.weights)):
            most = max(most, float(np.abs(one - other.numpy()).max()))
        state = {f"state.{name[5:]}": part for name, part in ours.items() if name.startswith("next.")}
        rows, tokens = torch.tensor([1, 0, 3, 3, 4, 5]), tokens.flip(0)
        theirs = select(step.state, rows)
    return most


@pytest.mark.parametrize("make", list(some()))
def test_a_step_in_float32_is_the_models(make: Make) -> None:
    assert apart(tiny(**make, dtype=torch.float32), "onnx") < 1e-5


def test_a_gate_table_that_would_be_too_large_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entarte.export.decoder.TABLE", 10)
    for cell in ("lstm", "gru"):
        assert apart(tiny(decoder={"cell": cell}, encoder={"cell": cell}, dtype=torch.float32), "onnx") < 1e-5


def test_what_words_add_to_the_encoder_is_a_table_where_it_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way gives the same; the table is made for each direction of the lowest layer."""
    for cell in ("lstm", "gru", "rnn"):
        model = tiny(encoder={"cell": cell, "layers": 2, "directions": "both"}, dtype=torch.float32)
        assert apart(model, "onnx") < 1e-5
        sizes = []
        for room in (10, 2**24):
            monkeypatch.setattr("entarte.export.encoder.TABLE", room)
            sizes.append(len(graphs(model, "onnx")["encode"].graph.initializer))
            assert apart(model, "onnx") < 1e-5
        assert sizes[0] != sizes[1], "no table was made"


@pytest.mark.parametrize("layers", [1, 2])
def test_what_is_not_bounded_is_not_cut_off(layers: int) -> None:
    """A learned first state may lie far outside −1 to 1; so may the sum of a layer and its input."""
    free = {"start": "learned", "layers": layers, "residual": layers > 1}
    model = tiny("general", decoder=free, dtype=torch.float32)
    first = model.decoder.first
    assert isinstance(first, Learned)
    with torch.no_grad():
        first.vectors.mul_(30)
    assert apart(model, "int8") < 0.2
    bound = tiny("general", dtype=torch.float32)
    assert bounded(bound.encoder, bound.decoder)  # type: ignore[arg-type]
    assert not bounded(model.encoder, model.decoder)  # type: ignore[arg-type]


def test_int8_is_near() -> None:
    """Every product by 127 steps to either side: some per cent of what such weights give."""
    assert 1e-4 < apart(tiny("general", dtype=torch.float32), "int8") < 0.2


def test_bfloat16_is_near() -> None:
    """As it is defined, run by ONNX Runtime: every number by eight binary digits."""
    assert 1e-4 < apart(tiny("general", dtype=torch.float32), "bfloat16") < 0.05


def test_rows_are_rounded_to_127_steps_of_their_own() -> None:
    chance = np.random.default_rng(1)
    matrix = (chance.standard_normal((6, 9)) * 10.0 ** np.arange(-3, 3)[:, None]).astype(np.float32)
    whole, scale = narrow(matrix)
    assert (np.abs(whole).max(1) == 127).all()
    assert (np.abs(whole * scale[:, None] - matrix) <= scale[:, None] * 0.501).all()


@pytest.mark.parametrize(
    ("make", "part"),
    [
        ({"readout": "pointer"}, "readout readout.pointer.Pointer"),
        ({"encoder": {"kind": "transformer"}}, "encoder encoder.transformer.Transformer"),
    ],
)
def test_what_cannot_be_exported_is_named(make: Make, part: str) -> None:
    model = tiny(**make)
    assert why_not(model) == part
    with pytest.raises(InputError, match=f"a model with {part} cannot be exported yet"):
        graphs(model, "onnx")


@pytest.mark.parametrize("bounded", [False, True])
def test_row_wise_products_are_what_they_say(bounded: bool) -> None:
    """y = s_r t_n Σ q p + b, computed here by hand."""
    from entarte.export.graph import Graph

    chance = np.random.default_rng(2)
    x = chance.standard_normal((3, 7)).astype(np.float32)
    x[1] = 0.0
    if bounded:
        x = np.tanh(x)
    weight, bias = chance.standard_normal((5, 7)).astype(np.float32), np.arange(5, dtype=np.float32)
    g = Graph("one")
    g.give("y", RowWise().linear(g, g.take("x", "float", "R", 7), weight, bias, bounded), "float", "R", 5)
    session = onnxruntime.InferenceSession(g.model().SerializeToString(), providers=["CPUExecutionProvider"])
    whole, scale = narrow(weight)
    small = np.full(3, 1 / 127) if bounded else np.maximum(np.abs(x).max(1), 1e-12) / 127
    exact = (np.rint(x / small[:, None]) @ whole.T.astype(float)) * small[:, None] * scale + bias
    assert np.abs(session.run(None, {"x": x})[0] - exact).max() < 1e-5
