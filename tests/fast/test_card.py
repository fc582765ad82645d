"""The kernels of a card where there is none: interpreted, compiled for cards, and counted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from entarte import batch, fast
from entarte.batch import Source
from entarte.fast import card
from entarte.fast.flow import Flow
from entarte.fast.products import NARROW, WIDE, Products, fitting
from entarte.model import Model

Make = Callable[..., Model]

FUSED = Products(fused=True)
FUSED_NARROW = Products(torch.bfloat16, fused=True)
SOURCE = batch.source([[5, 6, 7, 8, 4], [9, 4]])
CARDS = {80: "an A100", 90: "an H100 or H200"}


@pytest.fixture
def triton() -> Any:
    return pytest.importorskip("triton", reason="Triton, in which the kernels are written, is not installed")


def test_interpreted(triton: Any) -> None:
    inner = Path(__file__).with_name("fused.py")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(inner)]
    settings = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=110, env=settings)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def unrolled(model: Model, steps: int, products: Products, source: Source = SOURCE) -> Tensor:
    """The features of two sentences that are unrolled over so many steps."""
    memory = model.encode(source)
    keys, state = model.decoder.keys(memory), model.decoder.start(memory)
    words = torch.ones(2, steps, 5, requires_grad=True)
    found = fast.unroll(model.decoder, words, memory, keys, state, products)
    assert found is not None
    return found.features


class Launches(TorchDispatchMode):
    """Counts what a card would be told to start: operations that are neither views nor only room."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, act: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        room = act.overloadpacket.__name__.startswith(("empty", "new_empty"))
        view = any(one.alias_info and not one.alias_info.is_write for one in act._schema.returns)
        self.count += not (room or view)
        return act(*args, **(kwargs or {}))

    def kernel(self, *_: Any, **__: Any) -> None:
        """Stands in for the start of one of ours."""
        self.count += 1


