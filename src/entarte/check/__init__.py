"""What may be wrong with an output: one check a file, all of them in the table.

    for verdict in verdicts(translator, outputs):       # a list of verdicts for each output
        print([each.reason for each in verdict if each.failed])

`evidence` gathers what the checks read, `planted` makes faults that are known, `measure` says how many of
them are found, `fit` sets weights and thresholds on validation pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entarte.check.alignment import WrongAlignment
from entarte.check.base import Check, Sign, Verdict
from entarte.check.confidence import Confidence
from entarte.check.copied import Copied
from entarte.check.dictionary import Dictionary
from entarte.check.evidence import Aids, Evidence, gather
from entarte.check.hallucination import Hallucination
from entarte.check.length import Length
from entarte.check.omission import Omission
from entarte.check.repetition import Repetition
from entarte.generate import Output, Translator

CHECKS: dict[str, type[Check]] = {
    "omission": Omission,
    "repetition": Repetition,
    "hallucination": Hallucination,
    "alignment": WrongAlignment,
    "confidence": Confidence,
    "copied": Copied,
    "length": Length,
}

__all__ = [
    "CHECKS",
    "Aids",
    "Check",
    "Dictionary",
    "Evidence",
    "Sign",
    "Verdict",
    "gather",
    "judge",
    "needs",
    "verdicts",
]


def needs(checks: Sequence[Check]) -> frozenset[str]:
    """The parts of the evidence that some check reads."""
    return frozenset().union(*(check.needs for check in checks))


def judge(checks: Sequence[Check], evidence: Evidence) -> tuple[Verdict, ...]:
    """A verdict of each check."""
    return tuple(check.judge(evidence) for check in checks)


def verdicts(
    translator: Translator,
    outputs: Sequence[Output],
    checks: Sequence[Check] | None = None,
    aids: Sequence[Aids] = (),
) -> Iterator[tuple[Verdict, ...]]:
    """For each output of `translate` or `force` the verdicts of the checks, by default those of the model."""
    from entarte.check.choose import of_model

    chosen = of_model(translator) if checks is None else checks
    for evidence in gather(translator, outputs, needs(chosen), aids):
        yield judge(chosen, evidence)
