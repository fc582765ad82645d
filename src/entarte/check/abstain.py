"""To say nothing rather than something wrong: outputs that fail a check are withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from entarte.check import Check, gather, judge, needs
from entarte.check.evidence import CHUNK
from entarte.generate import Output, Translator


class Abstainer:
    """Replaces the text of outputs that fail a check.

    checks   those that an output must pass
    mark     what is said instead; empty: nothing
    withheld how many outputs failed, by check (an output may fail several), and in all under ""
    """

    def __init__(self, translator: Translator, checks: Sequence[Check], mark: str = "") -> None:
        self.translator = translator
        self.checks = checks
        self.mark = mark
        self.withheld: Counter[str] = Counter()

    def __call__(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """As many outputs, in order, in constant memory. One that fails keeps its scores and its alignment,
        whose note `withheld` names the checks; it has no alternatives."""
        rest = iter(outputs)
        while some := list(islice(rest, CHUNK)):
            for evidence in gather(self.translator, some, needs(self.checks)):
                yield self.judged(
                    evidence.output, [v.check for v in judge(self.checks, evidence) if v.failed]
                )

    def judged(self, output: Output, failed: Sequence[str]) -> Output:
        """The output, or what is said instead."""
        if not failed:
            return output
        self.withheld.update(["", *failed])
        notes = {**output.alignment.notes, "withheld": ", ".join(failed)}
        alignment = replace(output.alignment, notes=notes)
        return replace(output, text=self.mark, alignment=alignment, alternatives=())

    def summary(self) -> str:
        """How many were withheld, and why."""
        if not self.withheld:
            return "no output was withheld"
        why = ", ".join(f"{name} {count}" for name, count in self.withheld.most_common() if name)
        many = self.withheld[""]
        return f"{many:,} output{'s were' if many > 1 else ' was'} withheld ({why})"
