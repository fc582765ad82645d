"""Saving pictures: which endings there are, and what is said where it cannot be done."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from entarte.alignment import read
from entarte.errors import InputError, SetupError
from entarte.plot import ENDINGS, curve, save

BEGINNINGS = {
    "html": b"<!doctype html>",
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "pdf": b"%PDF",
    "txt": b"        he",
    "json": b'{"format":"entarte alignment"',
}


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("kind", ["flagship", "empty"])
def test_every_ending_is_written(name: str, kind: str, samples: SimpleNamespace, tmp_path: Path) -> None:
    one = samples.flagship() if kind == "flagship" else samples.empty
    path = one.save(tmp_path / f"one.{name.upper()}")
    assert path == tmp_path / f"one.{name.upper()}"
    beginning = BEGINNINGS[name] if kind == "flagship" or name != "txt" else b"(no tokens)"
    assert path.read_bytes().startswith(beginning)


def test_json_is_read_back(samples: SimpleNamespace, tmp_path: Path) -> None:
    assert read(save(samples.flagship(), tmp_path / "one.json")) == samples.flagship()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "one.gif",
            r"one\.gif: .* written as '\.gif'\. Known: \.html, \.png, \.svg, \.pdf, \.txt, \.json",
        ),
        ("one", r"one: the file name has no ending\. Known: \.html"),
    ],
)
def test_an_unknown_ending_lists_the_known(
    name: str, message: str, samples: SimpleNamespace, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        save(samples.flagship(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder(samples: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"there is no folder .*nowhere\. Make it first\."):
        save(samples.flagship(), tmp_path / "nowhere" / "one.json")


def test_a_folder_in_the_place_of_the_file(samples: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "one.json").mkdir()
    with pytest.raises(SetupError, match=r"one\.json: cannot be written"):
        save(samples.flagship(), tmp_path / "one.json")


def test_without_matplotlib_figures_say_what_to_install(
    samples: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    panel = curve.Panel((curve.Series("a", [1], [1]),), "x", "y")
    for make in (
        lambda: save(samples.flagship(), tmp_path / "one.png"),
        lambda: curve.save(panel, tmp_path / "c.svg"),
    ):
        with pytest.raises(
            SetupError, match=r"matplotlib, which is not installed\. .*pip install 'entarte\[plot\]'"
        ):
            make()
    assert save(samples.flagship(), tmp_path / "one.html").exists()
