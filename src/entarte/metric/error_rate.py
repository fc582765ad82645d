"""WER, CER and PER: edit distance per 100 symbols of the reference; only the symbol differs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs_text, ratio, stack
from entarte.metric.edit import edits


class ErrorRate(Additive, TextMetric):
    """Substitutions + deletions + insertions, per 100 symbols of the reference.

    Row (K = 5): number of references, substitutions, deletions, insertions, reference length.

    With several references a sentence counts against the one with the fewest edits (for pronunciation
    the convention of Rao et al. 2015); between equals, against the longest. It can exceed 100.
    """

    higher_is_better = False
    symbol: str  # for the signature

    def __init__(self, *, lowercase: bool = False) -> None:
        self._lowercase = lowercase

    @abstractmethod
    def symbols(self, line: str) -> Sequence[str]:
        """What is counted."""

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said = self._symbols(hypothesis)
        found = []
        for reference in references:
            wanted = self._symbols(reference)
            changes = edits(said, wanted)
            found.append((changes.total, -len(wanted), changes))
        _, length, best = min(found)
        return np.array([len(references), *best, -length], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return rate(totals[:, 1:4].sum(1), totals[:, 4])

    def details(self, rows: Rows) -> dict[str, float]:
        total = stack(rows).sum(0)
        names = ("substitutions", "deletions", "insertions", "reference_length")
        return {name: float(value) for name, value in zip(names, total[1:], strict=True)}

    def signature(self, rows: Rows) -> str:
        case = "lc" if self._lowercase else "mixed"
        return f"nrefs:{nrefs_text(stack(rows)[:, 0])}|case:{case}|symbol:{self.symbol}|best:edits|def:1"

    def _symbols(self, line: str) -> Sequence[str]:
        return self.symbols(line.lower() if self._lowercase else line)


class Wer(ErrorRate):
    """Word error rate; words are what whitespace separates."""

    name, label, symbol = "wer", "WER", "word"

    def symbols(self, line: str) -> Sequence[str]:
        return line.split()


class Cer(ErrorRate):
    """Character error rate. A run of whitespace counts as one blank, at the ends as none."""

    name, label, symbol = "cer", "CER", "character"

    def symbols(self, line: str) -> Sequence[str]:
        return " ".join(line.split())


class Per(ErrorRate):
    """Phoneme error rate: WER where the "words" are phonemes separated by blanks; the case is kept."""

    name, label, symbol = "per", "PER", "phoneme"

    def __init__(self) -> None:
        super().__init__(lowercase=False)

    def symbols(self, line: str) -> Sequence[str]:
        return line.split()


def rate(changes: Floats, length: Floats) -> Floats:
    """100 · changes / length. Against nothing: 0 if nothing was said, else 100 (as sacreBLEU's TER)."""
    return 100 * np.where(length == 0, np.minimum(changes, 1.0), ratio(changes, length, 0.0))
