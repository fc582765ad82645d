"""The output layer as nodes: the most probable words of each row."""

from __future__ import annotations

from entarte.export.cell import numbers
from entarte.export.graph import Graph
from entarte.export.multiply import Products
from entarte.export.row_wise import RowWise
from entarte.readout.attentional import Attentional
from entarte.readout.base import Readout


def say(by: Products, readout: Readout) -> Graph:
    """features (R, F), k (1,), scores () → ids and log_probs (R, k), most probable first; without scores
    logits stand in for log_probs."""
    g = Graph("say")
    features = g.take("features", "float", "R", readout.width)
    bounded = isinstance(readout, Attentional)  # its features are tanh of something
    k, scores = asked(g)
    weight, bias = numbers(readout.weight), numbers(readout.bias)
    said(g, by.words(g, features, weight, bias, bounded, k, scores))
    return g


def asked(g: Graph) -> tuple[str, str]:
    """How many words are wanted, and whether their probabilities are."""
    return g.take("k", "int", 1), g.take("scores", "bool")


def said(g: Graph, found: list[str]) -> None:
    """The outputs of a graph that says words."""
    for name, kind, value in zip(("log_probs", "ids"), ("float", "int"), found, strict=True):
        g.give(name, value, kind, "R", "k")


def say_short(by: RowWise, readout: Readout) -> Graph:
    """As `say`, for rows whose sentences have a shortlist each.

    place, back  where the rows stand; see `look.Place`
    words        (B, L) the lists, by rising id, filled up with PAD

    Probabilities are among a sentence's own words. ids are places in its list.
    """
    g = Graph("short")
    inputs = {"x": g.take("features", "float", "R", readout.width)}
    inputs |= {"place": g.take("place", "int", "B", "K"), "back": g.take("back", "int", "R")}
    inputs["words"] = g.take("words", "int", "B", "L")
    inputs["k"], inputs["scores"] = asked(g)
    weight, bias = numbers(readout.weight), numbers(readout.bias)
    said(g, by.short(g, inputs, weight, bias, isinstance(readout, Attentional)))
    return g
