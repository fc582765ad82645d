"""The laws hold of a model that reads frames; a pyramid over words is in tests/laws as every encoder is."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from entarte import batch, fast, loss, saved, train
from entarte.build import build, initialise
from entarte.front import SOURCE_FRONTS
from entarte.model import Model, weights
from entarte.run import Run
from entarte.saved import FEATURES, TARGET
from entarte.search import Beam, Greedy
from entarte.settings import Settings, dump, loads
from entarte.source import Arrays
from entarte.text import Tokenizer
from entarte.trainer import Stopped

from ..laws.models import SAID, TARGETS, choice, close, ending, member
from ..laws.test_law_13_resumed_is_unbroken import SIGNAL, Interrupter, check_same

FRONTS = [name for name in SOURCE_FRONTS if name != "same"]
LENGTHS = (7, 1, 4)
SIZE = 3 * 4 * 4 + 2
"""Numbers of a frame: a coloured cell of four by four and its place, which every front can read."""

SMALL: dict[str, dict[str, Any]] = {"convolution": {"width": 6}, "features": {"width": 6}}


def frames(seed: int = 0) -> list[np.ndarray[Any, Any]]:
    chance = np.random.default_rng(seed)
    return [chance.normal(size=(length, SIZE)).astype(np.float32) for length in LENGTHS]


def listening(front: str, encoder: str, attention: str = "location-aware") -> Model:
    """As `models.tiny`, over frames, with CTC."""
    options = {"width": 6} | SMALL.get(front, {})
    choices = SimpleNamespace(
        front=choice("words", width=6),
        source_front=choice(front, **options),
        encoder=member({"kind": encoder}),
        attention=choice(attention),
        window=choice("global"),
        decoder=member({}),
        readout=choice("attentional"),
    )
    torch.manual_seed(0)
    model = build(choices, SIZE, SAID, "none", ctc=True).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(-0.7, 0.7)
    return model.eval()


MAKES = [(front, encoder) for front in FRONTS for encoder in ("recurrent", "pyramid", "transformer")]
makes = pytest.mark.parametrize(("front", "encoder"), MAKES)


@makes
@torch.no_grad()
def test_1_and_2_padding_and_batch_mates_do_not_matter(front: str, encoder: str) -> None:
    model = listening(front, encoder)
    source, target = batch.source(frames()), batch.target(TARGETS)
    whole = model.force(source, target)
    real = model.encode(source).mask
    assert bool((whole.weights.sum(-1) - 1).abs().max() < 1e-12)
    assert float((whole.weights * ~real[:, None, None]).abs().sum()) == 0.0
    for row, one in enumerate(frames()):
        alone = batch.source([one])
        wide = torch.full((1, 3, SIZE + 1), 7.0)  # only the mask says that these are not there
        mask = torch.cat([alone.mask, torch.zeros(1, 3, dtype=torch.bool)], 1)
        for given in (alone, batch.Source(torch.cat([alone.inputs, wide], 1), mask)):
            other = model.force(given, batch.target([TARGETS[row]]))
            steps, slots = other.log_probs.size(1), int(real[row].sum())
            assert close(whole.log_probs[row, :steps], other.log_probs[0])
            assert close(whole.weights[row, :, :steps, :slots], other.weights[0, :, :, :slots])


@makes
def test_3_to_5_searches_say_what_a_forced_pass_says(front: str, encoder: str) -> None:
    model = ending(listening(front, encoder), 0.5)
    source = batch.source(frames())
    with torch.no_grad():
        greedy = Greedy()(model.bind(source), [5] * 3)
        for one, beam in zip(greedy, Beam(beam=1)(model.bind(source), [5] * 3), strict=True):
            assert one[0].tokens == beam[0].tokens
        for row, [said] in enumerate(greedy):
            if said.finished:
                target = batch.target([said.tokens[:-1]])
                forced = model.force(batch.source(frames()[row : row + 1]), target)
                assert said.log_probs == pytest.approx(forced.log_probs[0].tolist(), abs=1e-6)
                stepped = model.unroll_sampled(batch.source(frames()[row : row + 1]), target, 0.0)
                assert close(forced.weights, stepped.weights)


@makes
def test_6_every_parameter_learns(front: str, encoder: str) -> None:
    model = listening(front, encoder)
    source, target = batch.source(frames()), batch.target(TARGETS)
    unrolled = model.unroll(source, target)
    assert unrolled.memory is not None
    assert model.ctc is not None
    heard = loss.ctc(model.ctc(unrolled.memory.values), unrolled.memory.mask, target)
    (loss.forced(model, unrolled, source, target).objective + heard).backward()
    dead = [name for name, each in model.named_parameters() if each.grad is None or not bool(each.grad.any())]
    assert dead == []


@makes
def test_7_the_fast_path_is_the_readable_path(front: str, encoder: str) -> None:
    model = listening(front, encoder)
    source, target = batch.source(frames()), batch.target(TARGETS)
    grown = []
    for way in (model.unroll, lambda *both: fast.model_unroll(model, *both)):
        model.zero_grad()
        unrolled = way(source, target)
        assert unrolled.memory is not None
        (unrolled.features.square().sum() + unrolled.memory.values.square().sum()).backward()
        grads = [each.grad for each in model.parameters() if each.grad is not None]
        grown.append([unrolled.features, unrolled.weights, *grads])
    assert all(close(one, other) for one, other in zip(*grown, strict=True))


SETTINGS = """
[source]
kind = "arrays"
[text]
kind = "char"
size = 0
shared = false
[front]
width = 6
[source_front]
kind = "features"
width = 6
dropout = 0.2
time_masks = 1
time_width = 3
band_masks = 1
band_width = 2
[encoder]
kind = "pyramid"
cell = "gru"
width = 8
layers = 2
dropout = 0.2
[attention]
kind = "location-aware"
[decoder]
cell = "gru"
width = 8
[loss]
ctc = 0.4
[train]
epochs = 2
batch_tokens = 12
valid_sentences = 2
threads = 1
[generate]
kind = "greedy"
length_factor = 1.0
length_constant = 2
"""


def written(folder: Path) -> Settings:
    """A little corpus of frames, one pattern for each letter."""
    chance = np.random.default_rng(3)
    patterns = chance.normal(size=(3, 5))
    for part, count in (("train", 10), ("valid", 3)):
        lines = []
        for number in range(count):
            text = "".join(chance.choice(list("abc"), chance.integers(1, 4)))
            rows = np.repeat(patterns[["abc".index(letter) for letter in text]], 3, axis=0)
            np.save(folder / f"{part}{number}.npy", rows + chance.normal(0, 0.1, rows.shape))
            lines.append(f"{part}{number}.npy\t{text}\n")
        (folder / f"{part}.tsv").write_text("".join(lines))
    return loads(SETTINGS, [f"data.train={folder}/train.tsv", f"data.valid={folder}/valid.tsv"])


def test_8_saved_is_loaded(tmp_path: Path) -> None:
    settings = written(tmp_path)
    lines = [str(tmp_path / f"train{number}.npy") for number in range(3)]
    with Run.create(tmp_path / "model") as run:
        run.put("settings.toml", dump(settings).encode())
        source, target = Arrays(**settings.source.options), Tokenizer.train(["abc"], kind="char", size=0)
        source.learn(lines)
        for cut, name in ((source, FEATURES), (target, TARGET)):
            cut.save(run.path(name))  # type: ignore[attr-defined]
            run.adopt(name)
        torch.manual_seed(3)
        model = build(settings, len(source), len(target), "none", ctc=True)
        initialise(model, "uniform", 0.7)
        run.put_model(weights(model))
    loaded = saved.load(tmp_path / "model")
    kept = type(loaded)(settings, model, source, target, "model")
    assert loaded.settings == settings
    assert kept.translate(lines) == loaded.translate(lines)
    assert kept.force(lines, ["a", "bc", "cab"]) == loaded.force(lines, ["a", "bc", "cab"])
    assert loaded.model.ctc is not None
    assert torch.equal(loaded.model.ctc.weight, model.ctc.weight)  # type: ignore[union-attr]


def test_13_resumed_is_unbroken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every dropout, stripes, CTC and the cache: stopped, crashed and taken up again."""
    monkeypatch.setattr(os, "fsync", lambda file: None)
    chosen = written(tmp_path)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    ended = train.train(chosen, whole)
    assert ended.update > 4
    for number, after in enumerate((1, 2)):
        with pytest.raises(Stopped):
            train.train(chosen, broken, resume=number > 0, watcher=Interrupter(after, SIGNAL))
    torch.manual_seed(12345)
    check_same(whole, broken, ended, train.train(chosen, broken, resume=True))


def test_14_lines_in_lines_out(taught: Path, tones: Path) -> None:
    """Blank lines among recordings; and each recording says the same wherever it stands."""
    model = saved.load(taught)
    names = [str(path) for path in sorted((tones / "test").iterdir())[:4]]
    lines = ["", names[0], "  ", *names[1:], names[0], ""]
    outputs = model.translate(lines, batch_size=3)
    assert [each.source for each in outputs] == lines
    assert [each.text for each in outputs if not each.source.strip()] == ["", "", ""]
    assert outputs[1].text == outputs[-2].text
    alone = [model.translate([name])[0] for name in names]
    assert [each.text for each in alone] == [outputs[1].text, *(each.text for each in outputs[3:6])]
