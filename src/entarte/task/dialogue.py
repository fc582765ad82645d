"""What was said before in, an answer out."""

from types import MappingProxyType

from entarte.task.base import Task


class Dialogue(Task):
    """Dialogues turn by turn: how many answers are exactly right, in how many dialogues all are, and how
    different the answers are from one another (Li et al. 2016)."""

    name = "dialogue"
    source = "history"
    target = "response"
    outputs = "Responses"
    metrics = ("exact", "bleu", "distinct-1", "distinct-2", "length")
    watched = "bleu"
    labels = MappingProxyType({"exact": "per response"})
    verb = "chat"
