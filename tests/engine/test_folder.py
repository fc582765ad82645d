"""The folder of an export: what damages it is found, and what cannot be made is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from entarte import manifest, saved
from entarte.engine import Engine, load
from entarte.engine.folder import FACTS, FORMAT, is_export
from entarte.engine.shortlist import Shortlists
from entarte.engine.way import Way
from entarte.errors import DamagedError, EntarteError, InputError
from entarte.export import export, make
from entarte.export.parity import Parity, sample
from entarte.generate import Translator
from entarte.search import SEARCHES
from entarte.settings import Generate, schema

Get = Callable[[str], Translator]


@pytest.fixture
def folder(model: Get, engine: Callable[[str, str], Engine], tmp_path: Path) -> Path:
    """A copy of an export, to be damaged."""
    place = tmp_path / "copy"
    shutil.copytree(engine("general", "int8").graphs.encoder.path.parent, place)
    return place


@pytest.mark.parametrize("name", ["step.onnx", "say.onnx", "encode.onnx", "pieces.model", FACTS])
def test_a_file_that_was_altered_or_is_gone_is_found(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(DamagedError, match=rf"{name}: was altered"):
        load(folder)
    (folder / name).write_bytes(data[:-1])
    with pytest.raises(DamagedError, match=rf"{name}: is cut short"):
        load(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedError, match=rf"{name}: is missing"):
        load(folder)


def relisted(folder: Path, name: str, data: bytes) -> None:
    """Write a file as if it had been so from the start."""
    listed = manifest.read(folder)
    (folder / name).write_bytes(data)
    listed.files[name] = manifest.entry(data)
    listed.write(folder)


def test_an_export_of_a_newer_version_is_not_read(folder: Path) -> None:
    plain = json.loads((folder / FACTS).read_text())
    relisted(folder, FACTS, json.dumps(plain | {"format": 99}).encode())
    with pytest.raises(DamagedError, match=f"has format 99; this version reads up to {FORMAT}"):
        load(folder)
    relisted(folder, FACTS, b"{}")
    with pytest.raises(DamagedError, match="is cut short or altered"):
        load(folder)


def test_an_export_of_an_older_version_is_to_be_made_again(folder: Path) -> None:
    plain = json.loads((folder / FACTS).read_text())
    relisted(folder, FACTS, json.dumps(plain | {"format": 1}).encode())
    with pytest.raises(InputError, match="has format 1, of an older version"):
        load(folder)


def test_a_graph_that_is_none_is_said(folder: Path) -> None:
    relisted(folder, "step.onnx", b"nonsense")
    with pytest.raises(DamagedError, match=r"step\.onnx: cannot be run"):
        load(folder).translate(["ka"])


def test_models_and_exports_are_told_apart(folder: Path, model: Get, tmp_path: Path) -> None:
    from ..laws.small import keep

    keep(tmp_path / "model", [])
    assert is_export(folder)
    assert not is_export(tmp_path / "model")
    assert not is_export(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"is not an export\. Make one: entarte export"):
        load(tmp_path / "model")
    with pytest.raises(InputError, match="is an export, which only `entarte translate`"):
        saved.load(folder)


def test_nothing_is_left_of_an_export_that_fails(
    model: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "compare", lambda *_: Parity(4, 3, 0.01, 0.5))
    with pytest.raises(EntarteError, match="does not say what the model says: 3 of 4 sentences"):
        export(model("general"), "onnx", tmp_path / "bad")
    assert list(tmp_path.iterdir()) == []
    made = export(model("general"), "int8", tmp_path / "int8")  # int8 may differ, and says how much
    assert (made.parity.alike, made.folder) == (3, tmp_path / "int8")
    with pytest.raises(InputError, match="exists already"):
        export(model("general"), "int8", tmp_path / "int8")


@pytest.mark.parametrize("most", [float("nan"), 1.1e-4])
def test_parity_demands_equal_scores(most: float) -> None:
    Parity(2, 1, 0.0, 1e-5).demand()
    with pytest.raises(EntarteError):
        Parity(2, 2, 0.0, most).demand()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("generate.kind=sample", "an export cannot search with 'sample'. Add -s generate.kind=beam"),
        ("generate.no_repeat=3", "an export knows no no_repeat. Add -s generate.no_repeat=0"),
        ("generate.groups=2", "an export knows no groups"),
        ("generate.unknown=copy", "an export does not replace unknown words"),
    ],
)
def test_ways_to_decode_that_an_export_does_not_have(word: str, message: str) -> None:
    from entarte.settings import load as settings

    with pytest.raises(InputError, match=message):
        make.way(settings("quick", [word, *(["generate.beam=4"] if "groups" in word else [])]))


@pytest.mark.parametrize("to", ["tflite", "int4"])
def test_other_exports_there_are_none(to: str, model: Get, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"there is no export to '{to}'"):
        export(model("general"), to, tmp_path / "x")
    lists = Shortlists.read(tmp_path)
    assert lists is None


def test_names_and_defaults_are_those_of_the_searches() -> None:
    """But the batch: an export's rows cost less together."""
    known = {**Generate.model_fields, **schema(SEARCHES["beam"]).model_fields}
    for each in fields(Way):
        if each.name not in ("kind", "batch"):
            assert known[each.name].default == each.default, each.name
    greedy = schema(SEARCHES["greedy"]).model_fields
    assert greedy.keys() - {"no_repeat"} <= Way().plain().keys()
    assert schema(SEARCHES["beam"]).model_fields.keys() - Way().plain().keys() == {
        "no_repeat",
        "groups",
        "diversity",
    }


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("generate.bean=3", "generate.bean: an export has no setting 'bean'. Did you mean 'beam'?"),
        ("generate.beam=x", "generate.beam: is 'x', not a whole number"),
        ("generate.beam=0", "generate.beam: is 0; it must be 1 or more"),
        ("generate.n_best=9", "n_best is 9, but a beam of 5 has from 1 to 5"),
        ("generate.stop=now", "an export cannot decode with 'now'"),
        ("generate.alpha=-1.0", "generate.alpha: is -1.0; it must be 0 or more"),
        ("generate.alpha=nan", "generate.alpha: is nan"),
        ("train.rate=1", "'train.rate=1' cannot be changed in an export"),
        ("beam=3", "'beam=3' cannot be changed in an export"),
    ],
)
def test_settings_that_make_no_sense(word: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Way().overridden([word])
    assert message in str(caught.value)


def test_settings_that_do() -> None:
    assert Way().overridden(["generate.beam=8", "generate.alpha=1"]) == Way(beam=8, alpha=1.0)
    assert Way(kind="greedy").width == 1
    assert [each.filled(320).batch for each in (Way(), Way(beam=400), Way(batch=3))] == [64, 1, 3]


def test_lines_drawn_by_chance_are_the_same_each_time(model: Get) -> None:
    tokenizer = model("general").source
    lines = sample(tokenizer, 5)
    assert lines == sample(tokenizer, 5)
    assert len(set(lines)) > 3
