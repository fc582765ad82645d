"""A lemma and features in, an inflected form out."""

from entarte.task.base import Task


class Inflection(Task):
    """Forms, right or wrong as a whole; the character error rate says how far off the wrong ones are."""

    name = "inflection"
    source = "lemma and features"
    target = "form"
    outputs = "Forms"
    metrics = ("exact", "cer", "length")
    watched = "exact"
    lengths = (3, 4, 5, 6, 7)
