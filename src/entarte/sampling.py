"""Texts of a language model, from nothing or from a beginning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from entarte.constrain import Constraint
from entarte.errors import InputError
from entarte.generate import Output, Translator
from entarte.reader.text import marked


def sample(
    translator: Translator,
    prompt: str = "",
    *,
    count: int = 1,
    length: int = 0,
    search: str | None = None,
    **options: Any,
) -> Iterator[Output]:
    """So many texts, each as soon as it is there. Text n is drawn with the seed and n, whatever the count.

    prompt   every text begins so; it may have several lines
    length   pieces of a text, those of the prompt not counted; 0: as the settings say
    search   sample, greedy, beam …; by default that of the settings
    options  settings of [generate], as temperature=0.7

    Raises InputError where the model reads a source, for a prompt that its vocabulary cannot say, and for a
    text that is longer than the model has positions for.
    """
    if translator.model.encoder.reads:
        raise InputError(
            f"'{translator.name}' is no language model: it reads a source",
            advice=f"Try: entarte translate {translator.name}",
        )
    line = marked(prompt, glued=translator.settings.text.kind == "char")
    begun = len(translator.target.ids(line))
    length = length or translator.settings.generate.length_constant
    most = translator.most
    if most and begun + length > most:
        raise InputError(
            f"{begun + length} pieces, {begun} of them the prompt's, are more than there are positions",
            setting="--length",
            advice=f"Give {max(most - begun, 1)} or less, and a shorter prompt.",
        )
    options |= {"length_constant": begun + length, "length_factor": 0.0}
    if line.strip():
        stated = Constraint(prefix=line)
        return translator.stream([""] * count, search=search, constraints=stated, **options)
    return translator.stream([""] * count, search=search, **options)
