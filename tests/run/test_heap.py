"""A process that keeps what it frees is not given the same memory anew by the system, page by page."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from entarte.heap import TUNED

FAULTS = """
import resource, sys
from entarte import heap

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def update():
    held = [b"1" * 2**22 for _ in range(16)]

kept = heap.keep() if sys.argv[1] == "keep" else False
for _ in range(5):
    update()
before = faults()
for _ in range(20):
    update()
print(int(kept), (faults() - before) // 20)
"""


def measure(how: str, **environment: str) -> tuple[bool, int]:
    """Whether memory is kept, and page faults for each update of 64 MiB (16,384 pages)."""
    clean = {name: value for name, value in os.environ.items() if name not in TUNED}
    said = subprocess.run(
        [sys.executable, "-c", FAULTS, how],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    kept, faults = said.stdout.split()
    return bool(int(kept)), int(faults)


def test_freed_memory_serves_again() -> None:
    kept, faults = measure("keep")
    if not kept:
        pytest.skip("this C library has no mallopt")
    assert faults < 100
    assert measure("leave")[1] > 10_000, "the system is asked anew without it: else this tests nothing"


def test_who_has_tuned_the_heap_is_heeded() -> None:
    kept, _ = measure("keep", MALLOC_TRIM_THRESHOLD_="131072")
    assert not kept
