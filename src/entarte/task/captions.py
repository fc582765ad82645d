"""A picture in, a caption out."""

from __future__ import annotations

from entarte.errors import InputError
from entarte.task.base import Task


class Captions(Task):
    """Captions of pictures, with all the captions of a picture as references; where the words were looked for
    is measured where it is known."""

    name = "captions"
    source = "picture"
    target = "caption"
    outputs = "Captions"
    metrics = ("bleu", "rouge-l", "exact", "length")
    watched = "bleu"
    links = ("pointing", "on-gold")
    by = "target"

    def pair(self, source: str, target: str | None = None) -> tuple[str, str | None]:
        if target is not None and not target.strip():
            raise InputError("the caption is empty", advice="Complete the line, or leave it out.")
        return source, target
