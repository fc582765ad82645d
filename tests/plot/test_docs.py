"""The examples of docs/alignment.md are true."""

from __future__ import annotations

import doctest
from pathlib import Path


def test_the_page_on_alignments() -> None:
    path = Path(__file__).parents[2] / "docs" / "alignment.md"
    result = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert result.attempted > 12
    assert result.failed == 0
