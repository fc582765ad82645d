"""A description in, a program out."""

from entarte.task.base import Task


class Code(Task):
    """Python for descriptions, measured over tokens of code and by Python's own parser."""

    name = "code"
    source = "description"
    target = "code"
    outputs = "Programs"
    metrics = ("exact-code", "bleu-code", "parses", "unknown", "length")
    watched = "exact-code"
