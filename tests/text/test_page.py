"""The examples of docs/text.md are true."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest


def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).parents[2] / "docs" / "text.md"
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert tried > 20
    assert failed == 0
