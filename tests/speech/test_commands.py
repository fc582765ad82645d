"""The commands: sound that is made, transcripts with pictures, and every other command over recordings."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from entarte.cli.main import main
from entarte.errors import InputError, SetupError

Beep = Callable[..., Path]


@pytest.fixture
def clips(tmp_path: Path, beep: Beep) -> Path:
    """A list of clips of two speakers, each of whom has a tone of their own."""
    lines = []
    for speaker, hertz in (("ann", 300.0), ("bob", 900.0)):
        for number, word in enumerate(("one", "two", "three", "four", "five")):
            path = beep(f"{speaker}{number}.wav", seconds=0.1, hertz=hertz)
            lines.append(f"{path.name}\t{speaker}\t{word}\n")
    (tmp_path / "clips.tsv").write_text("".join(lines))
    return tmp_path / "clips.tsv"


# -- data ---------------------------------------------------------------------------------------------


def test_tones_are_those_that_their_times_say(tones: Path) -> None:
    from entarte.sound.tones import HIGH, LETTERS, LOW, RATE

    lines = (tones / "test.tsv").read_text().split("\n")[:-1]
    times = [json.loads(line) for line in (tones / "test.times.jsonl").read_text().split("\n")[:-1]]
    for line, told in zip(lines[:10], times, strict=False):
        name, text = line.split("\t")
        wave, rate = soundfile.read(tones / name)
        assert (rate, told["text"], len(told["spans"])) == (RATE, text, len(text))
        for letter, (start, end) in zip(text, told["spans"], strict=True):
            part = wave[round(start * rate) : round(end * rate)]
            power = np.abs(np.fft.rfft(part, 8192)) ** 2
            hertz = np.arange(len(power)) * rate / 8192
            place = LETTERS.index(letter)
            for notes, expected in ((LOW, LOW[place % 3]), (HIGH, HIGH[place // 3])):
                near = [power[np.abs(hertz - note) < 12].max() for note in notes]
                assert notes[int(np.argmax(near))] == expected


def test_the_same_seed_gives_the_same_sound(tmp_path: Path) -> None:
    small = ["--train", "2", "--valid", "1", "--test", "1"]
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert main(["data", "tones", "--out", str(tmp_path / name), *small, "--seed", seed]) == 0
    one, same, other = ((tmp_path / name / "train/00001.wav").read_bytes() for name in "abc")
    assert one == same != other


def test_strings_have_one_speaker_and_no_clip_in_two_parts(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "strings"
    words = ["--text", "3", "--speaker", "2", "--least", "2", "--most", "3", "--held", "0.4"]
    sizes = ["--train", "30", "--valid", "10", "--test", "5", "--noise", "60", "--test-clips", str(clips)]
    assert main(["data", "strings", str(clips), "--out", str(out), *words, *sizes]) == 0
    said: dict[str, set[tuple[str, str]]] = {}
    for part in ("train", "valid"):
        said[part] = set()
        for line in (out / f"{part}.tsv").read_text().split("\n")[:-1]:
            name, text = line.split("\t")
            wave, rate = soundfile.read(out / name)
            power = np.abs(np.fft.rfft(wave, 8192)) ** 2
            low, high = (power[round(hertz / rate * 8192)] for hertz in (300, 900))
            assert max(low, high) > 50 * min(low, high), "two speakers in one string"
            speaker = "ann" if low > high else "bob"
            said[part] |= {(speaker, word) for word in text.split()}
    assert said["train"] & said["valid"] == set()
    assert len(said["train"] | said["valid"]) == 10
    [first, *_] = (out / "train.times.jsonl").read_text().split("\n")
    spans = json.loads(first)["spans"]
    assert all(end - start == pytest.approx(0.1, abs=1e-3) for start, end in spans)
    assert len((out / "test.tsv").read_text().split("\n")) == 6


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("a.wav\n", [], "clips.tsv:1: the line has 1 columns, and column 2 is asked for"),
        ("a.wav\tx\n", [], r"clips.tsv:1: .*a.wav is named, and there is no such file"),
        ("", [], "there is no clip in it"),
        (None, ["--least", "3", "--most", "2"], "3 to 2 is no range"),
        (None, ["--gap", "0.2", "0.1"], "is no range of seconds"),
    ],
)
def test_lists_that_cannot_be_joined(
    content: str | None, options: list[str], words: str, clips: Path, tmp_path: Path
) -> None:
    if content is not None:
        clips.write_text(content)
    with pytest.raises(InputError, match=words):
        run("data", "strings", clips, "--out", tmp_path / "out", *options)


def test_a_folder_is_not_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_text("x")
    small = ["--train", "1", "--valid", "1", "--test", "1"]
    with pytest.raises(InputError, match="is not empty"):
        run("data", "tones", "--out", tmp_path / "out", *small)
    assert run("data", "tones", "--out", tmp_path / "out", *small, "--force") == 0
    assert (tmp_path / "out" / "kept").is_file()


def run(*words: object) -> int:
    """A command line whose errors are raised."""
    from entarte.cli.main import run as command

    return command([str(word) for word in words])


# -- transcribe ---------------------------------------------------------------------------------------


def test_transcripts_one_line_for_each(taught: Path, tones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [tones / "test" / f"0000{number}.wav" for number in (1, 2, 3)]
    assert run("transcribe", taught, *names) == 0
    told = capsys.readouterr()
    assert len(told.out.split("\n")) == 4
    assert "attention and CTC path: " in told.err
    assert " pieces within 80 ms, mean distance " in told.err


def test_a_transcript_with_times_and_a_picture(
    taught: Path, tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, drawn = tones / "test" / "00002.wav", tmp_path / "heard.svg"
    assert run("transcribe", taught, name, "--json", "--plot", drawn, "--output", tmp_path / "out") == 0
    plain = json.loads((tmp_path / "out").read_text())
    assert "".join(piece["text"] for piece in plain["pieces"]) == plain["text"]
    seconds = soundfile.info(name).duration
    for piece in plain["pieces"]:
        assert 0 <= piece["attention"] <= seconds
        assert 0 <= piece["ctc"][0] < piece["ctc"][1] <= seconds + 0.04
    picture = drawn.read_text()
    assert "CTC path" in picture
    assert "seconds" in picture
    assert "⟨end⟩" in picture
    assert run("transcribe", taught, name, "--plot", tmp_path / "heard.png") == 0
    assert (tmp_path / "heard.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_heard(taught: Path, beep: Beep, tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"no sound")
    good = beep("good.wav")
    for names, words in (
        ([good, tmp_path / "none.wav"], r"line 2: .*none\.wav: there is no such file"),
        ([tmp_path / "noise.wav"], r"line 1: .*noise\.wav: is no sound that can be read"),
        ([beep("short.wav", seconds=0.01)], r"short\.wav: is too short: 10 ms"),
        ([], "nothing to listen to"),
        ([good, "--microphone", "1"], "nothing to listen to"),
        ([good, "--keep", tmp_path / "a.wav"], "only read together with --microphone"),
        ([good, good, "--plot", tmp_path / "a.svg"], "one recording is drawn"),
        ([good, "--plot", tmp_path / "a.jpg"], "a picture cannot be written as '.jpg'"),
    ):
        with pytest.raises(InputError, match=words):
            run("transcribe", taught, *names)


def test_another_rate_is_resampled_and_said(
    taught: Path, beep: Beep, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", taught, beep("high.wav", rate=44100)) == 0
    assert "44,100 samples a second, resampled to 8,000" in capsys.readouterr().err


def test_the_microphone_needs_its_package(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert main(["transcribe", str(taught), "--microphone", "1"]) == 3
    with pytest.raises(SetupError, match=r"the microphone cannot be heard.*entarte\[microphone\]"):
        run("transcribe", taught, "--microphone", "1")


def test_the_microphone_is_heard(
    taught: Path,
    tones: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With a stand-in that plays a recording."""
    wave, _ = soundfile.read(tones / "test" / "00001.wav", dtype="float32")

    def rec(count: int, *, samplerate: int, channels: int, blocking: bool) -> np.ndarray:  # type: ignore[type-arg]
        assert (count, samplerate, channels, blocking) == (4000, 8000, 1, True)
        return wave[:, None]

    class PortAudioError(Exception):
        pass

    monkeypatch.setitem(sys.modules, "sounddevice", SimpleNamespace(rec=rec, PortAudioError=PortAudioError))
    kept = tmp_path / "kept.wav"
    assert run("transcribe", taught, "--microphone", "0.5", "--keep", kept) == 0
    heard = capsys.readouterr().out
    assert run("transcribe", taught, tones / "test" / "00001.wav") == 0
    assert capsys.readouterr().out == heard
    assert soundfile.info(kept).frames == len(wave)

    def silent(*_: object, **__: object) -> None:
        raise PortAudioError("no default input")

    monkeypatch.setattr(sys.modules["sounddevice"], "rec", silent)
    with pytest.raises(SetupError, match="no default input"):
        run("transcribe", taught, "--microphone", "0.5")


