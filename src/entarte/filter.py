"""Which training pairs are left out, and the account of it. Both sides go together, always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from entarte.errors import InputError
from entarte.example import Example
from entarte.span import word_count

SHOWN = 5
"""So many line numbers of each reason are kept for the report."""


@dataclass(slots=True)
class Dropped:
    """Pairs that one reason dropped, and where the first of them stood."""

    count: int = 0
    first: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FilterReport:
    """How many pairs were kept, and how many were dropped, by reason, in the order of first use."""

    kept: int = 0
    reasons: dict[str, Dropped] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """All dropped pairs."""
        return sum(each.count for each in self.reasons.values())

    def drop(self, example: Example, reason: str) -> None:
        """Count one pair."""
        each = self.reasons.setdefault(reason, Dropped())
        each.count += 1
        if len(each.first) < SHOWN:
            each.first.append(f"{example.number}" if example.number else "?")

    def lines(self) -> list[str]:
        """The account for people; nothing where nothing was dropped.

        >>> report = FilterReport(kept=9)
        >>> report.drop(Example("a", "", number=7), "a side is empty")
        >>> report.lines()
        ['1 of 10 pairs left out: a side is empty (line 7)']
        """
        total = self.kept + self.dropped
        lines = []
        for reason, each in self.reasons.items():
            more = each.count - len(each.first)
            where = ("lines " if each.count > 1 else "line ") + ", ".join(each.first)
            where += f" and {more:,} more" if more else ""
            lines.append(f"{each.count:,} of {total:,} pair{'s' * (total > 1)} left out: {reason} ({where})")
        return lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """A rule on pairs. A pair with nothing but blanks on a side is always dropped.

    max_words   more words than this on a side: dropped; 0: no limit
    max_ratio   the longer side has more than this many times the words of the other: dropped; 0: no limit
    duplicates  whether a pair that was there before is kept
    """

    max_words: int = 0
    max_ratio: float = 0.0
    duplicates: bool = True

    def __post_init__(self) -> None:
        if self.max_words < 0:
            raise InputError(f"{self.max_words} words is no limit", setting="data.max_words")
        if self.max_ratio and not self.max_ratio >= 1:
            raise InputError(
                f"{self.max_ratio} would leave out every pair: the longer side is at least as long",
                setting="data.max_ratio",
                advice="Use 1 or more, or 0 for no limit.",
            )

    def __call__(self, examples: Iterable[Example], report: FilterReport) -> Iterator[Example]:
        """The pairs that pass, in order. Memory: 16 bytes of hash for each pair where duplicates go."""
        seen: set[bytes] = set()
        for example in examples:
            reason = self.reason(example)
            if reason is None and not self.duplicates:
                print_ = fingerprint(example)
                if print_ in seen:
                    reason = "seen before (data.duplicates)"
                seen.add(print_)
            if reason is None:
                report.kept += 1
                yield example
            else:
                report.drop(example, reason)

    def reason(self, example: Example) -> str | None:
        """Why this pair, taken alone, is dropped; None where it passes."""
        if example.target is None:
            return "there is no target"
        if not (example.alone or example.source.strip()) or not example.target.strip():
            return "a side is empty"
        if not self.max_words and not self.max_ratio:
            return None
        read, said = word_count(example.source), word_count(example.target)
        if self.max_words and max(read, said) > self.max_words:
            return f"more than {self.max_words} words on a side (data.max_words)"
        if self.max_ratio and not example.alone and max(read, said) > self.max_ratio * min(read, said):
            return f"one side has over {self.max_ratio:g} times the words of the other (data.max_ratio)"
        return None


def fingerprint(example: Example) -> bytes:
    """16 bytes that two different pairs share with probability 2⁻¹²⁸."""
    parts = (text.encode("utf-8", "surrogatepass") for text in (example.source, example.target or ""))
    return blake2b(b"\0".join(parts), digest_size=16).digest()
