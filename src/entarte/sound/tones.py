"""Letters played as chords: a language of sound that is learned in seconds.

Each letter has two notes of its own, one low and one high, as the keys of a telephone have. So what is to be
heard is known exactly, and where: the alignment can be held against the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from entarte.sound.wav import noisy, row
from entarte.source.mel import Floats

LETTERS = "abcdefghijkl"
LOW, HIGH = (400.0, 520.0, 680.0), (1000.0, 1350.0, 1800.0, 2400.0)
"""Hertz. A letter is a low note with a high one: 3 · 4 letters."""
RATE = 8000
SECONDS = (0.07, 0.15)
"""A letter lasts so long."""
GAP = (0.0, 0.06)
"""Silence before each letter, and at the end."""
LOUD = 0.25


class Melody(NamedTuple):
    """A word and its sound.

    text     letters
    samples  (N,) at RATE samples a second
    spans    for each letter where it begins and ends, in seconds
    """

    text: str
    samples: Floats
    spans: tuple[tuple[float, float], ...]


def play(letter: str, seconds: float, chance: np.random.Generator) -> Floats:
    """One chord, its phases by chance, that swells and fades."""
    place = LETTERS.index(letter)
    time = np.arange(round(seconds * RATE)) / RATE
    notes = (LOW[place % len(LOW)], HIGH[place // len(LOW)])
    sound = sum(np.sin(2 * np.pi * (note * time + chance.random())) for note in notes)
    swell = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.01)
    chord: Floats = LOUD * sound * swell
    return chord


def melodies(
    count: int, seed: int | str, *, least: int = 2, most: int = 5, letters: int = 12, noise: float = 20.0
) -> Iterator[Melody]:
    """Words of `least` to `most` letters, drawn evenly, with noise so many decibels below the sound.

    seed  of everything
    """
    chance = np.random.default_rng([*str(seed).encode()])
    for _ in range(count):
        text = "".join(LETTERS[n] for n in chance.integers(0, letters, chance.integers(least, most + 1)))
        chords = (play(letter, chance.uniform(*SECONDS), chance) for letter in text)
        samples, spans = row(chords, GAP, RATE, chance)
        yield Melody(text, noisy(samples, noise, chance), spans)
