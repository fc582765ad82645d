"""Kernels are there where they can be built and run: else tests of them would be skipped unseen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from entarte.native import able

NEEDS = {
    "float32": {"avx512f", "avx512bw", "avx512dq", "avx512vl"},
    "int8": {"avx512_vnni"},
    "bfloat16": {"avx512_bf16"},
}


def flags() -> set[str]:
    """What the processor says that it can do; nothing where it does not say so."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return set()
    return next((set(line.split(":")[1].split()) for line in lines if line.startswith("flags")), set())


@pytest.mark.parametrize("kind", NEEDS)
def test_kernels_are_built_where_they_can_run(kind: str) -> None:
    if not shutil.which("gcc"):
        pytest.skip("no compiler is here")
    assert able(kind) is (NEEDS["float32"] | NEEDS[kind] <= flags())
