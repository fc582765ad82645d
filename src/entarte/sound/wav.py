"""Samples in a row, with noise, and into a file that every program plays."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from entarte import atomic
from entarte.source.mel import Floats

LOUDEST = 32767


def write(path: Path, samples: Floats, rate: int) -> None:
    """(N,) samples in [-1, 1] as 16-bit mono PCM; what is louder is cut off. Raises SetupError."""
    data = np.round(np.clip(samples, -1.0, 1.0) * LOUDEST).astype("<i2").tobytes()
    with atomic.writing(path), path.open("wb") as file, wave.open(file) as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(data)


def noisy(samples: Floats, decibels: float, chance: np.random.Generator) -> Floats:
    """With white noise so many decibels below the mean power of the sound."""
    power = float(np.mean(samples**2)) * 10 ** (-decibels / 10)
    mixed: Floats = samples + chance.normal(0.0, np.sqrt(power), len(samples))
    return mixed


def row(
    sounds: Iterable[Floats], gap: tuple[float, float], rate: int, chance: np.random.Generator
) -> tuple[Floats, tuple[tuple[float, float], ...]]:
    """Sounds one after the other, and for each where it begins and ends, in seconds.

    gap  seconds of silence before each and at the end, drawn evenly
    """
    parts: list[Floats] = []
    spans: list[tuple[float, float]] = []
    at = 0
    left = iter(sounds)
    while True:
        rest = np.zeros(round(chance.uniform(*gap) * rate))
        parts.append(rest)
        sound = next(left, None)  # drawn behind the silence before it
        if sound is None:
            return np.concatenate(parts), tuple(spans)
        at += len(rest)
        spans.append((at / rate, (at + len(sound)) / rate))
        at += len(sound)
        parts.append(sound)
