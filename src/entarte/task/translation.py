"""A sentence in, a sentence out."""

from entarte.task.base import Task


class Translation(Task):
    """Any pairs of sequences, measured as translations are."""

    name = "sequence to sequence"
    source = "source"
    target = "output"
    outputs = "Translations"
    metrics = ("bleu", "chrf", "ter", "exact", "wer", "cer", "length")
    watched = "bleu"
