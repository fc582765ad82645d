"""A word in, its phonemes out: grapheme-to-phoneme conversion."""

from types import MappingProxyType

from entarte.task.base import Task


class Pronunciation(Task):
    """Phonemes, separated by spaces, for letters. A sentence is one word, so the share of sentences with an
    error is what papers call the word error rate."""

    name = "grapheme to phoneme"
    source = "word"
    target = "phonemes"
    outputs = "Pronunciations"
    metrics = ("per", "ser", "length")
    watched = "per"
    labels = MappingProxyType({"ser": "WER", "wer": "WER (of phonemes)"})
    by = "target"
    lengths = (3, 5, 7, 9, 11)
