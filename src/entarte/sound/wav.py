"""Samples to a file that every program plays."""

from __future__ import annotations

import wave
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
