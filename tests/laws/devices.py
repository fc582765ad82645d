"""Nothing is left behind on the processor: on a device a model learns, and says, what it does here.

The device is `tests.pretend`, which computes on the processor and refuses tensors from elsewhere. Started by
test_devices.py, in a process of its own.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import torch
from tests.laws.small import pairs, write
from tests.pretend import NAME, Held, pretended
from typer.testing import CliRunner

from entarte import fast
from entarte.cli.main import app
from entarte.fast import NARROW, WIDE
from entarte.run import Run
from entarte.saved import load
from entarte.settings import loads
from entarte.state import moved
from entarte.train import train
from entarte.trainer import Stopped
from entarte.watch import Silent, Update

SETTINGS = """
[data]
train = ["{0}/train.s", "{0}/train.t"]
valid = ["{0}/valid.s", "{0}/valid.t"]
[text]
kind = "word"
size = 0
[front]
width = 8
dropout = 0.1
[encoder]
width = 8
[decoder]
width = 8
[train]
epochs = 1
batch_tokens = 20
updates = 4
valid_sentences = 2
valid_every = 2
threads = 1
ema = 0.9
[generate]
kind = "greedy"
length_factor = 1.0
length_constant = 2
"""

MODELS = {
    "recurrent": [],
    "gru": ["encoder.cell=gru", "encoder.layers=2", "encoder.dropout=0.1", "decoder.cell=gru"],
    "rnn": ["encoder.cell=rnn", "encoder.reverse=true", "decoder.cell=rnn", "decoder.query=previous"],
    "bfloat16": ["train.precision=bfloat16"],
    "local-p": ["window.kind=local-p"],
    "coverage": ["attention.kind=coverage", "loss.coverage=1.0"],
    "location": ["attention.kind=location"],
    "multi-head": ["attention.kind=multi-head", "attention.heads=2"],
    "apart": ["decoder.input_feeding=false", "loss.label_smoothing=0.1"],
    "transformer": [
        *("encoder.kind=transformer", "encoder.layers=1", "encoder.heads=2"),
        *("decoder.kind=transformer", "decoder.layers=1", "decoder.heads=2", "readout.kind=plain"),
    ],
    "pointer": ["text.shared=true", "readout.kind=pointer"],
    "agreement": ["loss.agreement=1.0"],
    "adagrad": ["train.optimiser=adagrad"],
    "sampled": ["encoder.kind=transformer", "encoder.layers=1", "train.scheduled_sampling=0.5"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pairs."""
    folder = tmp_path_factory.mktemp("devices")
    write(folder, train=20, valid=3)
    return folder


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products that are the same on both, as they are on no real card."""
    monkeypatch.setattr(fast, "fitting", lambda precision, _: NARROW if precision == "bfloat16" else WIDE)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_learned_and_said_is_the_same(name: str, folder: Path) -> None:
    text, own = SETTINGS.format(folder), MODELS[name]
    train(loads(text, own), folder / f"{name}-here")
    with pretended():
        train(
            loads(text, [*own, f"train.device={NAME}", f"generate.device={NAME}"]), folder / f"{name}-there"
        )
        there = load(folder / f"{name}-there")
        assert isinstance(there.model.readout.weight, Held)
        lines = [source for source, _ in pairs(3)]
        said = [there.translate(lines, **options) for options in SEARCHES]
        forced = there.force(lines, [outputs.text for outputs in said[0]])
    with Run.open(folder / f"{name}-here") as one, Run.open(folder / f"{name}-there") as other:
        for key, tensor in one.model().items():
            torch.testing.assert_close(tensor, other.model()[key], rtol=1e-4, atol=1e-5)
    alone = load(folder / f"{name}-here")
    for options, outputs in zip(SEARCHES, said, strict=True):
        for mine, its in zip(alone.translate(lines, **options), outputs, strict=True):
            assert mine.text == its.text, options
            assert mine.log_probs == pytest.approx(its.log_probs, abs=1e-4)
            assert mine.alignment.weights == pytest.approx(its.alignment.weights, abs=1e-4)
    for mine, its in zip(alone.force(lines, [each.text for each in said[0]]), forced, strict=True):
        assert mine.log_probs == pytest.approx(its.log_probs, abs=1e-4)


SEARCHES = (
    {"search": "beam", "beam": 3, "n_best": 2},
    {"search": "beam", "beam": 3, "coverage": 0.2, "no_repeat": 2, "min_length": 2},
    {"search": "beam", "beam": 4, "groups": 2},
    {"search": "sample", "seed": 3, "count": 2},
    {"search": "exact", "budget": 30},
)


def test_it_refuses_what_a_card_would(folder: Path) -> None:
    with pretended() as device:
        there = torch.ones(2, 3, device=device)
        with pytest.raises(RuntimeError, match="not on the device of the others"):
            there + torch.ones(2, 3)
        with pytest.raises(TypeError, match="cannot become an array"):
            there.numpy()
        assert moved((there, None), device)[0] is there


class Halt(Silent):
    def updated(self, facts: Update) -> None:
        if facts.update == 3:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("optimiser", ["adam", "adagrad"])
def test_resumed_on_the_device(optimiser: str, folder: Path) -> None:
    own = loads(SETTINGS.format(folder), [f"train.device={NAME}", f"train.optimiser={optimiser}"])
    whole, parts = folder / f"whole-{optimiser}", folder / f"parts-{optimiser}"
    with pretended():
        train(own, whole)
        with pytest.raises(Stopped):
            train(own, parts, watcher=Halt())
        train(own, parts, resume=True)
    with Run.open(whole) as one, Run.open(parts) as other:
        for key, tensor in one.model().items():
            assert torch.equal(tensor, other.model()[key]), key


def test_commands_on_the_device(folder: Path) -> None:
    """What works on outputs works on those of a card: evidence, checks, measures, links, exports."""
    model, sides = str(folder / "commanded"), [str(folder / "valid.s"), str(folder / "valid.t")]
    data = ["--data", sides[0], "--data", sides[1]]
    with pretended():
        train(loads(SETTINGS.format(folder), [f"train.device={NAME}", f"generate.device={NAME}"]), model)
        for words in (
            ["card", model, pairs(1)[0][0], "--html", str(folder / "card.html")],
            ["check", model, *data],
            ["evaluate", model, *data],
            ["align", model, *sides],
            ["export", model, "--to", "onnx", "--out", str(folder / "export")],
        ):
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, (words[0], done.output, done.exception)
