"""How to decode: a search and the settings around it, from a model's own settings and a caller's options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from entarte import dictionary
from entarte.errors import InputError
from entarte.metric import create
from entarte.output import Found
from entarte.search import MBR, SEARCHES, Beam, Exact, Forest, Search, Wish
from entarte.search.mbr import Utility
from entarte.settings import Generate, Settings, choose
from entarte.settings.place import Places
from entarte.settings.say import check
from entarte.step import Stepper

Text = Callable[[Sequence[int]], str]
"""What token ids write."""


@dataclass(frozen=True)
class Plan:
    """A search, ready to run.

    search      what finds the hypotheses
    generate    limits, batch and so on
    tree        record the whole beam
    dictionary  what unknown words are looked up in; those that it lacks are copied. None: they stay
    most        pieces that the model can say at all; 0: any number
    """

    search: Search
    generate: Generate
    tree: bool = False
    dictionary: Mapping[str, str] | None = None
    most: int = 0

    def limit(self, length: int) -> int:
        """Most pieces of an output for a source of so many pieces, EOS included."""
        limit = max(2, int(self.generate.length_factor * length + self.generate.length_constant))
        return min(limit, self.most) if self.most else limit

    @property
    def patient(self) -> bool:
        """Whether the search has other prefixes to go on with where one comes to nothing."""
        return patient(self.search)

    def run(self, stepper: Stepper, limits: Sequence[int], wishes: Sequence[Wish] | None) -> list[Found]:
        """Search, for each source of the stepper."""
        if isinstance(self.search, Exact):
            return [Found(proof.results, proof) for proof in self.search.prove(stepper, limits, wishes)]
        if self.tree:
            assert isinstance(self.search, Beam)
            forest = Forest()
            found = self.search(stepper, limits, wishes, forest)
            return [Found(ranked, tree=tree) for ranked, tree in zip(found, forest.trees, strict=True)]
        return [Found(ranked) for ranked in self.search(stepper, limits, wishes)]


def patient(search: Search) -> bool:
    """Whether a search goes on with several prefixes side by side."""
    if isinstance(search, MBR):
        return patient(search.search)
    return isinstance(search, Exact) or (isinstance(search, Beam) and search.beam > search.groups)


def utility(metric: str, text: Text) -> Utility:
    """A metric of text as a utility of token ids: more is better.

    Raises InputError for a metric that is none, or none of which more or less is better.
    """
    measure = create(metric)
    if measure.higher_is_better is None:
        raise InputError(f"'{metric}' does not say which of two outputs is better", setting="generate.metric")

    def worth(output: tuple[int, ...], truth: tuple[int, ...]) -> float:
        row = measure.sentence(text(output), [text(truth)])
        value = float(measure.quality(measure.each([row]))[0])
        return value if isfinite(value) else -100.0

    return worth


def plan(
    settings: Settings,
    kind: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    tree: bool = False,
    text: Text,
) -> Plan:
    """The model's own way to decode, or another one.

    kind     the name of a search; None: that of the settings
    options  settings of [generate], the search's own ones among them; `dictionary` may be a mapping
             from source words to target words too, and then unknown words are replaced
    tree     record the whole beam
    text     what token ids write, for metrics that compare outputs

    Raises InputError for what is no search, no setting, or no value of one.
    """
    chosen, generate = settings.search, settings.generate
    kind = kind or chosen.kind
    given = dict(options or {})
    known = given.pop("dictionary") if isinstance(given.get("dictionary"), Mapping) else None
    common = {key: value for key, value in given.items() if key in Generate.model_fields}
    own = dict(chosen.options) if kind == chosen.kind else {}
    own |= {key: value for key, value in given.items() if key not in common}
    choice = choose(
        *("generate", SEARCHES, kind, {"kind": kind, **own}, Places()),
        name="search",
        beside=Generate.model_fields,
    )
    if common:
        generate = check(Generate, "generate", generate.model_dump() | common, Places(), "[generate]")
    if tree and choice.kind != "beam":
        raise InputError(
            f"the search '{choice.kind}' has no beam to record",
            setting="generate.kind",
            advice="Set it to 'beam'.",
        )
    if known is None and generate.unknown == "look-up":
        if not generate.dictionary:
            raise InputError("is needed to look words up", setting="generate.dictionary")
        known = dictionary.read(generate.dictionary)
    if known is None and generate.unknown == "copy":
        known = {}
    wiring = []
    if choice.kind == "mbr" and choice.options["metric"] != "overlap":
        wiring = [utility(choice.options["metric"], text)]
    return Plan(SEARCHES[choice.kind](*wiring, **choice.options), generate, tree, known)
