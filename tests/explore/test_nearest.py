"""The index of decoder states: what it holds, that it is kept, and that it knows its weights."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
import torch

from entarte import batch, nearest
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.example import Example
from entarte.run import Run
from entarte.saved import load
from entarte.tape import record
from entarte.vocabulary import EOS

from .conftest import PAIRS, examples


@pytest.fixture
def folder(folders: list[Path], tmp_path: Path) -> Path:
    """A model of one's own, without an index."""
    shutil.copytree(folders[0], tmp_path / "model")
    with Run.open(tmp_path / "model", write=True) as run:
        run.drop(nearest.TEXTS, nearest.STATES)
    return tmp_path / "model"


def test_states_are_those_of_the_tape(folder: Path) -> None:
    translator = load(folder)
    index = nearest.build(translator, examples(), "")
    assert len(index) == len(PAIRS)
    assert len(index.states) == sum(len(target.split()) + 1 for _, target in PAIRS)
    for number, (source, pieces) in enumerate(index.pairs):
        target = dict(PAIRS)[source]
        assert [piece.strip("▁") for piece in pieces] == [*target.split(), "</s>"]
        tokens = [*translator.target.ids_many([target])[0], EOS]
        tape = record(translator.model, batch.source(translator.source.ids_many([source])), tokens)
        mine = (index.pair == number).nonzero().flatten()
        assert index.place[mine].tolist() == list(range(len(tokens)))
        states = torch.stack([frame.state for frame in tape.frames])
        assert torch.allclose(index.states[mine], nearest.unit(states), atol=1e-5)


def test_an_index_is_kept_with_its_weights(folder: Path) -> None:
    translator = load(folder)
    assert nearest.load(Run.open(folder)) is None
    with Run.open(folder, write=True) as run:
        nearest.build(translator, examples(), nearest.digest(run)).save(run)
    again = nearest.load(Run.open(folder))
    assert again is not None
    [best] = again.near(again.states[3], 1)
    assert best["cosine"] == pytest.approx(1.0, abs=1e-3)
    with Run.open(folder, write=True) as run:
        run.put_model({name: tensor + 1 for name, tensor in run.model().items()})
    assert nearest.load(Run.open(folder)) is None, "an index of other weights"


def test_what_cannot_be_indexed(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no training pair with text"):
        nearest.build(load(folder), [Example("", ""), Example("a", "")], "")


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = folder.parent / "pairs.tsv"
    pairs.write_text("".join(f"{source}\t{target}\n" for source, target in PAIRS), encoding="utf-8")
    assert main(["index", str(folder), "--data", str(pairs), "--pairs", "3"]) == 0
    assert "3 of 6 pairs" in capsys.readouterr().out
    assert nearest.load(Run.open(folder)) is not None
    assert main(["index", str(folder), "--remove"]) == 0
    assert not (folder / nearest.STATES).exists()
    assert nearest.load(Run.open(folder)) is None
    assert main(["index", str(folder)]) == 2
    assert "data.train: there are no training pairs" in capsys.readouterr().err


def test_a_port_that_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["explore", str(folder), "--no-open", "--port", str(port)]) == 3
    assert f"port {port} cannot be used" in capsys.readouterr().err
