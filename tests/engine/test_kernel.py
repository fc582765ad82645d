"""Graphs run by our own kernels, against ONNX Runtime, which runs what the file says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import entarte.export
from entarte.engine import Engine
from entarte.engine import graphs as running
from entarte.engine.functions import FUNCTIONS
from entarte.engine.fuse import BOUNDED
from entarte.engine.graphs import runs
from entarte.engine.kernel import Kernel
from entarte.engine.operators import OPERATORS, conv, expand, part, reshape
from entarte.engine.session import Imitated, Session
from entarte.errors import DamagedError, InputError
from entarte.export.graph import Graph
from entarte.export.graphs import graphs
from entarte.export.products import PRODUCTS
from entarte.model import Model
from entarte.native import able

from ..laws.models import Make, tiny
from .test_graphs import Running, apart, some

here = pytest.mark.skipif(not able("float32"), reason="no kernels run here")
CLOSE = {"onnx": 1e-5, "bfloat16": 0.02, "int8": 0.02}
"""How near two runtimes are: what is rounded may fall to either side."""


class Both(Running):
    """Graphs run by ONNX Runtime and by the kernels, which must agree."""

    def __init__(self, model: Model, to: str, folder: Path) -> None:
        super().__init__(model, to)
        self.close = CLOSE[to]
        self.mine: dict[str, Kernel] = {}
        for name, graph in graphs(model, to).items():
            (folder / name).write_bytes(graph.SerializeToString())
            self.mine[name] = Kernel(folder / name)

    def __call__(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
        found, mine = super().__call__(name, feeds), self.mine[name]
        assert mine.gives == list(found)
        for each, value in zip(mine.gives, mine(feeds), strict=True):
            if each != "ids":
                assert value.dtype == found[each].dtype
                assert np.abs(value.astype(float) - found[each]).max() < self.close, (name, each)
        return found


@here
@pytest.mark.parametrize("make", list(some()))
def test_kernels_run_every_part_that_can_be_exported(make: Make, tmp_path: Path) -> None:
    """Law 7 for operators, loops, cells and attentions, whatever the model is made of."""
    apart(tiny(**make, dtype=torch.float32), "onnx", lambda model, to: Both(model, to, tmp_path))


@pytest.mark.parametrize("to", ["bfloat16", "int8"])
@pytest.mark.parametrize("name", ["general", "additive", "multi-head"])
def test_kernels_do_what_is_written_down(name: str, to: str, tmp_path: Path) -> None:
    if not able(to):
        pytest.skip("no such kernels run here")
    apart(tiny(name, dtype=torch.float32), to, lambda model, to: Both(model, to, tmp_path))


def test_a_front_is_for_who_can_use_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ONNX Runtime leaves it unread."""
    if not able("int8"):
        pytest.skip("no such kernels run here")
    monkeypatch.setattr("entarte.export.row_wise.LARGE", 0)
    apart(tiny("general", dtype=torch.float32), "int8", lambda model, to: Both(model, to, tmp_path))


def written() -> Iterator[str]:
    """Each operator that is in the export's code, but inside functions, which kernels do as a whole."""
    node = re.compile(r'(?:g|self|body|inner|make_node)(?:\.many)?\(\s*"([A-Z]\w+)"')
    for path in (Path(entarte.export.__file__).parent).glob("*.py"):
        if path.stem not in ("products", "row_wise", "narrow", "ranked"):
            yield from node.findall(path.read_text("utf-8"))


def test_every_operator_that_is_written_is_known() -> None:
    names = set(written())
    assert names - OPERATORS.keys() <= {"Scan", "Constant", "Identity"}
    assert not OPERATORS.keys() - names, "an operator that nothing writes"


def test_every_function_that_is_written_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    lstm = {"encoder": {"cell": "lstm"}, "decoder": {"cell": "lstm", "layers": 2}}
    models = [tiny("general"), tiny("general", **lstm)]
    made = [graph for to in PRODUCTS for model in models for graph in graphs(model, to).values()]
    monkeypatch.setattr("entarte.export.row_wise.LARGE", 0)
    made += graphs(models[0], "int8").values()
    names = {each.name.removesuffix(BOUNDED) for graph in made for each in graph.functions}
    assert names == FUNCTIONS.keys()


def test_operators() -> None:
    x = np.random.default_rng(1).standard_normal((2, 3, 4)).astype(np.float32)
    assert reshape(x, np.array([0, -1])).shape == (2, 12)
    assert expand(x, np.array([5, 1, 3, 1])).shape == (5, 2, 3, 4)
    assert np.array_equal(part(x, np.array([1]), np.array([9]), np.array([2])), x[:, :, 1:])
    own = torch.from_numpy(x[:, :1])
    filters = torch.randn(5, 1, 3, generator=torch.Generator().manual_seed(1))
    wanted = torch.nn.functional.conv1d(own, filters, padding=1)
    assert np.allclose(conv([1, 1])(x[:, :1], filters.numpy()), wanted, atol=1e-6)


def test_an_operator_that_is_unknown_is_named(tmp_path: Path) -> None:
    g = Graph("odd")
    g.give("y", g("Erf", g.take("x", "float", "R")), "float", "R")
    (tmp_path / "odd.onnx").write_bytes(g.model().SerializeToString())
    with pytest.raises(DamagedError, match=r"odd\.onnx: cannot be run \(no operator ':Erf' is known\)"):
        Kernel(tmp_path / "odd.onnx")({"x": np.ones(2, np.float32)})


@pytest.mark.parametrize("cut", [1, 7, 100, 1000])
def test_a_graph_that_is_cut_short_is_damaged(cut: int, tmp_path: Path) -> None:
    data = graphs(tiny("general"), "onnx")["step"].SerializeToString()
    (tmp_path / "step.onnx").write_bytes(data[:-cut])
    with pytest.raises(DamagedError, match=r"step\.onnx: cannot be run"):
        Kernel(tmp_path / "step.onnx")({})


def test_where_kernels_run_they_are_taken() -> None:
    for to in PRODUCTS:
        assert (runs(to) is Kernel) == able(running.KINDS[to])


def test_without_kernels_onnx_runtime_runs_an_export(no_kernels: None) -> None:
    assert [runs(to) for to in PRODUCTS] == [Session, Imitated, Session]


def test_a_kind_of_a_newer_version_is_not_run() -> None:
    with pytest.raises(InputError, match=r"cannot run an export to 'int4'\. Upgrade Entarté"):
        runs("int4")


def test_weights_are_held_in_two_bytes(engine: Callable[[str, str], Engine]) -> None:
    wide, narrow = (engine("general", to).graphs.sayer.path.stat().st_size for to in ("onnx", "bfloat16"))
    assert narrow < 0.75 * wide
