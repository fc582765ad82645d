"""Which verb, in which tense and style, and when: the choices of a clause that need no other clause."""

from __future__ import annotations

from entarte.grammar.dice import Dice
from entarte.grammar.nouns import NOUNS
from entarte.grammar.phrases import TIMES
from entarte.grammar.tree import Common, Fixed, Gap, Hour, Pronoun, Several, Thing, indefinite, person
from entarte.grammar.verbs import PAST_AS_PRESENT, VERBS, Verb

TENSES = ("present",) * 5 + ("past",) * 5 + ("future",) * 2
_TIMES = {tense: [each for each in TIMES.values() if tense in each.tenses] for tense in TENSES}
_GENERAL = [TIMES["every day"], TIMES["in the morning"], TIMES["in the evening"]]
MODALS = {"want": "want", "can": "can", "must": "must", "cannot": "can", "must not": "must"}
_SHARES = (
    ("object",) * 40 + ("alone",) * 17 + ("receiver",) * 9 + ("goal",) * 8 + ("be",) * 12 + ("like",) * 5
    + ("exist",) * 4 + ("at",) * 3 + ("weather",) * 1
)  # fmt: skip
"""How often each frame is chosen, in hundredths."""
LEAST = {"object": 1, "like": 1, "receiver": 3, "goal": 2, "be": 1, "at": 2, "exist": 4}
"""Words that a frame needs beside verb and subject."""
_MOST = {"at": 9, "weather": 4, "exist": 12}
"""Words that a frame can fill."""
_FOLLOWED = frozenset({"object", "alone", "goal", "receiver", "be"})
"""Frames that a relative clause about its subject may have."""


_TIMES_AS_OFTEN = {"common": 4, "ours": 16}


def _verbs(frame: str) -> list[Verb]:
    """The verbs of a frame, each as many times as its flags say."""
    found = [verb for (kind, _), verb in VERBS.items() if kind == frame]
    return [verb for verb in found for _ in range(max(_TIMES_AS_OFTEN.get(f, 1) for f in (*verb.flags, "")))]


_FRAMES = {frame: _verbs(frame) for frame in _SHARES}
DIRECT = [verb for verb in _FRAMES["object"] if verb.direct]
SEEN = {noun.name: [verb for verb in DIRECT if verb.objects & noun.kinds] for noun in NOUNS.values()}
"""What may be done to each thing in a relative clause about it."""
FIRST = [verb for verb in DIRECT if verb.name in "buy find choose write steal draw see read".split()]
SECOND = [verb for verb in DIRECT if "act" in verb.flags or verb.name in ("lose", "break", "forget")]
"""A second verb: *buys an apple and eats it*."""


def choose(dice: Dice, room: int, subject: Thing | Gap | None, gap: Common | None, tense: str) -> Verb:
    """A verb that fits; where the tense must be present, one whose present is not written like its past."""
    if gap is not None:
        return dice.pick(SEEN[gap.noun.name])
    doer = subject.of if isinstance(subject, Gap) else subject
    while True:
        frame = dice.pick(_SHARES)
        verb = dice.pick(_FRAMES[frame])
        if room < 1 + (subject is None) + len(verb.en.rest) + LEAST.get(frame, 0):
            continue
        if room > _MOST.get(frame, room):
            continue
        if tense == "present" and verb.en.head in PAST_AS_PRESENT:
            continue
        if doer is None:
            return verb
        if (
            isinstance(doer, Common)
            and frame in _FOLLOWED
            and (frame == "be" or verb.subjects & doer.noun.kinds)
        ):
            return verb
        if isinstance(doer, Pronoun) and frame in ("object", "alone", "goal", "receiver"):
            return verb


def choose_style(dice: Dice, verb: Verb, left: int, tense: str) -> tuple[str, int]:
    """ "" or not, never, often, want, can, must, cannot, must not; and the words left after it."""
    if left < 1 or verb.frame in ("exist", "weather"):
        return "", left
    roll = dice.number()
    if roll < 0.1 and (left > 1 or tense == "future"):
        return "not", left - (1 if tense == "future" else 2)
    habit = verb.frame in ("object", "alone", "goal")
    if roll < 0.15 and habit:
        return "never", left - 1
    if roll < 0.24 and habit and tense != "past":
        return "often", left - 1
    if roll < 0.36 and "act" in verb.flags and tense != "future":
        if left > 1 and (tense == "past" or roll < 0.28):
            return "want", left - 2
        if tense == "present":
            return dice.pick(("can", "must", "can", "must", "cannot", "must not")), left - 1
    return "", left


def settle(verb: Verb, doer: Thing | Gap, object_: object, tense: str, style: str) -> tuple[str, str]:
    """Tense and style as far as subject and object allow them."""
    held = isinstance(object_, Several) or counted(object_) or counted(doer)
    if held and ("not" in style or style == "never"):
        style = ""
    if isinstance(doer, Common) and indefinite(doer) and doer.det == "bare":
        tense = "present"  # of all of a kind
    unclear = verb.en.head in PAST_AS_PRESENT and tense == "present" and person(doer) != 2
    if unclear and style in ("", "never", "often"):
        return "past", "" if style == "often" else style
    return tense, style


def counted(thing: object) -> bool:
    """Whether *not* beside it could mean two things: *all, every, many, three*."""
    return isinstance(thing, Common) and (thing.det in ("all", "every", "many", "one") or thing.count > 0)


def choose_time(dice: Dice, doer: Thing | Gap, tense: str, negated: bool) -> Fixed | Hour:
    """A time that goes with the tense."""
    if dice.chance(0.2):
        return Hour(dice.at(), 1 + dice.below(12))
    general = isinstance(doer, Common) and doer.det == "bare"
    phrase = dice.pick(_GENERAL if general else _TIMES[tense])
    if negated and phrase.name == "every day":  # of no day, or of not every day?
        phrase = TIMES["in the morning"]
    return Fixed(dice.at(), phrase)
