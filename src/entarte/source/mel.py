"""From a wave to log-mel frames, in NumPy.

wave → overlapping windows → |FFT|² → triangles on the mel scale → logarithm
"""

from __future__ import annotations

from functools import cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from entarte.source.row import Frames

Floats = NDArray[np.float64]

FLOOR = 1e-10
"""Added to the energy of a band, so that silence has a logarithm."""
ZEROS = 16
"""Zero crossings of the resampler's sinc on each side."""


def mel(hertz: Floats | float) -> Floats:
    """The mel scale of O'Shaughnessy (1987), as HTK writes it: m = 2595 log10(1 + f / 700).

    >>> np.round(mel(np.array([0.0, 1000.0, 4000.0])), 1)
    array([   0. , 1000. , 2146.1])
    """
    return 2595.0 * np.log10(1.0 + np.asarray(hertz) / 700.0)


@cache
def filters(rate: int, size: int, bands: int, low: float, high: float) -> Floats:
    """(bands, size / 2 + 1): triangles in equal steps on the mel scale, each reaching to the middle of the
    next (Davis and Mermelstein 1980)."""
    places = mel(np.arange(size // 2 + 1) * rate / size)
    corners = np.linspace(mel(low), mel(high), bands + 2)
    rise = (places - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - places) / (corners[2:] - corners[1:-1])[:, None]
    return np.maximum(np.minimum(rise, fall), 0.0)


def windows(wave: Floats, width: int, hop: int) -> Floats:
    """(S, width): overlapping windows, the whole wave but what is left of the last hop."""
    whole: Floats = np.lib.stride_tricks.sliding_window_view(wave, width)[::hop]
    return whole


def log_mel(
    wave: Floats, rate: int, *, bands: int, width: int, hop: int, low: float, high: float, emphasis: float
) -> Frames:
    """(S, bands) natural logarithms of the energy in each band.

    wave      (N,) in [-1, 1]; N at least `width`
    width     of a window, in samples; its mean is taken off, and it is shaped by a Hann window
    hop       from one window to the next, in samples
    low, high frequencies where the first band begins and the last ends, in hertz
    emphasis  x_t − emphasis x_{t−1} before the windows, which lifts high frequencies
    """
    if emphasis:
        wave = np.concatenate([wave[:1] * (1 - emphasis), wave[1:] - emphasis * wave[:-1]])
    cut = windows(wave, width, hop)
    cut = (cut - cut.mean(1, keepdims=True)) * np.hanning(width + 1)[:-1]
    size = 1 << (width - 1).bit_length()
    power = np.abs(np.fft.rfft(cut, size)) ** 2
    energy = power @ filters(rate, size, bands, low, high).T
    frames: Frames = np.log(energy + FLOOR).astype(np.float32)
    return frames


def resample(wave: Floats, rate: int, wanted: int) -> Floats:
    """Another number of samples a second, by a sinc with a Hann window (Smith, "Digital Audio Resampling").

    What the lower of the two rates cannot hold is filtered out.

    >>> time = np.arange(800) / 8000
    >>> lower = resample(np.sin(2 * np.pi * 440 * time), 8000, 4000)
    >>> len(lower), np.abs(lower[50:350] - np.sin(2 * np.pi * 440 * time[::2])[50:350]).max() < 1e-3
    (400, np.True_)
    """
    if rate == wanted:
        return wave
    common = gcd(rate, wanted)
    up, down = wanted // common, rate // common
    cutoff = min(1.0, wanted / rate)
    reach = int(np.ceil(ZEROS / cutoff))
    length = len(wave) * up // down
    padded = np.concatenate([np.zeros(reach), wave, np.zeros(reach + 1)])
    found = np.empty(length)
    for phase in range(up):  # outputs phase, phase + up, …, lie alike between two samples
        place = phase * down
        first, between = place // up, (place % up) / up
        offsets = np.arange(-reach + 1, reach + 1) - between
        shape = cutoff * np.sinc(cutoff * offsets) * (0.5 + 0.5 * np.cos(np.pi * offsets / (reach + 1)))
        count = len(range(phase, length, up))
        view = np.lib.stride_tricks.sliding_window_view(padded[first + 1 :], 2 * reach)[::down][:count]
        found[phase::up] = view @ shape
    return found
