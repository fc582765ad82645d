"""AER, alignment error rate (Och and Ney 2003, §5.1), with the precision, recall and F that go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from entarte.errors import InputError
from entarte.metric.base import Additive, Floats, Rows, Score, ratio, stack
from entarte.metric.links import Link, Links
from entarte.metric.significance import Interval
from entarte.metric.table import Cell, Table


class Aer(Additive):
    """AER = 1 − (|A∩S| + |A∩P|) / (|A| + |S|), a number from 0 (right) to 1.

    A are the predicted links, S the sure ones and P the possible ones of the gold, the sure among them;
    the counts are summed over all pairs before they are divided. Precision |A∩P| / |A|, recall
    |A∩S| / |S|, F1 their harmonic mean.

    Row (K = 4): |A∩S|, |A∩P|, |A|, |S|. Nothing predicted where nothing is sure is no error (0).
    """

    name = "aer"
    label = "AER"
    unit = ""
    higher_is_better = False

    def sentence(self, predicted: Links | AbstractSet[Link], gold: Links | AbstractSet[Link]) -> Floats:
        """A set of links given as gold is taken as sure; all predicted links count alike."""
        found = predicted.possible if isinstance(predicted, Links) else frozenset(predicted)
        known = gold if isinstance(gold, Links) else Links(frozenset(gold))
        counts = [len(found & known.sure), len(found & known.possible), len(found), len(known.sure)]
        return np.array(counts, dtype=np.float64)

    def statistics(
        self, predicted: Sequence[Links | AbstractSet[Link]], gold: Sequence[Links | AbstractSet[Link]]
    ) -> list[Floats]:
        """One row per sentence pair."""
        if len(predicted) != len(gold):
            raise InputError(
                f"{len(predicted)} alignments but {len(gold)} gold alignments",
                advice="Line k of one must belong to line k of the other",
            )
        return [self.sentence(found, known) for found, known in zip(predicted, gold)]

    def value(self, totals: Floats) -> Floats:
        sure, possible, found, known = totals.T
        return 1 - ratio(sure + possible, found + known, empty=1.0)

    def details(self, rows: Rows) -> dict[str, float]:
        total = stack(rows).sum(0)
        sure, possible, found, known = total
        precision, recall = ratio(total[[1, 0]], total[[2, 3]])
        return {
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(ratio(2 * precision * recall, precision + recall)),
            "predicted": float(found),
            "sure": float(known),
            "matched_sure": float(sure),
            "matched_possible": float(possible),
        }

    @staticmethod
    def table(scores: Mapping[str, Score], bands: Mapping[str, Interval]) -> Table:
        """A row per system: AER (its interval where known), precision, recall, F1, links."""
        rows: list[tuple[Cell, ...]] = []
        for system, score in scores.items():
            band = bands.get(system)
            between: Cell = None if band is None else f"{band.low:.3f} … {band.high:.3f}"
            quality = [score.details[name] for name in ("precision", "recall", "f1")]
            counts = [int(score.details[name]) for name in ("predicted", "sure")]
            rows.append((system, score.value, between, *quality, *counts))
        columns = ("links", "AER", "AER interval", "precision", "recall", "F1", "predicted", "sure")
        return Table("Word alignment", columns, tuple(rows), digits=3)

    def signature(self, rows: Rows) -> str:
        return "links:word|null:no|def:1"
