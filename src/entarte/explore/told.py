"""Outputs, source pieces and steps as plain data."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import torch

from entarte.generate import Translator
from entarte.output import Output, Read
from entarte.tape import Frame, Passage
from entarte.token import Token, tokens_of
from entarte.vocabulary import BOS, EOS, PAD, UNK

DIGITS = 4
TOP = 10
"""Words of a distribution that are told."""

Plain = dict[str, Any]


def said(output: Output, tokens: tuple[int, ...], translator: Translator) -> Plain:
    """One output; its tokens know their ids, so that the page can force them."""
    return {
        "text": output.text,
        "score": output.score,
        "log_prob": output.log_prob,
        "finished": output.finished,
        "tokens": list(tokens),
        "pieces": [piece(translator, token, output.beyond) for token in tokens],
        "log_probs": [round(value, 6) if value > -1e30 else None for value in output.log_probs],
        "alignment": output.alignment.to_dict(DIGITS),
    }


def source_tokens(translator: Translator, read: Read) -> list[Plain]:
    """The source's pieces with their places, and the end."""
    text, pieces, slots = translator.columns(read)
    tokens = tokens_of(text, pieces, slots, None)
    return [
        {"label": token.label, "start": token.start, "end": token.end, "kind": token.kind} for token in tokens
    ]


def piece(translator: Translator, token: int, beyond: tuple[str, ...] = ()) -> str:
    """A target piece as a person is shown it; a space before it is kept, since it begins a word.

    beyond  pieces of the source that the vocabulary lacks and that can be copied
    """
    if token == UNK:
        return " <unk>" if translator.target.whole else "<unk>"
    if token in (PAD, BOS, EOS):
        return {PAD: "⟨pad⟩", BOS: "⟨start⟩", EOS: "⟨end⟩"}[token]
    text = (translator.target.vocabulary.pieces + beyond)[token]
    label = Token(text, 0, 0).label
    return f" {label}" if text.startswith("▁") and label != "␣" else label


def framed(
    translator: Translator, frame: Frame, token: int, layer: int, beyond: tuple[str, ...] = ()
) -> Plain:
    """A step as plain data, with the look of one layer, from 1."""
    look = frame.looks[layer - 1]
    best = frame.log_probs.topk(min(TOP, frame.log_probs.numel()))
    top = list(zip(best.indices.tolist(), best.values.tolist()))
    if token not in best.indices.tolist():
        top.append((token, float(frame.log_probs[token])))
    words = [
        {"id": number, "text": piece(translator, number, beyond), "log_prob": finite(value)}
        for number, value in top
    ]
    return {
        "read": {"id": frame.read, "text": piece(translator, frame.read, beyond)},
        "said": {"id": token, "text": piece(translator, token, beyond)},
        "gates": [{name: plain(gate) for name, gate in layer.items()} for layer in frame.gates],
        "previous": plain(frame.previous),
        "state": plain(frame.state),
        "passage": passed(frame.layers[layer - 1]) if frame.layers else None,
        "scores": [[finite(value) for value in head] for head in plain(look.scores)],
        "inside": look.inside.tolist(),
        "softmax": plain(look.softmax),
        "weights": plain(look.weights),
        "context": plain(look.context),
        "features": plain(frame.features),
        "entropy": float(-(frame.log_probs.exp() * frame.log_probs.clamp(min=-1e30)).sum()),
        "top": words,
    }


def passed(passage: Passage) -> Plain:
    """The way through a layer as plain data."""
    given = {each.name: getattr(passage, each.name) for each in fields(passage)}
    return {name: None if value is None else plain(value) for name, value in given.items()}


def plain(tensor: torch.Tensor) -> Any:
    """Numbers to four decimals."""
    return tensor.double().round(decimals=DIGITS).tolist()


def finite(value: float) -> float | None:
    """JSON has no infinity: a slot that is ruled out has no score."""
    return round(value, 6) if -1e30 < value < 1e30 else None
