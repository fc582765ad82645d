"""Where tensors live: the device that a setting names, and its chance.

Whatever a model is given it takes to where its weights are (`Model.encode`), so that nothing but the two
settings `train.device` and `generate.device` knows of devices.
"""

from __future__ import annotations

import os

import torch
from torch import Tensor

from entarte.errors import InputError, SetupError

CPU = torch.device("cpu")


def find(name: str, setting: str) -> torch.device:
    """The device of a name: cpu, auto, or one of torch's, as cuda, cuda:1, xpu, mps.

    Of several processes on one machine (torchrun) each takes the card of its own number where none is named.

    Raises InputError for a name that is none, SetupError for a device that is not there.
    """
    if name == "auto":
        best = torch.accelerator.current_accelerator(check_available=True)
        return CPU if best is None else numbered(best)
    try:
        chosen = torch.device(name)
    except RuntimeError:
        raise InputError(
            f"'{name}' is no device", setting=setting, advice="Give cpu, cuda, cuda:1 …, or auto."
        ) from None
    if chosen.type == "cpu":
        return CPU
    try:
        cards = torch.get_device_module(chosen)
        count = cards.device_count() if cards.is_available() else 0
    except (RuntimeError, AttributeError):  # torch was built without it
        count = 0
    chosen = numbered(chosen)
    if (chosen.index or 0) >= count:
        raise SetupError(
            f"there is no device '{name}': torch finds {count or 'none'} of that kind",
            setting=setting,
            advice="Use cpu, or auto, which takes what there is.",
        )
    return chosen


def numbered(device: torch.device) -> torch.device:
    """With the number of the process on this machine, where the device has none of its own."""
    own = os.environ.get("LOCAL_RANK")
    return torch.device(device.type, int(own)) if own and device.index is None else device


def chance(device: torch.device) -> dict[str, Tensor]:
    """The states of the generators that a training on a device draws from, by name."""
    found = {"torch": torch.get_rng_state()}
    if device.type != "cpu":
        found[device.type] = torch.get_device_module(device).get_rng_state(device)
    return found


def set_chance(device: torch.device, states: dict[str, Tensor]) -> None:
    """Go on drawing where `chance` stood."""
    torch.set_rng_state(states["torch"])
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(states[device.type], device)