def a_step(model: Model, products: Products, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """What one more step starts there, and back."""
    counts = []
    for steps in (5, 6):
        model.zero_grad()
        with Launches() as launches:
            if products.fused:
                monkeypatch.setattr("entarte.fast.card.launch.start", launches.kernel)
            features = unrolled(model, steps, products)
            there = launches.count
            features.backward(torch.ones_like(features))
        counts.append((there, launches.count - there))
    return counts[1][0] - counts[0][0], counts[1][1] - counts[0][1]


@pytest.mark.parametrize(
    ("options", "single", "narrow", "fused"),
    [
        ({}, (16, 23), (27, 31), (7, 6)),
        ({"cell": "gru"}, (14, 21), (25, 30), (7, 6)),
        ({"cell": "rnn"}, (10, 12), (20, 20), (7, 6)),
        ({"layers": 2}, (26, 38), (42, 51), (11, 9)),
    ],
    ids=["lstm", "gru", "rnn", "two layers"],
)
@pytest.mark.usefixtures("sums")
def test_launches_of_a_step(
    make: Make,
    triton: Any,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    single: tuple[int, int],
    narrow: tuple[int, int],
    fused: tuple[int, int],
) -> None:
    """The figures of docs/speed.md: general attention, input feeding, dropout of the attentional vector."""
    cell = {"cell": options.get("cell", "lstm"), "layers": options.get("layers", 1)}
    model = make(cell, dtype=torch.float32, said={"dropout": 0.3}, **options)
    found = [a_step(model, products, monkeypatch) for products in (WIDE, NARROW, FUSED, FUSED_NARROW)]
    assert found == [single, narrow, fused, fused]


class Absent:
    """A driver of a card that is not there: Triton compiles for it, and nothing is run."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.utils = self
        self.codes: dict[str, bytes] = {}
        self.started: set[str] = set()

    def get_current_target(self) -> Any:
        return self.target

    def get_current_device(self) -> int:
        return int(self.target.arch)  # code is kept by device

    def get_current_stream(self, device: int) -> int:
        return 0

    def get_device_properties(self, device: int) -> dict[str, int]:
        return {"max_shared_mem": 100_000}

    def load_binary(self, name: str, code: bytes, shared: int, device: int) -> tuple[int, ...]:
        self.codes[f"{name} {len(self.codes)}"] = code
        return 0, 0, 0, 0, 1024

    def launcher_cls(self, source: Any, facts: Any) -> Callable[..., None]:
        assert facts.target == self.target
        return lambda *_: self.started.add(facts.name)


@pytest.fixture(params=CARDS, ids=CARDS.values())
def absent(
    request: pytest.FixtureRequest, triton: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Absent:
    from triton.backends.compiler import GPUTarget
    from triton.runtime import driver

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    found = Absent(GPUTarget("cuda", request.param, 32))
    monkeypatch.setattr(driver, "_active", found)
    return found


def used(codes: dict[str, bytes], triton: Any, folder: Path) -> dict[str, str]:
    """The resources that machine code takes, in the words of NVIDIA's tool."""
    found = {}
    for number, (name, code) in enumerate(codes.items()):
        path = folder / f"{number}.cubin"
        path.write_bytes(code)
        asked = [triton.knobs.nvidia.cuobjdump.path, "-res-usage", str(path)]
        told = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        found[name] = told.stdout
    return found


@pytest.mark.usefixtures("sums")
def test_compiled(make: Make, absent: Absent) -> None:
    """All that a training starts becomes machine code of a card, once for sources of many lengths."""
    model = make(attention="scaled-dot", dtype=torch.float32, said={"dropout": 0.3})
    counts = []
    for source in (SOURCE, batch.source([[5, 6, 7, 8, 4, 9, 10], [5]])):
        for products in (FUSED, FUSED_NARROW):
            features = unrolled(model, 2, products, source)
            features.backward(torch.ones_like(features))
        counts.append(len(absent.codes))
    ideas = ("bend", "lstm", "look")
    assert absent.started == {f"{idea}_{way}" for idea in ideas for way in ("forward", "backward")}
    assert all(code[:4] == b"\x7fELF" for code in absent.codes.values())
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("sums")
def test_all_fits_into_registers(absent: Absent, triton: Any, tmp_path: Path) -> None:
    """At widths of 1,024, with few source slots and with as many as a program takes."""
    from entarte.fast.card import cells, look, say

    rows, width = 2, 1024
    state, weight = torch.zeros(rows, width), torch.zeros(4 * width, width)
    for name, cell in cells.TRACKS.items():
        count = {"rnn": 1, "lstm": 4, "gru": 3}[name] * width
        gates, start = torch.zeros(rows, count), (state, state)[: cell.parts]
        track = cell(gates, Flow([rows]), start, weight[:count], weight[:count, 0], FUSED_NARROW)
        track.forward(0)
        track.backward(0, torch.zeros_like(state), torch.zeros_like(state), state)
    for slots in (40, look.MOST):
        values = torch.zeros(rows, slots, width)
        there = torch.ones(rows, slots, dtype=torch.bool)
        looked = look.Look(1, (values, values), there, 1.0, FUSED_NARROW)
        looked.forward(0, state)
        looked.backward(0, state, looked.w[0], state)
    words = state.unsqueeze(0)
    said = say.Attentional((weight[:width].repeat(1, 2),), words, width, words, FUSED_NARROW, width)
    said.forward(0, state, state, state)
    said.backward(0, state, torch.zeros_like(state))
    for name, told in used(absent.codes, triton, tmp_path).items():
        assert " STACK:0 " in told, (name, told)
    assert len(absent.codes) == 12


def test_who_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card on which they work; nothing else."""
    for there in (True, False):
        monkeypatch.setattr(card, "works", lambda _, there=there: there)
        assert fitting("float32", torch.device("cuda")) == Products(kernels=True, fused=there)
        assert fitting("bfloat16", torch.device("cuda")).fused is there
        assert not fitting("bfloat16", torch.device("cpu")).fused
        assert not fitting("float32", torch.device("xpu")).fused


def test_without_triton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "find_spec", lambda _: None)
    assert not card.works.__wrapped__(torch.device("cuda"))


def test_what_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "find_spec", lambda _: "there")

    def fails(_: torch.device) -> None:
        raise RuntimeError("Failed to find C compiler.")

    monkeypatch.setattr(card, "_try", fails)
    with pytest.warns(UserWarning, match="taken in single operations: Failed to find C compiler"):
        assert not card.works.__wrapped__(torch.device("cuda"))
