"""The device that a setting names; and the law of tests/laws/devices.py, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from entarte.device import CPU, chance, find, set_chance
from entarte.errors import InputError, SetupError


def test_nothing_is_left_behind_on_the_processor() -> None:
    inner = Path(__file__).with_name("devices.py")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(inner)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_the_processor_is_always_there() -> None:
    assert find("cpu", "train.device") == CPU


def test_auto_takes_a_card_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: None)
    assert find("auto", "train.device") == CPU
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: torch.device("cuda"))
    assert find("auto", "train.device") == torch.device("cuda")
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert find("auto", "train.device") == torch.device("cuda", 3)


@pytest.mark.parametrize(("name", "cards", "wanted"), [("cuda", 2, 1), ("cuda:0", 2, 0)])
def test_each_process_takes_its_own_card(
    name: str, cards: int, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    assert find(name, "train.device") == torch.device("cuda", wanted)


def test_names_that_are_none() -> None:
    with pytest.raises(InputError, match=r"train.device: 'gpu' is no device. Give cpu, cuda"):
        find("gpu", "train.device")


@pytest.mark.parametrize("name", ["cuda:7", "xpu", "mps:9"])
def test_devices_that_are_not_there(name: str) -> None:
    with pytest.raises(
        SetupError, match=f"generate.device: there is no device '{name}': torch finds"
    ) as error:
        find(name, "generate.device")
    assert error.value.exit_code == 3


def test_chance_is_taken_up_again() -> None:
    held = chance(CPU)
    first = torch.rand(3)
    set_chance(CPU, held)
    assert torch.equal(torch.rand(3), first)
