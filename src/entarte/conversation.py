"""A conversation with a model of dialogues: what was said is what it reads."""

from __future__ import annotations

from typing import Any

from entarte.errors import InputError
from entarte.generate import Output, Translator
from entarte.reader.dialogue import BOT, USER, history


class Conversation:
    """Turns so far, and the answers.

    translator  a model that was trained on dialogues
    turns       how many of the last turns it reads; None: as in its training; 0: all
    seed        of what is drawn; the n-th answer of a conversation is drawn with seed + n
    options     settings of [generate], as temperature=0.7; `search` for another search

    Raises InputError for a model of another task, and for settings that are none.
    """

    def __init__(
        self, translator: Translator, *, turns: int | None = None, seed: int | None = None, **options: Any
    ) -> None:
        kind = translator.settings.task.kind
        if kind != "dialogue":
            raise InputError(
                f"'{translator.name}' was trained for '{kind}', not for dialogue",
                advice=f"Try: entarte translate {translator.name}",
            )
        self.translator = translator
        self.kept = translator.settings.data.turns if turns is None else turns
        self.options = options
        drawn = translator.plan(options.get("search"), self.own).search
        self.seed: int | None = getattr(drawn, "seed", None)
        if seed is not None and self.seed is None:
            raise InputError(
                "nothing is drawn by this search", setting="--seed", advice="Set generate.kind=sample."
            )
        self.seed = self.seed if seed is None else seed
        self.turns: list[tuple[str, str]] = []
        self.last: Output | None = None

    @property
    def own(self) -> dict[str, Any]:
        """The settings of [generate]."""
        return {name: value for name, value in self.options.items() if name != "search"}

    @property
    def source(self) -> str:
        """What the model reads: of what was said the end, as far as its settings let it."""
        positions = self.translator.model.encoder.longest
        limits = [self.translator.settings.generate.longest, 0 if positions is None else positions - 1]
        longest = min((limit for limit in limits if limit), default=0)
        turns = self.turns[-self.kept :]
        while longest and len(turns) > 1 and self.pieces(turns) > longest:
            turns = turns[1:]
        return history(turns)

    def pieces(self, turns: list[tuple[str, str]]) -> int:
        """Of these turns, to the model."""
        return len(self.translator.source.rows([history(turns)])[0])

    def say(self, text: str) -> Output:
        """Say something, and hear the answer."""
        self.turns.append((USER, " ".join(text.split())))
        options = dict(self.options)
        if self.seed is not None:
            options["seed"] = self.seed + len(self.turns) // 2
        [self.last] = self.translator.translate([self.source], **options)
        self.turns.append((BOT, self.last.text))
        return self.last

    def reset(self) -> None:
        """Forget what was said."""
        self.turns.clear()
        self.last = None
