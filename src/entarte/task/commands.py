"""A command in, the actions that obey it out."""

from entarte.task.base import Task


class Commands(Task):
    """Sequences of actions, right or wrong as a whole, by the length of what should be done."""

    name = "commands to actions"
    source = "command"
    target = "actions"
    outputs = "Actions"
    metrics = ("exact", "wer", "length")
    watched = "exact"
    by = "target"
    lengths = (4, 8, 12, 16, 20, 24, 28, 32, 36, 40)
