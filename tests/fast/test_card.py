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
from entarte.fast import card
from entarte.fast.flow import Flow
from entarte.fast.products import NARROW, WIDE, Products, fitting
from entarte.model import Model

Make = Callable[..., Model]

FUSED = Products(fused=True)
FUSED_NARROW = Products(torch.bfloat16, fused=True)
SOURCE = batch.source([[5, 6, 7, 8, 4], [9, 4]])
CARDS = {80: "an A100", 90: "an H100 or H200"}
POINTERS = {torch.float32: "*fp32", torch.bfloat16: "*bf16"}


@pytest.fixture
def triton() -> Any:
    return pytest.importorskip("triton", reason="Triton, in which the kernels are written, is not installed")


def test_interpreted(triton: Any) -> None:
    inner = Path(__file__).with_name("fused.py")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(inner)]
    settings = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=110, env=settings)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def unrolled(model: Model, steps: int, products: Products) -> Tensor:
    """The features of two sentences that are unrolled over so many steps."""
    memory = model.encode(SOURCE)
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


def described(kernel: Any, args: tuple[Any, ...], sizes: dict[str, int]) -> dict[str, Any]:
    """What Triton makes of the arguments of a start: types, constants, and what 16 divides."""
    signature, constants, known = {}, {}, {}
    for place, name in enumerate(kernel.arg_names):
        value = sizes[name] if name in sizes else args[place]
        plain = kernel.params[place].do_not_specialize
        if isinstance(value, Tensor):
            signature[name] = POINTERS[value.dtype]
            if value.data_ptr() % 16 == 0 and not kernel.params[place].do_not_specialize_on_alignment:
                known[(place,)] = [["tt.divisibility", 16]]
        elif name in sizes or value is None or (value == 1 and not plain):
            signature[name] = "constexpr"
            constants[(place,)] = value
        else:
            signature[name] = "fp32" if isinstance(value, float) else "i32"
            if value % 16 == 0 and not plain:
                known[(place,)] = [["tt.divisibility", 16]]
    return {"signature": signature, "constexprs": constants, "attrs": known}


@pytest.fixture(params=CARDS, ids=CARDS.values())
def compiled(
    request: pytest.FixtureRequest, triton: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """Kernels are compiled for a card where they would be started; their code by what they are made for."""
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    made: dict[str, Any] = {}
    target = GPUTarget("cuda", request.param, 32)

    def make(kernel: Any, grid: tuple[int, ...], warps: int, *args: Any, **sizes: int) -> None:
        parts = described(kernel, args, sizes)
        name = f"{kernel.__name__} {parts['signature']} {sizes}"
        if name not in made:
            options = {"num_warps": warps, "enable_fp_fusion": True}
            made[name] = triton.compile(ASTSource(kernel, **parts), target=target, options=options)
            assert f".target sm_{request.param}" in made[name].asm["ptx"], name

    monkeypatch.setattr("entarte.fast.card.launch.start", make)
    return made


@pytest.mark.usefixtures("sums")
def test_compiled(make: Make, compiled: dict[str, Any]) -> None:
    """All that a training starts becomes machine code of a card."""
    for cell in ("rnn", "lstm", "gru"):
        model = make({"cell": cell}, "scaled-dot", cell=cell, dtype=torch.float32, said={"dropout": 0.3})
        for products in (FUSED, FUSED_NARROW):
            features = unrolled(model, 2, products)
            features.backward(torch.ones_like(features))
    kinds = {name.split(" ")[0] for name in compiled}
    ideas = ("bend", "lstm", "gru", "look")
    assert kinds == {f"{idea}_{way}" for idea in ideas for way in ("forward", "backward")}
    for name, code in compiled.items():
        assert code.asm["cubin"][:4] == b"\x7fELF", name
        assert (".bf16" in code.asm["ptx"]) == ("*bf16" in name), name


@pytest.mark.usefixtures("sums")
def test_all_fits_into_registers(compiled: dict[str, Any], triton: Any, tmp_path: Path) -> None:
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
    assert len(compiled) == 12
    for number, (name, code) in enumerate(compiled.items()):
        path = tmp_path / f"{number}.cubin"
        path.write_bytes(code.asm["cubin"])
        command = [triton.knobs.nvidia.cuobjdump.path, "-res-usage", str(path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        assert " STACK:0 " in told.stdout + told.stderr, (name, told)


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
