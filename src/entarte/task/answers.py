"""A story and a question in, an answer out."""

from __future__ import annotations

from entarte.task.base import Task


class Answers(Task):
    """Answers to questions about a text that stands before them, measured as exact match and F1 over words
    (Rajpurkar et al. 2016)."""

    name = "question answering"
    source = "story and question"
    target = "answer"
    outputs = "Answers"
    metrics = ("exact", "f1", "length")
    watched = "exact"
    links = ("on-gold", "pointing")

    def part(self, source: str) -> str:
        """The first word of the question, which is the last sentence."""
        asked = source.rstrip(" ?.").rpartition(" . ")[2].split()
        return asked[0] if asked else ""
