"""chrF (Popović 2015) and chrF++ (Popović 2017): F-score over character (and word) n-grams.

The counting is ours, so that the statistics of a sentence can be kept; the tests hold it equal to
sacreBLEU's, whose signature it carries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import sacrebleu

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs, ratio, stack

PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
CHARACTERS = 6
BETA = 2


class ChrF(Additive, TextMetric):
    """Mean n-gram precision and recall over the orders that exist, joined as F with beta = 2.

    Row (K = 1 + 3 · orders): number of references, then for each order n-grams of the hypothesis, of the
    reference, and matched. With several references the row is that of the best-scoring one, between
    equals the first: sacreBLEU's rule, by which the order of references can matter a little.
    """

    name = "chrf"
    label = "chrF"
    words = 0  # the highest order of word n-grams

    def __init__(self, *, lowercase: bool = False) -> None:
        self._lowercase = lowercase
        self._signature = sacrebleu.CHRF(
            char_order=CHARACTERS, word_order=self.words, beta=BETA, lowercase=lowercase
        )

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said = self._ngrams(hypothesis)
        rows = stack([_match(said, self._ngrams(reference)) for reference in references])
        rows = np.concatenate([np.full((len(rows), 1), float(len(references))), rows], axis=1)
        best: Floats = rows[self.value(rows).argmax()]
        return best

    def value(self, totals: Floats) -> Floats:
        said, wanted, matched = (totals[:, first::3] for first in (1, 2, 3))
        exists = (said > 0) & (wanted > 0)
        orders = exists.sum(1)
        precision = ratio((ratio(matched, said, 0.0) * exists).sum(1), orders, 0.0)
        recall = ratio((ratio(matched, wanted, 0.0) * exists).sum(1), orders, 0.0)
        return 100 * ratio((1 + BETA**2) * precision * recall, BETA**2 * precision + recall, 0.0)

    def signature(self, rows: Rows) -> str:
        self._signature.num_refs = nrefs(stack(rows)[:, 0])
        return str(self._signature.get_signature())

    def _ngrams(self, line: str) -> list[Counter[str]]:
        line = line.lower() if self._lowercase else line
        letters = "".join(line.split())
        grams = [
            Counter(letters[start : start + n] for start in range(len(letters) - n + 1))
            for n in range(1, CHARACTERS + 1)
        ]
        words = _separate(line)
        return grams + [
            Counter(" ".join(words[start : start + n]) for start in range(len(words) - n + 1))
            for n in range(1, self.words + 1)
        ]


class ChrFPlusPlus(ChrF):
    """chrF with word n-grams of order 1 and 2 beside the character n-grams."""

    name = "chrf++"
    label = "chrF++"
    words = 2


def _match(said: list[Counter[str]], wanted: list[Counter[str]]) -> list[int]:
    row: list[int] = []
    for hypothesis, reference in zip(said, wanted, strict=True):
        # An order that the reference is too short for counts for nothing (sacreBLEU's effective order).
        row += [
            hypothesis.total() if reference else 0,
            reference.total(),
            sum(min(count, reference[gram]) for gram, count in hypothesis.items()),
        ]
    return row


def _separate(line: str) -> list[str]:
    """Words with one mark of punctuation split off, at the end or else at the start, as chrF++.py does."""
    words: list[str] = []
    for word in line.split():
        if len(word) > 1 and word[-1] in PUNCTUATION:
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in PUNCTUATION:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words
