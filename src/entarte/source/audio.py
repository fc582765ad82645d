"""Sound: log-mel frames of a file."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import ClassVar, Literal

import numpy as np

from entarte.errors import InputError, SetupError
from entarte.source.base import FeatureSource
from entarte.source.mel import Floats, log_mel, resample
from entarte.source.row import Frames


def soundfile() -> ModuleType:
    """The package that reads sound. Raises SetupError where it is not installed."""
    try:
        import soundfile as found
    except (ImportError, OSError) as error:  # OSError: its library does not fit the system
        raise SetupError(
            f"sound cannot be read: {error}", advice="Install the extra: pip install 'entarte[speech]'."
        ) from None
    module: ModuleType = found
    return module


class Audio(FeatureSource):
    """A source line names a sound file: wav, flac, ogg, mp3 or another that libsndfile reads.

    Several channels are averaged, other rates are resampled, and that is said.

    rate       samples a second that every file is brought to
    bands      F, of the mel scale
    window     of a frame, in milliseconds
    hop        from one frame to the next, in milliseconds
    low        frequency where the first band begins, in hertz
    high       frequency where the last band ends; 0: half the rate
    emphasis   of high frequencies: x_t − emphasis x_{t−1}; 0: none
    """

    kind: ClassVar[str] = "audio"

    def __init__(
        self,
        *,
        rate: int = 16000,
        bands: int = 80,
        window: float = 25.0,
        hop: float = 10.0,
        low: float = 20.0,
        high: float = 0.0,
        emphasis: float = 0.97,
        normalise: Literal["corpus", "file", "none"] = "corpus",
        cache: str = "",
    ) -> None:
        super().__init__(
            normalise=normalise, cache=cache,
            rate=rate, bands=bands, window=window, hop=hop, low=low, high=high, emphasis=emphasis,
        )  # fmt: skip
        self.rate, self.bands, self.low, self.high = rate, bands, low, high or rate / 2
        self.width, self.hop = round(rate * window / 1000), round(rate * hop / 1000)
        self.emphasis = emphasis
        if self.hop < 1 or self.width < 2:
            raise InputError(
                f"{window:g} and {hop:g} ms are too short at {rate} samples a second", setting="source.window"
            )
        if not bands or not low < self.high <= rate / 2:
            raise InputError(
                f"{bands} bands from {low:g} to {self.high:g} Hz cannot be had at {rate} samples a second",
                setting="source.high",
                advice="The highest frequency is half the rate.",
            )

    def read(self, path: Path) -> Frames:
        return self.heard(*self.samples(path), path)

    def samples(self, path: Path) -> tuple[Floats, int]:
        """(N, channels) samples in [-1, 1], and their rate."""
        library = soundfile()
        if not path.is_file():
            raise InputError("there is no such file", file=path)
        try:
            wave, rate = library.read(str(path), dtype="float64", always_2d=True)
        except library.LibsndfileError as fault:
            raise InputError(f"is no sound that can be read: {fault.error_string}", file=path) from None
        except OSError as fault:
            raise SetupError(f"cannot be read: {fault.strerror or fault}", file=path) from None
        return wave, int(rate)

    def heard(self, wave: Floats, rate: int, path: Path) -> Frames:
        """The frames of samples (N, channels)."""
        if not len(wave):
            raise InputError("holds no sound at all", file=path)
        if wave.shape[1] > 1:
            self.note(f"{wave.shape[1]} channels, averaged", path)
        if rate != self.rate:
            self.note(f"{rate:,} samples a second, resampled to {self.rate:,}", path)
        mono = resample(wave.mean(1), rate, self.rate)
        if not np.isfinite(mono).all():
            raise InputError("holds samples that are not finite", file=path)
        if len(mono) < self.width:
            raise InputError(
                f"is too short: {len(mono) / self.rate * 1000:.0f} ms, and one frame takes "
                f"{self.width / self.rate * 1000:.0f}",
                file=path,
            )
        return log_mel(
            mono, self.rate, bands=self.bands, width=self.width, hop=self.hop,
            low=self.low, high=self.high, emphasis=self.emphasis,
        )  # fmt: skip

    def time(self, slot: float) -> float:
        """Seconds from the beginning to where a frame begins."""
        return slot * self.hop / self.rate

    def labels(self, line: str, count: int) -> list[str]:
        return [f"{self.time(slot):.2f}s" for slot in range(count)]
