"""BLEU (Papineni et al. 2002), counted by sacreBLEU (Post 2018) so that numbers compare across papers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sacrebleu

from entarte.errors import InputError, SetupError, did_you_mean
from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs, ratio, stack

ORDERS = 4


class Bleu(Additive, TextMetric):
    """Clipped n-gram precision, n = 1 … 4, times the brevity penalty.

    Row (K = 11): number of references, hypothesis length, length of the closest reference, matched
    n-grams of order 1 … 4, n-grams of order 1 … 4.

    A zero count at order n is smoothed as 1 / 2^k (mteval's "exp"). A sentence by itself stops at the
    highest order that it has (sacreBLEU's effective order), or short sentences would all be 0.
    """

    name = "bleu"
    label = "BLEU"

    def __init__(self, *, tokenize: str = "13a", lowercase: bool = False) -> None:
        known = sorted(sacrebleu.BLEU.TOKENIZERS)
        if tokenize not in known:
            raise InputError(
                f"there is no BLEU tokenizer '{tokenize}'",
                setting="tokenize",
                advice=did_you_mean(tokenize, known),
            )
        try:
            # Effective order for single sentences only silences a warning here: the counts are the same.
            self._counter = sacrebleu.BLEU(tokenize=tokenize, lowercase=lowercase, effective_order=True)
        except (RuntimeError, ImportError, OSError) as error:
            raise SetupError(
                f"sacreBLEU's tokenizer '{tokenize}' cannot start: {error}",
                setting="tokenize",
                advice="Install what it asks for, or take another: 13a, intl, char, none",
            ) from error
        self._signature = sacrebleu.BLEU(tokenize=tokenize, lowercase=lowercase)

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        score = self._counter.sentence_score(hypothesis, list(references))
        return np.array(
            [len(references), score.sys_len, score.ref_len, *score.counts, *score.totals], dtype=np.float64
        )

    def value(self, totals: Floats) -> Floats:
        return _bleu(totals, effective=False)

    def each(self, rows: Rows) -> Floats:
        return _bleu(stack(rows), effective=True)

    def details(self, rows: Rows) -> dict[str, float]:
        total = stack(rows).sum(0)
        _, length, wanted, *counts = total
        precisions = 100 * ratio(np.array(counts[:ORDERS]), np.array(counts[ORDERS:]), empty=0.0)
        return {
            **{f"precision_{n + 1}": float(value) for n, value in enumerate(precisions)},
            "brevity_penalty": float(_brevity(total[None])[0]),
            "hypothesis_length": float(length),
            "reference_length": float(wanted),
        }

    def signature(self, rows: Rows) -> str:
        self._signature.num_refs = nrefs(stack(rows)[:, 0])
        return str(self._signature.get_signature())


def _brevity(totals: Floats) -> Floats:
    """min(1, exp(1 - r / c)), and 0 for an empty hypothesis of a non-empty reference."""
    length, wanted = totals[:, 1], totals[:, 2]
    penalty = np.exp(np.minimum(0.0, 1 - ratio(wanted, length, empty=np.inf)))
    return np.where((length == 0) & (wanted == 0), 1.0, penalty)


def _bleu(totals: Floats, effective: bool) -> Floats:
    """Values (R,) from summed rows (R, 11), as sacreBLEU's compute_bleu with smoothing "exp"."""
    matched, counted = totals[:, 3 : 3 + ORDERS], totals[:, 3 + ORDERS :]
    exists = counted > 0
    zero = exists & (matched == 0)
    halvings = 2.0 ** np.cumsum(zero, axis=1)
    precision = ratio(np.where(zero, 1 / halvings, matched), counted, empty=0.0)
    logs = np.where(exists, np.log(np.where(exists, precision, 1.0)), 0.0 if effective else -np.inf)
    orders = np.maximum(exists.sum(1), 1) if effective else ORDERS
    geometric = np.exp(logs.sum(1) / orders)
    result: Floats = 100 * _brevity(totals) * np.where(matched.any(1), geometric, 0.0)
    return result
