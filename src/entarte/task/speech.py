"""Sound in, text out."""

from entarte.task.base import Task


class Speech(Task):
    """What is said in a recording, measured by words and characters that are wrong."""

    name = "speech"
    source = "recording"
    target = "text"
    outputs = "Transcripts"
    metrics = ("wer", "cer", "exact", "length")
    watched = "cer"
    by = "target"
