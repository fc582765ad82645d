"""What a model is for: what its two sides are called, and what its outputs are measured by.

A task holds no model code. Its reader, model and training are settings like any other, which a recipe
chooses.
"""

from entarte.task.base import Task
from entarte.task.code import Code
from entarte.task.summary import Summary
from entarte.task.translation import Translation

TASKS: dict[str, type[Task]] = {
    "translation": Translation,
    "summary": Summary,
    "code": Code,
}
