"""Lines that name files: what is read of them, what is refused, and what is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from entarte.corpus import encode
from entarte.errors import DamagedError, InputError, SetupError
from entarte.example import Example
from entarte.reader import read
from entarte.source import SOURCES, Arrays, Audio, RowError
from entarte.source.base import FeatureSource
from entarte.source.mel import filters, log_mel, mel, resample
from entarte.text import Tokenizer

Beep = Callable[..., Path]


def put(path: Path, array: object) -> str:
    np.save(path, np.asarray(array))
    return str(path)


# -- log-mel ------------------------------------------------------------------------------------------


def test_a_tone_is_loudest_in_its_band() -> None:
    time = np.arange(8000) / 8000
    for hertz in (300.0, 1000.0, 2500.0):
        wave = np.sin(2 * np.pi * hertz * time)
        frames = log_mel(wave, 8000, bands=20, width=200, hop=80, low=20, high=4000, emphasis=0.0)
        middles = np.linspace(mel(20), mel(4000), 22)[1:-1]
        assert frames.shape == (1 + (8000 - 200) // 80, 20)
        assert set(frames.argmax(1)) == {int(np.abs(middles - mel(hertz)).argmin())}


def test_filters_are_triangles_that_meet() -> None:
    bank = filters(8000, 2048, 10, 0.0, 4000.0)
    corners = np.linspace(mel(0.0), mel(4000.0), 12)
    places = mel(np.arange(1025) * 8000 / 2048)
    inside = (places >= corners[1]) & (places <= corners[-2])
    assert np.allclose(bank.sum(0)[inside], 1.0)  # where one falls the next rises
    assert bank.min() == 0.0
    assert bank.max() <= 1.0


def test_emphasis_lifts_what_is_high() -> None:
    wave = np.random.default_rng(1).normal(size=4000)
    plain, lifted = (
        log_mel(wave, 8000, bands=10, width=200, hop=80, low=20, high=4000, emphasis=much).mean(0)
        for much in (0.0, 0.97)
    )
    gain = lifted - plain
    assert gain[0] < -1 < 1 < gain[-1]


@pytest.mark.parametrize(("rate", "wanted"), [(16000, 8000), (44100, 8000), (8000, 16000)])
def test_resampling_keeps_a_tone(rate: int, wanted: int) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    found = resample(wave, rate, wanted)
    truth = np.sin(2 * np.pi * 440 * np.arange(len(found)) / wanted)
    assert len(found) == wanted
    assert np.abs(found - truth)[400:-400].max() < 2e-3


def test_resampling_leaves_out_what_the_lower_rate_cannot_hold() -> None:
    """Else a tone of 5 kHz would come back as one of 3."""
    found = resample(np.sin(2 * np.pi * 5000 * np.arange(16000) / 16000), 16000, 8000)
    assert np.abs(found[200:-200]).max() < 0.01


# -- files --------------------------------------------------------------------------------------------


def test_channels_and_rates_are_brought_together_and_said(beep: Beep, tmp_path: Path) -> None:
    one = beep("one.wav")
    wave, _ = soundfile.read(one)
    soundfile.write(tmp_path / "two.flac", np.stack([wave, wave], 1), 8000)
    beep("fast.wav", rate=16000)
    audio = Audio(rate=8000, bands=12)
    alone, both, fast = (audio.read(tmp_path / name) for name in ("one.wav", "two.flac", "fast.wav"))
    assert np.allclose(alone, both, atol=1e-3)
    loud = alone.max(1, keepdims=True) - alone < 5  # quiet bands hold what rounding left
    assert np.abs(alone - fast)[loud].max() < 0.1
    assert audio.notes == (
        f"{tmp_path}/two.flac: 2 channels, averaged",
        f"{tmp_path}/fast.wav: 16,000 samples a second, resampled to 8,000",
    )


def test_the_extra_is_named_where_it_is_missing(beep: Beep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(SetupError, match=r"sound cannot be read.*entarte\[speech\]"):
        Audio().read(beep("a.wav"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no sound that can be read"),
        (b"RIFF....WAVE", "is no sound that can be read"),
        (None, "there is no such file"),
    ],
)
def test_files_that_are_no_sound(content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        Audio().read(tmp_path / "a.wav")
    assert caught.value.file == str(tmp_path / "a.wav")


def test_sound_that_is_too_short(beep: Beep) -> None:
    audio = Audio(rate=8000, window=25.0)
    with pytest.raises(InputError, match="is too short: 20 ms, and one frame takes 25"):
        audio.read(beep("short.wav", seconds=0.02))
    with pytest.raises(InputError, match="holds no sound at all"):
        audio.read(beep("none.wav", seconds=0.0))
    assert len(audio.read(beep("just.wav", seconds=0.025))) == 1


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        ({"high": 5000.0, "rate": 8000}, "source.high"),
        ({"low": 4000.0, "rate": 8000}, "source.high"),
        ({"bands": 0}, "source.high"),
        ({"hop": 0.0}, "source.window"),
    ],
)
def test_settings_that_no_sound_has(options: dict[str, float], setting: str) -> None:
    with pytest.raises(InputError) as caught:
        Audio(**options)  # type: ignore[arg-type]
    assert caught.value.setting == setting


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(3), "its array has the shape"),
        (np.zeros((0, 3)), "its array has the shape"),
        (np.array([["a"]]), "holds no numbers"),
        (np.array([[1.0], [np.nan]]), "frame 1 holds a number that is not finite"),
    ],
)
def test_arrays_that_are_no_frames(array: object, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        Arrays().read(Path(put(tmp_path / "a.npy", array)))


def test_no_pickle_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="no array of numbers that NumPy can read"):
        Arrays().read(tmp_path / "a.npy")


def test_an_archive_of_arrays(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, mel=np.ones((2, 3)), words=np.zeros((1, 2)))
    assert Arrays(key="mel").read(path).shape == (2, 3)
    with pytest.raises(InputError, match=r"holds 2 arrays.*mel, words"):
        Arrays().read(path)
    with pytest.raises(InputError, match="has no array 'pitch'"):
        Arrays(key="pitch").read(path)


def test_labels_are_numbers_times_or_places(tmp_path: Path) -> None:
    flat, grid = put(tmp_path / "f.npy", np.ones((3, 2))), put(tmp_path / "g.npy", np.ones((2, 3, 4)))
    assert Arrays().labels(flat, 3) == ["0", "1", "2"]
    assert Arrays(step=0.5).labels(flat, 3) == ["0.00s", "0.50s", "1.00s"]
    assert Arrays().labels(grid, 6) == ["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"]
    assert Arrays().read(Path(grid)).shape == (6, 4)
    assert Audio(rate=8000, hop=20.0).labels("", 3) == ["0.00s", "0.02s", "0.04s"]


# -- what is learned ----------------------------------------------------------------------------------


def some(tmp_path: Path, **options: object) -> tuple[FeatureSource, list[str]]:
    chance = np.random.default_rng(1)
    lines = [
        put(tmp_path / f"{n}.npy", chance.normal([5.0, -2.0, 0.0], [2.0, 0.1, 0.0], (4 + n, 3)))
        for n in range(5)
    ]
    return Arrays(**options), lines  # type: ignore[arg-type]


def test_frames_are_brought_to_mean_0_and_deviation_1(tmp_path: Path) -> None:
    source, lines = some(tmp_path)
    source.learn(lines)
    every = np.concatenate(source.rows(lines))
    assert len(source) == 3
    assert np.allclose(every.mean(0), 0, atol=1e-5)
    assert np.allclose(every.std(0), [1, 1, 0], atol=1e-5)  # what never changes is 0


def test_or_each_file_by_itself_or_not_at_all(tmp_path: Path) -> None:
    source, lines = some(tmp_path, normalise="file")
    source.learn(lines)
    assert all(np.allclose(row.mean(0), 0, atol=1e-5) for row in source.rows(lines))
    source, _ = some(tmp_path, normalise="none")
    source.learn(lines)
    assert np.array_equal(source.rows(lines)[1], np.load(lines[1]).astype(np.float32))


def test_saved_is_restored_to_the_bit(tmp_path: Path) -> None:
    source, lines = some(tmp_path)
    source.learn(lines)
    source.save(tmp_path / "source.json")
    other = Arrays()
    other.restore(tmp_path / "source.json")
    for one, two in zip(source.rows(lines), other.rows(lines), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "audio"}, "no means of a source of kind 'arrays'"),
        ({"mean": [1.0]}, "no means of a source of kind 'arrays'"),
        ({"format": 2}, "has format 2; this version reads up to 1"),
        ({"like": None, "mean": "x"}, "these are no means of a source"),
    ],
)
def test_damaged_means_are_refused(change: dict[str, object], words: str, tmp_path: Path) -> None:
    source, lines = some(tmp_path)
    source.learn(lines)
    path = tmp_path / "source.json"
    source.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DamagedError, match=words):
        Arrays().restore(path)


def test_missing_means_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="is missing"):
        Arrays().restore(tmp_path / "none.json")


def test_widths_that_differ_name_both_files(tmp_path: Path) -> None:
    source, lines = some(tmp_path)
    lines.insert(2, put(tmp_path / "odd.npy", np.ones((2, 4))))
    with pytest.raises(RowError) as caught:
        source.learn(lines)
    assert caught.value.row == 2
    assert str(caught.value.at("list.tsv", 3)) == (
        f"list.tsv:3: {tmp_path}/odd.npy: has 4 numbers in a frame, and {tmp_path}/0.npy has 3. "
        "All files of a source must be of one width."
    )


def test_a_blank_line_has_no_frame(tmp_path: Path) -> None:
    source, lines = some(tmp_path)
    source.learn(lines)
    assert [row.shape for row in source.rows([" ", lines[0]])] == [(0, 3), (4, 3)]


def test_frames_are_kept_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, lines = some(tmp_path, cache=str(tmp_path / "kept"))
    source.learn(lines)
    rows = source.rows(lines)
    assert len(list((tmp_path / "kept").iterdir())) == 5
    monkeypatch.setattr(Arrays, "array", lambda self, path: pytest.fail("was read again"))
    assert all(np.array_equal(a, b) for a, b in zip(rows, source.rows(lines), strict=True))
    monkeypatch.undo()
    put(Path(lines[0]), np.ones((2, 3)))
    assert len(source.rows(lines[:1])[0]) == 2, "another content is read anew"
    for kept in (tmp_path / "kept").iterdir():
        kept.write_bytes(kept.read_bytes()[:20])
    assert all(np.array_equal(a, b) for a, b in zip(rows[1:], source.rows(lines[1:]), strict=True))


def test_other_settings_have_frames_of_their_own(beep: Beep, tmp_path: Path) -> None:
    path, kept = beep("a.wav"), str(tmp_path / "kept")
    wide, narrow = Audio(bands=20, rate=8000, cache=kept), Audio(bands=10, rate=8000, cache=kept)
    assert wide.frames(path).shape[1] == 20
    assert narrow.frames(path).shape[1] == 10


def test_copying_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="a source of kind 'audio' has no words to copy") as caught:
        Audio().texts_many(["a.wav"])
    assert caught.value.setting == "readout.kind"


# -- lists --------------------------------------------------------------------------------------------


def test_paths_are_taken_from_the_folder_of_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lists" / "clips").mkdir(parents=True)
    inner, outer = tmp_path / "lists/clips/a.npy", tmp_path / "b.npy"
    for path in (inner, outer):
        put(path, np.ones((1, 1)))
    (tmp_path / "lists/train.tsv").write_text(f"clips/a.npy\tx\n{outer}\ty\n")
    monkeypatch.chdir(tmp_path)
    found = list(read("lists/train.tsv", files=True))
    assert [pair.source for pair in found] == ["lists/clips/a.npy", str(outer)]


def test_what_is_missing_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "train.tsv"
    put(tmp_path / "a.npy", np.ones((1, 1)))
    path.write_text("a.npy\tx\nb.npy\ty\n")
    with pytest.raises(InputError, match=r"train\.tsv:2: .*b\.npy is named, and there is no such file"):
        list(read(path, files=True))
    path.write_text(f"{tmp_path}\tx\n")
    with pytest.raises(InputError, match=r"train\.tsv:1: .*is a folder, not a file"):
        list(read(path, files=True))


def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    pairs = [Example(put(tmp_path / "a.npy", np.ones((1, 1))), "x", file="list.tsv", number=1)]
    pairs.append(Example(put(tmp_path / "b.npy", np.ones(1)), "y", file="list.tsv", number=2))
    target = Tokenizer.train(["xy"], kind="char", size=0)
    with pytest.raises(InputError, match=r"^list\.tsv:2: .*b\.npy: its array has the shape"):
        encode(pairs, Arrays(), target)


def test_other_frames_are_another_corpus(tmp_path: Path) -> None:
    """So that a training is not resumed on them."""
    target = Tokenizer.train(["xy"], kind="char", size=0)

    def digest(values: list[float]) -> str:
        source = Arrays(normalise="none")
        pairs = [Example(put(tmp_path / "a.npy", [[value] for value in values]), "x")]
        return encode(pairs, source, target).digest

    assert digest([1.0, 2.0]) == digest([1.0, 2.0])
    assert len({digest([1.0, 2.0]), digest([1.0, 2.5]), digest([1.0])}) == 3


def test_every_source_of_features_says_what_it_is() -> None:
    kinds = {name: member for name, member in SOURCES.items() if issubclass(member, FeatureSource)}
    assert {name: member.kind for name, member in kinds.items()} == {name: name for name in kinds}
