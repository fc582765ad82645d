"""Clips of single words, joined into strings: a corpus of connected speech from one of isolated words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from entarte.errors import InputError
from entarte.reader import read_lines
from entarte.sound.wav import noisy, row
from entarte.source.audio import Audio
from entarte.source.mel import Floats, resample


class Clip(NamedTuple):
    """A file and what is said in it. Of clips of one speaker a string is made."""

    path: Path
    text: str
    speaker: str = ""


class Strung(NamedTuple):
    """Clips in a row.

    spans  for each clip where it begins and ends, in seconds
    """

    text: str
    samples: Floats
    spans: tuple[tuple[float, float], ...]


def listed(path: Path, text: int, speaker: int) -> list[Clip]:
    """The clips of a TSV file: path, from the file's own folder, and columns (from 1) of text and speaker.

    Without a column of speakers (0) there is one. Raises InputError, with file and line.
    """
    clips = []
    for number, line in enumerate(read_lines(path), start=1):
        fields = line.split("\t")
        most = max(text, speaker, 1)
        if len(fields) < most:
            raise InputError(
                f"the line has {len(fields)} columns, and column {most} is asked for", file=path, line=number
            )
        place = path.parent / fields[0]
        if not place.is_file():
            raise InputError(f"{place} is named, and there is no such file", file=path, line=number)
        clips.append(Clip(place, fields[text - 1], fields[speaker - 1] if speaker else ""))
    if not clips:
        raise InputError("the file is empty: there is no clip in it", file=path)
    return clips


def parted(clips: Sequence[Clip], share: float, seed: int) -> tuple[list[Clip], list[Clip]]:
    """Clips to train on, and a share of them, drawn by chance, that is held out."""
    order = np.random.default_rng([seed, 1]).permutation(len(clips))
    held = {int(n) for n in order[: round(share * len(clips))]}
    return [clip for n, clip in enumerate(clips) if n not in held], [clips[n] for n in sorted(held)]


class Stringer:
    """Joins clips.

    rate  of the strings, samples a second; clips of another are resampled
    """

    def __init__(self, clips: Sequence[Clip], rate: int) -> None:
        self.rate = rate
        self.audio = Audio(rate=rate)
        self.speakers: dict[str, list[Clip]] = defaultdict(list)
        for clip in clips:
            self.speakers[clip.speaker].append(clip)
        self.known: dict[Path, Floats] = {}

    def wave(self, clip: Clip) -> Floats:
        """The samples of a clip, mono. Raises InputError for what is no sound."""
        if clip.path not in self.known:
            samples, rate = self.audio.samples(clip.path)
            if not len(samples):
                raise InputError("holds no sound at all", file=clip.path)
            self.known[clip.path] = resample(samples.mean(1), rate, self.rate)
        return self.known[clip.path]

    def strings(
        self,
        count: int,
        seed: int | str,
        *,
        least: int,
        most: int,
        gap: tuple[float, float],
        noise: float,
    ) -> Iterator[Strung]:
        """Strings of `least` to `most` clips of one speaker, drawn with replacement.

        gap    seconds of silence before each clip and at the end, drawn evenly
        noise  decibels below the mean power at which white noise is added
        """
        chance = np.random.default_rng([*str(seed).encode()])
        names = sorted(self.speakers)
        shares = np.array([len(self.speakers[name]) for name in names], dtype=float)
        for _ in range(count):
            own = self.speakers[names[chance.choice(len(names), p=shares / shares.sum())]]
            drawn = [own[n] for n in chance.integers(0, len(own), chance.integers(least, most + 1))]
            samples, spans = row(map(self.wave, drawn), gap, self.rate, chance)
            yield Strung(" ".join(clip.text for clip in drawn), noisy(samples, noise, chance), spans)
