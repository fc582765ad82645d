"""Nothing in, a text out."""

from entarte.task.base import Task


class Language(Task):
    """A language model: texts without sources, measured by their probability; none is decoded for it."""

    name = "language model"
    source = "nothing"
    target = "text"
    outputs = "Texts"
    metrics = ()
    watched = ""
    surprise = ("perplexity", "perplexity-word", "bits")
    by = "target"
    verb = "sample"
