"""Little dialogues in which a table, a room or a car is booked: goal-oriented, after Dialog bAbI (Bordes et
al. 2017). The bot asks for what was not said, in an order that never changes, and ends with the booking.

So each of its turns follows from what was said before, and a model can be right every time; the call names
what the user said in several turns, one of which may have been taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from entarte.grammar.dice import Dice

USER, BOT = "user", "bot"
SLOTS: dict[str, tuple[str, ...]] = {
    "thing": ("table", "room", "car"),
    "place": ("rome", "paris", "london", "bombay", "madrid"),
    "number": ("two", "four", "six", "eight"),
    "price": ("cheap", "moderate", "fancy"),
}
ASKED = {
    "thing": "what shall i book",
    "place": "where should it be",
    "number": "for how many people",
    "price": "which price range",
}
GIVEN = {
    "thing": ("a {} please", "i want a {}", "can you book a {}"),
    "place": ("in {} please", "{}", "it should be in {}"),
    "number": ("for {} people", "we are {}", "{} please"),
    "price": ("in a {} price range", "{} please", "something {}"),
}
HELLO = ("hi", "hello", "good morning")
CHANGED = ("no , make that {}", "sorry , i meant {}")


def booking(count: int, seed: int = 1) -> Iterator[list[tuple[str, str]]]:
    """So many dialogues, each a list of (speaker, text) that begins with the user; the same seed gives the
    same.

    >>> *_, last = booking(4, seed=4)
    >>> for speaker, text in last:
    ...     print(f"{speaker:4} {text}")
    user good morning
    bot  hello , what can i do for you
    user a room in a cheap price range please
    bot  where should it be
    user it should be in paris
    bot  for how many people
    user we are eight
    bot  book room paris eight cheap
    """
    dice = Dice(f"booking {seed}")
    for _ in range(count):
        yield list(_one(dice))


def _one(dice: Dice) -> Iterator[tuple[str, str]]:
    wanted = {slot: dice.pick(values) for slot, values in SLOTS.items()}
    known: set[str] = set()
    yield USER, dice.pick(HELLO)
    yield BOT, "hello , what can i do for you"
    first = [slot for slot in SLOTS if slot == "thing" or dice.chance(0.3)]
    known.update(first)
    yield USER, _said(dice, first, wanted)
    last = ""
    for slot in SLOTS:
        if slot in known:
            continue
        yield BOT, ASKED[slot]
        if last and dice.chance(0.3):  # what was said last is taken back, and the question stays
            wanted[last] = dice.pick([value for value in SLOTS[last] if value != wanted[last]])
            yield USER, dice.pick(CHANGED).format(wanted[last])
            yield BOT, ASKED[slot]
        yield USER, dice.pick(GIVEN[slot]).format(wanted[slot])
        last = slot
    yield BOT, "book " + " ".join(wanted[slot] for slot in SLOTS)


def _said(dice: Dice, slots: list[str], wanted: dict[str, str]) -> str:
    """What is wanted in one sentence."""
    parts = {"thing": "a {}", "place": "in {}", "number": "for {} people", "price": "in a {} price range"}
    told = " ".join(parts[slot].format(wanted[slot]) for slot in slots)
    return dice.pick(("i want {}", "can you book {}", "{} please")).format(told)


def lines(count: int, seed: int = 1, *, text: bool = False) -> Iterator[str]:
    """The same as JSON lines, as ``data.format=dialogue`` reads them, or as running text."""
    for turns in booking(count, seed):
        if text:
            yield " ".join(f"<{speaker}> {said}" for speaker, said in turns)
            continue
        yield json.dumps([{"speaker": speaker, "text": text} for speaker, text in turns])
