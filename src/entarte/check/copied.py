"""Copied: source words stand in the output as they were."""

from __future__ import annotations

import numpy as np

from entarte.check.base import Check, Sign, heaviest
from entarte.check.evidence import Evidence
from entarte.check.units import Unit, names

CLIP = 8.0  # nats beyond which a word is not counted further


class Copied(Check):
    """Source words stand in the output as they were: copied, not translated. Names, numbers and words that
    both languages share are copied rightly, and a model that knows so says them with a high probability.

    threshold  fails from this score on
    offset     what the weighted signs must outweigh
    run        weight of how many copied words stand together
    share      weight of the share of the output's words that are copied
    strange    weight of the nats of neighbouring copied words
    """

    name = "copied"
    about = "source words are left as they were"
    plants = ("untranslated",)
    rivals = ("deleted", "repeated", "inserted", "swapped", "replaced", "cut", "looped")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 4.0,
        run: float = 1.0,
        share: float = 4.0,
        strange: float = 0.5,
    ) -> None:
        super().__init__(threshold, offset, {"run": run, "share": share, "strange": strange})

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        if not evidence.target or not evidence.source:
            return {}
        copies = copied(evidence.source, evidence.target)
        together, run = heaviest(np.where(copies, 1.0, -9.0))
        nats = np.minimum(-evidence.by_unit(evidence.log_probs), CLIP)
        strange, odd = heaviest(np.where(copies, nats, -CLIP))
        none = "no word of the source stands in the output as it is"
        text = f"“{evidence.said(run)}” stands in the source too" if run else none
        surprise = f"“{evidence.said(odd)}” stands in the source too, and was improbable" if odd else none
        return {
            "run": Sign(together, text, target=run),
            "share": Sign(float(copies.mean()), "", target=run),
            "strange": Sign(strange, surprise, target=odd),
        }


def copied(source: tuple[Unit, ...], target: tuple[Unit, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(U,) which target units are words of the source: two letters or more, not numbers nor signs.

    >>> copied((Unit("a", (0,)), Unit("pie,", (1,))), (Unit("Pie", (0,)), Unit("a", (1,)))).tolist()
    [True, False]
    """
    known = set(names(source))
    return np.array(
        [len(name) > 1 and name.isalpha() and name in known for name in names(target)], dtype=bool
    )
