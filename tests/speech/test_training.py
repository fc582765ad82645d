"""A model learns to hear: letters played as chords, to a stated threshold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from entarte import ctc, saved
from entarte.errors import InputError
from entarte.front.features import Features
from entarte.generate import Translator
from entarte.metric import create, statistics
from entarte.reader import read
from entarte.settings import loads
from entarte.train import train
from entarte.watch import Silent

from .conftest import TINY


@pytest.fixture(scope="module")
def ear(taught: Path) -> Translator:
    return saved.load(taught)


def test_it_spells_what_it_hears(ear: Translator, tones: Path) -> None:
    """Character error rate on words that it never heard: at most 15 %."""
    pairs = list(read(tones / "test.tsv", files=True))
    said = [each.text for each in ear.translate([pair.source for pair in pairs])]
    metric = create("cer")
    value = metric.corpus(statistics(metric, said, [pair.target or "" for pair in pairs])).value
    assert value <= 15.0, value


def test_the_path_of_ctc_is_where_the_letters_sound(ear: Translator, tones: Path) -> None:
    """The generator knows when each letter is played: nine in ten spans of the path touch it."""
    pairs = list(read(tones / "test.tsv", files=True))
    forced = ear.force([pair.source for pair in pairs], [pair.target or "" for pair in pairs])
    times = [json.loads(line) for line in (tones / "test.times.jsonl").read_text().split("\n")[:-1]]
    slot = ear.source.time(ear.model.encoder.reduction)  # type: ignore[attr-defined]
    touched = []
    for path, truth in zip(ctc.paths(ear, forced), times, strict=True):
        assert path is not None
        for (first, behind), (start, end) in zip(path.spans, truth["spans"], strict=True):
            touched.append(first * slot < end and behind * slot + 0.03 > start)
    assert np.mean(touched) >= 0.9
    assert ctc.agreement(forced, ctc.paths(ear, forced)).mean < 6


def test_columns_are_called_by_their_time(ear: Translator, tones: Path) -> None:
    [output] = ear.translate([str(tones / "test" / "00001.wav")])
    labels = [token.label for token in output.alignment.columns]
    assert labels[:3] == ["0.00s", "0.03s", "0.06s"]
    assert output.alignment.words().columns[0].text == "0.00s"
    assert output.source.endswith("00001.wav")


def test_a_model_without_ctc_has_no_path(tmp_path: Path, tones: Path) -> None:
    files = [f"data.{part}={tones}/{part}.tsv" for part in ("train", "valid")]
    train(loads(TINY, [*files, "loss.ctc=0", "train.epochs=0", "train.updates=1"]), tmp_path / "run")
    model = saved.load(tmp_path / "run")
    assert model.model.ctc is None
    with pytest.raises(InputError, match="was trained without CTC, so there is no path of it"):
        ctc.paths(model, model.translate([str(tones / "test" / "00001.wav")]))


class Notes(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_targets_that_ctc_cannot_say_are_told(tmp_path: Path, tones: Path) -> None:
    lines = (tones / "valid.tsv").read_text().split("\n")[:6]
    rows = [f"{tones}/{line}\n" for line in lines]
    rows[2] = rows[2].split("\t")[0] + "\t" + "abcdef" * 20 + "\n"
    (tmp_path / "train.tsv").write_text("".join(rows))
    files = [f"data.train={tmp_path}/train.tsv", f"data.valid={tones}/valid.tsv"]
    watcher = Notes()
    small = ["train.epochs=0", "train.updates=1", "train.valid_sentences=1", "source.rate=4000"]
    train(loads(TINY, [*files, *small, "source.bands=12"]), tmp_path / "run", watcher=watcher)
    assert "1 of 6 targets have more pieces than slots: CTC leaves them out" in watcher.notes
    assert any("8,000 samples a second, resampled to 4,000" in note for note in watcher.notes)
    rows = [row.split("\t")[0] + "\t" + "ab" * 90 + "\n" for row in rows]
    (tmp_path / "train.tsv").write_text("".join(rows))
    with pytest.raises(InputError, match="every training target has more pieces than its source has slots"):
        train(loads(TINY, files), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_stripes_blot_out_time_and_bands_while_training() -> None:
    torch.manual_seed(1)
    front = Features(6, width=7, time_masks=1, time_width=3, band_masks=1, band_width=2)
    with torch.no_grad():
        front.project.weight.copy_(torch.eye(7))
        front.project.bias.zero_()
    frames = torch.ones(40, 9, 7)
    kept = front.train()(frames) > 0
    assert bool(kept[..., -1].all()), "the mark of the end stays"
    times, bands = ~kept[..., :-1].any(2), ~kept[..., :-1].any(1)
    assert set(times.sum(1).tolist()) <= {0, 1, 2, 3}
    assert set(bands.sum(1).tolist()) <= {0, 1, 2}
    assert times.sum() > 0 < bands.sum()
    for row in range(40):  # nothing else is taken
        both = times[row][:, None] | bands[row][None]
        assert torch.equal(kept[row, :, :-1], ~both)
    assert bool((front.eval()(frames) == 1).all())


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (["text.shared=true"], "text.shared"),
        (["text.source_size=9"], "text.source_size"),
        (["text.kind=unigram", "text.segmentations=3"], "text.segmentations"),
        (["text.source_vectors=a.vec"], "text.source_vectors"),
        (["data.train_links=a.align"], "data.train_links"),
        (["readout.kind=pointer"], "readout.kind"),
        (["generate.unknown=copy"], "generate.unknown"),
        (["source.kind=text"], "source_front.kind"),
        (["source_front.kind=same"], "source_front.kind"),
    ],
)
def test_what_cannot_go_with_frames_is_refused_by_name(words: list[str], setting: str) -> None:
    """A member that is replaced leaves none of its own settings behind."""
    text = TINY
    for word in words:
        section = word.partition(".")[0]
        if word in ("source.kind=text", "source_front.kind=same", "readout.kind=pointer"):
            head, _, rest = text.partition(f"[{section}]\n")
            text = head + f"[{section}]\n[" + rest.partition("\n[")[2]
    with pytest.raises(InputError) as caught:
        loads(text, words)
    assert caught.value.setting == setting
