"""What stands around a product is done by it: fewer nodes, the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from entarte.engine import program as running
from entarte.engine.fuse import bare, fused
from entarte.engine.program import Program
from entarte.engine.wire import Plan, read
from entarte.export.graphs import graphs
from entarte.export.products import PRODUCTS
from entarte.model import Model
from entarte.native import able

from ..laws.models import Make, tiny
from .test_graphs import Running, apart, some

pytestmark = pytest.mark.skipif(not able("float32"), reason="no kernels run here")


def plan(model: Model, to: str, name: str = "step") -> Plan:
    return read(graphs(model, to)[name].SerializeToString())


def done(plan: Plan) -> list[str]:
    """What is left to do."""
    kept, wanted = list[str](), set(plan.outputs)
    for node in reversed(plan.nodes):
        if wanted & set(node.outputs):
            wanted |= set(node.inputs)
            kept.insert(0, bare(node) or node.kind)
    return [kind for kind in kept if kind != "Identity"]


@pytest.mark.parametrize("to", list(PRODUCTS))
def test_a_step_of_the_baseline_is_three_kernels(to: str) -> None:
    cells = {"encoder": {"cell": "lstm"}, "decoder": {"cell": "lstm"}}
    own = plan(tiny("general", **cells), to)
    assert len(done(own)) > 8
    assert done(fused(own)) == ["LstmRead", "Look", "Linear"]


class Alike(Running):
    """Runs each graph as it is written and fused, which must give the same bits."""

    def __init__(self, model: Model, to: str) -> None:
        self.plans = {name: read(graph.SerializeToString()) for name, graph in graphs(model, to).items()}

    def __call__(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
        own = self.plans[name]
        inputs = [np.asarray(feeds[each]) for each in own.inputs]
        found = Program(own)(inputs)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running, "fused", lambda plan: plan)
            wanted = Program(own)(inputs)
        for one, other in zip(found, wanted, strict=True):
            assert np.array_equal(one, other), name
        return dict(zip(own.outputs, found, strict=True))


@pytest.mark.parametrize("make", list(some()))
def test_what_is_fused_gives_the_same_bits(make: Make) -> None:
    apart(tiny(**make, dtype=torch.float32), "onnx", Alike)


@pytest.mark.parametrize("to", ["bfloat16", "int8"])
@pytest.mark.parametrize("name", ["general", "additive", "multi-head"])
def test_so_it_does_in_narrow_numbers(name: str, to: str) -> None:
    if not able(to):
        pytest.skip("no such kernels run here")
    apart(tiny(name, dtype=torch.float32), to, Alike)


def test_what_others_read_is_still_made() -> None:
    """A product whose own result is asked for too keeps its node."""
    from entarte.export.graph import Graph

    g = Graph("odd")
    products = PRODUCTS["onnx"]()
    x = g.take("x", "float", "R", 3)
    y = products.linear(g, x, np.ones((2, 3), np.float32))
    g.give("y", y, "float", "R", 2)
    g.give("z", g("Tanh", y), "float", "R", 2)
    own = read(g.model().SerializeToString())
    y, z = Program(own)([np.ones((4, 3), np.float32)])
    assert np.allclose(z, np.tanh(y))
    assert np.allclose(y, 3)
