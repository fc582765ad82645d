"""Several tasks in one model: the prefix of a source says which is meant."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from entarte.errors import InputError, did_you_mean
from entarte.task.base import Task

TASKS = ["translate: translation", "summarise: summary", "answer: qa"]


class TextToText(Task):
    """Sources begin with a prefix, a colon and a blank, as "summarise: …" (Raffel et al. 2020, section 2.4).
    A line's form and measures are those of the task that its prefix stands for.

    tasks        prefixes, each with the kind of task that it stands for, as "summarise: summary"
    temperature  T: a training pair is drawn from task i with the probability ∝ n_i^(1/T) (there section
                 3.5.2). 1: each pair once an epoch; larger: small tasks more often, large ones less
    """

    name = "text to text"
    source = "source"
    target = "output"
    outputs = "Outputs"

    def __init__(self, *, tasks: list[str] = TASKS, temperature: float = 1.0) -> None:
        self.temperature = temperature
        self.by_prefix = dict(stated(each) for each in tasks)
        if len(self.by_prefix) < len(tasks) or not tasks:
            raise InputError("a prefix stands there twice, or none at all", setting="task.tasks")
        if temperature < 1:
            raise InputError(f"must be at least 1, not {temperature:g}", setting="task.temperature")
        self.metrics = tuple(dict.fromkeys(chain.from_iterable(t.metrics for t in self.by_prefix.values())))
        self.watched = ""

    @property
    def parts(self) -> Mapping[str, Task]:
        return self.by_prefix

    def pair(self, source: str, target: str | None = None) -> tuple[str, str | None]:
        if not source.strip():
            return source, target
        prefix, rest = self.split(source)
        rest, target = self.by_prefix[prefix].pair(rest, target)
        return f"{prefix}: {rest}", target

    def part(self, source: str) -> str:
        return self.split(source)[0] if source.strip() else ""

    def split(self, source: str) -> tuple[str, str]:
        """Prefix and the rest. Raises InputError for a prefix that is none of the model's."""
        prefix, colon, rest = source.partition(":")
        prefix = " ".join(prefix.split())
        if not colon or prefix not in self.by_prefix:
            known = ", ".join(f"'{each}: '" for each in self.by_prefix)
            said = f"'{prefix}: ' is no prefix of this model" if colon else "the line has no prefix"
            near = did_you_mean(prefix, self.by_prefix) if colon else ""
            near = f"{near} " if near.startswith("Did") else ""
            raise InputError(said, advice=f"{near}It knows {known}.")
        return prefix, rest.strip()


def stated(words: str) -> tuple[str, Task]:
    """ "summarise: summary" → the prefix and its task."""
    from entarte.task import TASKS as KINDS

    prefix, _, kind = (part.strip() for part in words.rpartition(":"))
    known = [name for name, task in KINDS.items() if task is not TextToText]
    if not prefix or ":" in prefix:
        raise InputError(
            f"'{words}' does not say which task a prefix stands for",
            setting="task.tasks",
            advice='For example: "summarise: summary".',
        )
    if kind not in known:
        raise InputError(f"there is no task '{kind}'", setting="task.tasks", advice=did_you_mean(kind, known))
    return " ".join(prefix.split()), KINDS[kind]()
