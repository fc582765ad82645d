"""What a task says."""

from __future__ import annotations


class Task:
    """Words and measures, no code.

    name      of the task, on cards
    source    what a person calls the text that is read
    target    what a person calls the text that is written
    outputs   the title of a table of them
    metrics   what `entarte evaluate` measures unless other metrics are named
    watched   what outputs are measured by while a model is trained
    """

    name: str
    source: str
    target: str
    outputs: str
    metrics: tuple[str, ...]
    watched: str
