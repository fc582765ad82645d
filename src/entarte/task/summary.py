"""A document in, a summary out."""

from entarte.task.base import Task


class Summary(Task):
    """Summaries, measured by ROUGE (Lin 2004)."""

    name = "summary"
    source = "document"
    target = "summary"
    outputs = "Summaries"
    metrics = ("rouge-1", "rouge-2", "rouge-l", "repeated-2", "length")
    watched = "rouge-l"