# -- every other command ------------------------------------------------------------------------------


def test_commands_over_recordings(
    taught: Path, tones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = tones / "test" / "00001.wav"
    (tmp_path / "list").write_text(f"{name}\n\n{name}\n")
    assert run("translate", taught, tmp_path / "list") == 0
    first, blank, again, _ = capsys.readouterr().out.split("\n")
    assert first == again != ""
    assert blank == ""
    assert run("show", taught, name) == 0
    assert "0.00s" in capsys.readouterr().out
    assert run("evaluate", taught, "--examples", "1") == 0
    told = capsys.readouterr().out
    assert all(measure in told for measure in ("WER", "CER", "exact", "Transcripts"))
    assert run("describe", taught) == 0
    assert "audio" in capsys.readouterr().out
    assert run("card", taught, name) == 0
    assert "0.00s" in capsys.readouterr().out
    (tmp_path / "pairs.tsv").write_text(f"{name}\tab\n")
    assert run("force", taught, tmp_path / "pairs.tsv") == 0


def test_an_export_says_that_it_has_no_graph_of_frames(taught: Path, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"a model with encoder encoder\.pyramid\.Pyramid cannot be exported"
    ):
        run("export", taught, "--to", "onnx", "--out", tmp_path / "export")


def test_transcribe_is_for_models_that_listen(tmp_path: Path) -> None:
    from ..laws.small import keep

    keep(tmp_path / "model", [])
    with pytest.raises(InputError, match="does not listen: its source is of kind 'text'"):
        run("transcribe", tmp_path / "model", "a.wav")
