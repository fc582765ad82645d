"""What the page is told: plain data, from a model and what was asked."""

from __future__ import annotations

import copy
from dataclasses import replace
from time import perf_counter
from typing import Any

import torch

from entarte.alignment import Alignment
from entarte.card import Card, cards
from entarte.edit import Edits, edited
from entarte.errors import InputError
from entarte.explore.ask import CardOf, Decode, Picture, Steps, Way
from entarte.explore.equations import equations
from entarte.explore.told import Plain, framed, piece, plain, said, source_tokens
from entarte.explore.work import Stop, Stoppable, check
from entarte.generate import Translator
from entarte.output import Found, Read
from entarte.search import Wish, force
from entarte.tape import Tape, record
from entarte.vocabulary import EOS

WINDOW = 40
"""Steps in one answer."""


def translated(translator: Translator, ask: Decode, stop: Stop) -> Plain:
    """The outputs for a source, best first, each with its alignment and the ids of its pieces."""
    begun = perf_counter()
    read = lines_read(translator, ask)
    if read.empty:
        return {"source": [], "outputs": [], "unread": 0, "milliseconds": 0}
    found, way = decoded(translator, ask, read, stop, tree=False)
    output = translator.output(read, found, way)
    ranked = [
        said(each, hypothesis.tokens, translator)
        for each, hypothesis in zip(output.ranked(), found.ranked, strict=True)
    ]
    return {
        "source": source_tokens(translator, read),
        "outputs": ranked,
        "unread": read.unread,
        "milliseconds": round(1000 * (perf_counter() - begun), 1),
    }


def tree(translator: Translator, ask: Decode, stop: Stop) -> Plain:
    """The whole beam: every candidate with its score and what became of it."""
    read = lines_read(translator, ask)
    if read.empty:
        raise InputError("there is nothing to read")
    found, way = decoded(translator, ask, read, stop, tree=True)
    output = translator.output(read, found, way)
    assert found.tree is not None
    return found.tree.json(lambda token: piece(translator, token, read.beyond)) | {
        "source": source_tokens(translator, read),
        "outputs": [
            said(each, hypothesis.tokens, translator)
            for each, hypothesis in zip(output.ranked(), found.ranked, strict=True)
        ],
    }


@torch.inference_mode()
def steps(translator: Translator, ask: Steps, stop: Stop) -> Plain:
    """Every number of some steps of saying the tokens."""
    read = lines_read(translator, ask)
    if read.empty:
        return {"source": [], "values": [], "frames": [], "first": 0, "count": 0}
    layer = layer_of(translator, ask.layer)
    check(stop)
    tape = taped(translator, ask, read, ask.first + WINDOW)
    chosen = tape.frames[ask.first :]
    values = chosen[0].looks[layer - 1].values if chosen else None
    return {
        "source": source_tokens(translator, read),
        "layer": layer,
        "values": None if values is None else plain(values),
        "first": ask.first,
        "count": len(ask.tokens),
        "frames": [
            framed(translator, frame, token, layer, read.beyond)
            for frame, token in zip(chosen, ask.tokens[ask.first :], strict=False)
        ],
    }


def layer_of(translator: Translator, asked: int) -> int:
    """The layer that is told, from 1. Raises InputError where there is none."""
    known = equations(translator.model)
    if asked > known["layers"]:
        raise InputError(f"there is no layer {asked}", advice=f"Layers go from 1 to {known['layers']}.")
    return asked or known["layer"]


def taped(translator: Translator, ask: Steps, read: Read, upto: int) -> Tape:
    """The tape of the tokens that were asked for, looked at as the edits say."""
    *_, slots = translator.columns(read)
    model = edited(translator.model, edits(ask), slots)
    return record(model, translator.sources([read]), ask.tokens[:upto])


def card(translator: Translator, ask: CardOf, stop: Stop) -> Card:
    """What speaks for and against one of the outputs.

    Raises InputError where there is none, or where the attention was changed by hand: what the model would
    say without a word is then not known.
    """
    read = lines_read(translator, ask)
    if read.empty or edits(ask):
        what = "nothing" if read.empty else "what was changed by hand"
        raise InputError(f"there is no card of {what}")
    found, way = decoded(translator, ask, read, stop, tree=False)
    ranked = translator.output(read, found, way).ranked()
    check(stop)
    chosen = ranked[min(ask.choice, len(ranked) - 1)]
    others = tuple(one for one in ranked if one is not chosen)
    [made] = cards(translator, [replace(chosen, alternatives=others)])
    return made


def lines_read(translator: Translator, ask: Decode | Steps) -> Read:
    """The source as the model reads it."""
    [read] = translator.read([ask.source], translator.settings.generate.longest)
    return read


def decoded(translator: Translator, ask: Decode, read: Read, stop: Stop, *, tree: bool) -> tuple[Found, Any]:
    """Search as asked; with a target, the target alone."""
    way = chosen(translator, ask.way, tree)
    *_, slots = translator.columns(read)
    twin = copy.copy(translator)
    twin.model = edited(translator.model, edits(ask), slots)
    stepper = Stoppable(twin.bind([read]), stop)
    with torch.inference_mode():
        if ask.target is not None and not tree:
            tokens = (*translator.targets([ask.target], [read])[0], EOS)
            return Found(force(stepper, [tokens])), way
        [found] = way.run(stepper, [way.limit(read.length)], [Wish(prefix=tuple(ask.prefix))])
    return found, way


def chosen(translator: Translator, asked: Way, tree: bool) -> Any:
    """The way to decode: all hypotheses of a beam are wanted, not only the best."""
    kind = "beam" if tree else asked.kind or translator.settings.search.kind
    options = asked.options()
    if kind != "beam":
        options.pop("beam", None)
    else:
        own = translator.settings.search
        size = options.get("beam") or (own.options["beam"] if own.kind == "beam" else 5)
        options |= {"beam": size, "n_best": min(size, 5), "groups": 1}
    return translator.plan(kind, options, tree=tree)


def edits(ask: Decode) -> Edits:
    """What was changed by hand."""
    every = {held.step: held.weights for held in ask.held if not (held.layer or held.head)}
    heads = {(held.step, held.layer, held.head): held.weights for held in ask.held if held.layer or held.head}
    return Edits(frozenset(ask.forbidden), every, heads)


def picture(asked: Picture) -> bytes:
    """An alignment as a file. Raises InputError where it is none."""
    from entarte.plot import ENDINGS
    from entarte.plot.html import page

    given = Alignment.from_dict(asked.alignment)
    if asked.ending == "html":
        look: dict[str, Any] = {
            "level": asked.level,
            "mode": asked.mode,
            "layer": asked.layer,
            "head": asked.head,
        }
        return page(given, **look).encode()
    return ENDINGS[asked.ending](given.words() if asked.level == "words" else given, asked.ending)
