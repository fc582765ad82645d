"""What a model is for: what its two sides are called, and what its outputs are measured by.

A task holds no model code. Its reader, model and training are settings like any other, which a recipe
chooses.
"""

from collections.abc import Mapping
from typing import Any

from entarte.task.answers import Answers
from entarte.task.base import Task
from entarte.task.captions import Captions
from entarte.task.code import Code
from entarte.task.commands import Commands
from entarte.task.dialogue import Dialogue
from entarte.task.dna import Dna
from entarte.task.inflection import Inflection
from entarte.task.language import Language
from entarte.task.pronunciation import Pronunciation
from entarte.task.speech import Speech
from entarte.task.summary import Summary
from entarte.task.text_to_text import TextToText
from entarte.task.translation import Translation

__all__ = ["TASKS", "Task", "create"]

TASKS: dict[str, type[Task]] = {
    "translation": Translation,
    "summary": Summary,
    "dna": Dna,
    "qa": Answers,
    "text-to-text": TextToText,
    "g2p": Pronunciation,
    "inflection": Inflection,
    "commands": Commands,
    "code": Code,
    "captions": Captions,
    "language-model": Language,
    "speech": Speech,
    "dialogue": Dialogue,
}


def create(kind: str, options: Mapping[str, Any]) -> Task:
    """The task that the settings choose."""
    return TASKS[kind](**options)
