"""English conjugation: the third person and the past."""

from __future__ import annotations

from functools import lru_cache

_PAST = {
    "sleep": "slept", "sing": "sang", "swim": "swam", "run": "ran", "speak": "spoke", "leave": "left",
    "come": "came", "fall": "fell", "get": "got", "wake": "woke", "sit": "sat", "take": "took",
    "have": "had", "see": "saw", "hear": "heard", "find": "found", "lose": "lost", "know": "knew",
    "understand": "understood", "forget": "forgot", "hit": "hit", "think": "thought", "eat": "ate",
    "drink": "drank", "read": "read", "write": "wrote", "buy": "bought", "sell": "sold",
    "steal": "stole", "choose": "chose", "hide": "hid", "break": "broke", "put": "put",
    "throw": "threw", "draw": "drew", "give": "gave", "show": "showed", "send": "sent",
    "bring": "brought", "lend": "lent", "travel": "travelled", "go": "went", "say": "said",
}  # fmt: skip
_VOWELS = frozenset("aeiou")


@lru_cache(None)
def third(verb: str) -> str:
    """
    >>> [third(verb) for verb in ("sleep", "cry", "play", "kiss", "go", "have")]
    ['sleeps', 'cries', 'plays', 'kisses', 'goes', 'has']
    """
    if verb == "have":
        return "has"
    if verb[-1] == "y" and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s")


@lru_cache(None)
def past(verb: str) -> str:
    """
    >>> [past(verb) for verb in ("eat", "cry", "play", "like", "work")]
    ['ate', 'cried', 'played', 'liked', 'worked']
    """
    if verb in _PAST:
        return _PAST[verb]
    if verb[-1] == "y" and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + ("d" if verb[-1] == "e" else "ed")
