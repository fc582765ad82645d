"""A device that is none: its tensors lie on the processor, and refuse to meet any that are not of its own.

Where there is no graphics card this shows that a training or a search would run on one: every operation
on the device `pretend` asks that all its tensors are there, as a card does, and computes on the processor.

To be imported before the first backward pass, when torch counts its devices: so in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "pretend"


class Cards:
    """What torch asks about the devices of this kind; they draw from the processor's generator."""

    def is_available(self) -> bool:
        return True

    is_initialized = is_available

    def device_count(self) -> int:
        return 1

    def current_device(self) -> int:
        return 0

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed_all(self, seed: int) -> None:
        pass

    def get_rng_state(self, device: torch.device) -> torch.Tensor:
        return torch.get_rng_state()

    def set_rng_state(self, state: torch.Tensor, device: torch.device) -> None:
        torch.set_rng_state(state)


_setup_privateuseone_for_python_backend(NAME, backend_module=Cards())
aten = torch.ops.aten
PACKED = {aten._pack_padded_sequence.default, aten._pad_packed_sequence.default}
"""Their sizes and lengths, which come second, stay on the processor."""
LAYERS = {aten.lstm.data, aten.gru.data, aten.rnn_tanh.data}
MIXED = {aten._to_copy.default, aten.copy_.default, aten.index_put_.default, *PACKED, *LAYERS}
"""What may read tensors from elsewhere."""


class Held(torch.Tensor):
    """A tensor of the device; `inner` has its numbers."""

    inner: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> Held:
        held: Held = torch.Tensor._make_wrapper_subclass(
            cls,
            inner.size(),
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            device=f"{NAME}:0",
        )
        held.inner = inner
        return held

    @classmethod
    def __torch_dispatch__(cls, act: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(act, args, kwargs or {})

    def tolist(self) -> Any:
        return self.inner.tolist()

    def numpy(self, **_: Any) -> Any:
        raise TypeError(f"a tensor on {NAME} cannot become an array; copy it to the processor first")


class Pretend(TorchDispatchMode):
    """Makes what is asked for on the device."""

    def __torch_dispatch__(self, act: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        ours = any(isinstance(one, Held) for one in tensors(args)) or asks(args, kwargs or {})
        return run(act, args, kwargs or {}) if ours else act(*args, **(kwargs or {}))


def asks(args: Any, kwargs: dict[str, Any]) -> bool:
    """Whether the device is asked for by name."""
    named = [one for one in (*args, kwargs.get("device")) if isinstance(one, torch.device)]
    return any(one.type == NAME for one in named)


def tensors(nest: Any) -> list[torch.Tensor]:
    """All that are in a nest."""
    if isinstance(nest, torch.Tensor):
        return [nest]
    return [each for part in nest for each in tensors(part)] if isinstance(nest, tuple | list) else []


def each(nest: Any, act: Any) -> Any:
    """The same nest with something done to each of its tensors."""
    if isinstance(nest, torch.Tensor):
        return act(nest)
    return type(nest)([each(part, act) for part in nest]) if type(nest) in (tuple, list) else nest


def run(act: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """An operation, on the processor; its results are on the device where they belong there."""
    if torch._C._dispatch_has_kernel_for_dispatch_key(act.name(), "CompositeImplicitAutograd"):
        with Pretend():  # made of others; outside inference torch has taken it apart before
            return act.decompose(*args, **kwargs)
    given = tensors((args, tuple(kwargs.values())))
    for one in given:
        if act not in MIXED and not isinstance(one, Held) and one.dim():
            raise RuntimeError(f"{act}: a tensor of {tuple(one.shape)} is not on the device of the others")
    elsewhere = kwargs.get("device") is not None and not asks((), kwargs)
    known = {id(one.inner): one for one in given if isinstance(one, Held)}
    args = each(args, inside)
    kwargs = {name: each(value, inside) for name, value in kwargs.items()}
    if kwargs.get("device") is not None:
        kwargs["device"] = torch.device("cpu")
    with _disable_current_modes():
        found = CELLS.get(act, act)(*args, **kwargs)
    if act in PACKED:
        return Held(found[0]), found[1]
    return found if elsewhere else each(found, lambda one: known[id(one)] if id(one) in known else Held(one))


def inside(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.inner if isinstance(tensor, Held) else tensor


def lstm(ih: Any, hh: Any, cx: Any, b_ih: Any = None, b_hh: Any = None) -> tuple[torch.Tensor, ...]:
    """The cell that torch has for cards only."""
    gates = ih + hh + (0 if b_ih is None else b_ih + b_hh)
    i, f, g, o = gates.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * cx + i * g
    return o * c.tanh(), c, torch.cat([i, f, g, o], 1)


def gru(ih: Any, hh: Any, hx: Any, b_ih: Any = None, b_hh: Any = None) -> tuple[torch.Tensor, ...]:
    """The same, of a GRU."""
    if b_ih is not None:
        ih, hh = ih + b_ih, hh + b_hh
    (r, z, n), (r_, z_, n_) = ih.chunk(3, 1), hh.chunk(3, 1)
    r, z = (r + r_).sigmoid(), (z + z_).sigmoid()
    n = (n + r * n_).tanh()
    return n + z * (hx - n), torch.cat([r, z, n, hx, n_], 1)


def lstm_back(dh: Any, dc: Any, cx: Any, cy: Any, gates: Any, biased: bool) -> tuple[Any, ...]:
    """Its way back; the workspace are the gates."""
    i, f, g, o = gates.chunk(4, 1)
    dh = torch.zeros_like(cy) if dh is None else dh
    held = cy.tanh()
    dc = dh * o * (1 - held**2) + (0 if dc is None else dc)
    parts = (dc * g * i * (1 - i), dc * cx * f * (1 - f), dc * i * (1 - g**2), dh * held * o * (1 - o))
    slopes = torch.cat(parts, 1)
    return slopes, dc * f, slopes.sum(0) if biased else None


CELLS = {
    aten._thnn_fused_lstm_cell.default: lstm,
    aten._thnn_fused_lstm_cell_backward_impl.default: lstm_back,
    aten._thnn_fused_gru_cell.default: gru,
}


@contextmanager
def pretended() -> Iterator[torch.device]:
    """The device, for as long as the context lasts."""
    torch._C._set_only_lift_cpu_tensors(True)
    try:
        with Pretend(), torch.autograd.set_multithreading_enabled(False):
            yield torch.device(NAME, 0)
    finally:
        torch._C._set_only_lift_cpu_tensors(False)
