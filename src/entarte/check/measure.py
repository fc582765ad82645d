"""How many faults the checks find, and how often they cry wolf.

Precision and recall are those of a set half of which has the fault: precision = r / (r + f), r the share
of the faulty outputs that fail (recall), f the share of the sound ones (false alarms). So a figure does not
depend on how many faults could be planted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entarte.check import Aids, Check, Evidence, Verdict
from entarte.check.planted import FAULTS, Planter
from entarte.generate import Output, Translator
from entarte.metric.table import Cell, Table

SAME_WORDS = ("swapped", "replaced")
"""Faults that leave every word in its place, or another word in it, so that gold links stay meaningful."""


@dataclass(frozen=True)
class Found:
    """What a check makes of a fault.

    recall    the share of the faulty outputs that fail
    alarms    the share of the sound outputs that fail
    faulty, sound   how many there were
    """

    check: str
    fault: str
    recall: float
    alarms: float
    faulty: int
    sound: int

    @property
    def precision(self) -> float:
        """Of outputs that fail, the share that has the fault, where half of all have it; 0 if none fails."""
        failed = self.recall + self.alarms
        return self.recall / failed if failed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Every number."""
        return {
            "check": self.check,
            "fault": self.fault,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "false_alarms": self.alarms,
            "faulty": self.faulty,
            "sound": self.sound,
        }


Planted = Mapping[str, Sequence[Evidence]]
"""Fault → the evidence about outputs that have it; "" → about those that have none."""


def wanted(checks: Sequence[Check]) -> list[str]:
    """The faults that these checks are to find or to tell apart, in the order of the table."""
    meant = {fault for check in checks for fault in (*check.plants, *check.rivals)}
    return [fault for fault in FAULTS if fault in meant]


def plant(
    translator: Translator,
    planter: Planter,
    fault: str,
    aids: Sequence[Aids],
    reverse: Translator | None = None,
) -> tuple[list[Output], list[Aids]]:
    """The outputs that a fault could be planted in, forced, and what is still known of them.

    fault  its name; "" for the outputs as they are
    aids   what is known of the outputs as they are
    """
    pairs = planter.given
    some = planter.plant(fault) if fault else [(n, said) for n, (_, said) in enumerate(pairs) if said.strip()]
    outputs = translator.force([pairs[n][0] for n, _ in some], [said for _, said in some])
    same = not fault or fault in SAME_WORDS
    known = [aids[n] if same else replace(aids[n], gold=None) for n, _ in some]
    return outputs, with_backward(reverse, outputs, known)


def with_backward(reverse: Translator | None, outputs: Sequence[Output], aids: Sequence[Aids]) -> list[Aids]:
    """The aids, with the alignments of the reverse model, which is forced to say the sources."""
    if reverse is None:
        return list(aids)
    back = reverse.force([each.text for each in outputs], [each.source for each in outputs])
    return [replace(known, backward=each.alignment) for known, each in zip(aids, back, strict=True)]


def measure(checks: Sequence[Check], planted: Planted) -> list[Found]:
    """Every check on every fault that was planted, where it had something to judge by."""
    found = []
    for check in checks:
        sound = rate(check, planted[""])
        for fault, evidence in planted.items():
            share = rate(check, evidence)
            if fault and sound is not None and share is not None:
                found.append(Found(check.name, fault, share, sound, len(evidence), len(planted[""])))
    return found


def rate(check: Check, evidence: Sequence[Evidence]) -> float | None:
    """The share of outputs that fail, of those that could be judged."""
    words = [verdict.failed for each in evidence if (verdict := check.judge(each)).score is not None]
    return sum(words) / len(words) if words else None


def own(found: Sequence[Found], checks: Sequence[Check]) -> list[Found]:
    """Each check on the faults that it is to find."""
    meant = {check.name: check.plants for check in checks}
    return [each for each in found if each.fault in meant[each.check]]


def tables(found: Sequence[Found], checks: Sequence[Check]) -> list[Table]:
    """Precision, recall and F1 on the faults that each check is to find; what each makes of the others."""
    rows: list[tuple[Cell, ...]] = [
        (each.check, each.fault, each.precision, each.recall, each.f1, each.alarms, each.faulty)
        for each in own(found, checks)
    ]
    columns = ("check", "planted", "precision", "recall", "F1", "false alarms", "outputs")
    first = Table("Planted faults", columns, tuple(rows), digits=3)
    faults = list(dict.fromkeys(each.fault for each in found))
    cells: dict[tuple[str, str], float] = {(each.check, each.fault): each.recall for each in found}
    alarms = {each.check: each.alarms for each in found}
    share: list[tuple[Cell, ...]] = [
        (name, alarms[name], *(cells.get((name, fault)) for fault in faults)) for name in alarms
    ]
    second = Table("Share of outputs that fail", ("check", "none", *faults), tuple(share), digits=2)
    return [first, second]


def quality(
    checks: Sequence[Check], verdicts: Sequence[Sequence[Verdict]], scores: Sequence[float], bad: float
) -> Table:
    """Real outputs: how good those are that fail a check, and those that pass.

    scores  of each output against its reference (chrF)
    bad     an output below this is bad; precision and recall are those of finding the bad ones
    """
    wrong = [score < bad for score in scores]
    rows: list[tuple[Cell, ...]] = []
    for at, name in enumerate([check.name for check in checks] + ["any"]):
        failed = [any(v.failed for v in row) if at == len(checks) else row[at].failed for row in verdicts]
        hits = sum(f and w for f, w in zip(failed, wrong))
        rows.append(
            (
                name,
                sum(failed),
                mean([s for s, f in zip(scores, failed) if f]),
                mean([s for s, f in zip(scores, failed) if not f]),
                hits / sum(failed) if any(failed) else None,
                hits / sum(wrong) if any(wrong) else None,
            )
        )
    columns = ("check", "fail", "their chrF", "chrF of the rest", f"precision (chrF < {bad:g})", "recall")
    return Table(f"Real outputs, {sum(wrong)} of {len(wrong)} below chrF {bad:g}", columns, tuple(rows))


def suspicious(evidence: Sequence[Evidence], verdicts: Sequence[Sequence[Verdict]], count: int) -> Table:
    """The most suspicious outputs, with the reason."""
    loudest = [max(row, key=lambda verdict: verdict.suspicion) for row in verdicts]
    order = sorted(range(len(loudest)), key=lambda n: -loudest[n].suspicion)[:count]
    rows: list[tuple[Cell, ...]] = [
        (
            n + 1,
            loudest[n].suspicion,
            evidence[n].output.source,
            evidence[n].output.text,
            f"{loudest[n].check}: {loudest[n].reason}",
        )
        for n in order
    ]
    return Table("Most suspicious", ("line", "suspicion", "source", "output", "reason"), tuple(rows))


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None
