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


def pick(by: RowWise, readout: Readout) -> Graph:
    """words (B, L), the shortlists of some sentences → their part of the output matrix: weight, in whatever
    form `short` reads it, scale and bias (B, L)."""
    g = Graph("pick")
    words = g.take("words", "int", "B", "L")
    weight, scale, bias = by.pick(g, words, numbers(readout.weight), numbers(readout.bias))
    g.give("weight", weight, "int8", "B", readout.width, "L")
    g.give("scale", scale, "float", "B", "L")
    g.give("bias", bias, "float", "B", "L")
    return g


def say_short(by: RowWise, readout: Readout) -> Graph:
    """As `say`, for rows whose sentences have a shortlist each.

    place, back          where the rows stand; see `look.Place`
    weight, scale, bias  from `pick`; a bias of −∞ where a list is filled up

    Probabilities are among a sentence's own words. ids are places in its list.
    """
    g = Graph("short")
    inputs = {"x": g.take("features", "float", "R", readout.width)}
    inputs |= {"place": g.take("place", "int", "B", "K"), "back": g.take("back", "int", "R")}
    inputs |= {"weight": g.take("weight", "int8", "B", readout.width, "L")}
    inputs |= {each: g.take(each, "float", "B", "L") for each in ("scale", "bias")}
    inputs["k"], inputs["scores"] = asked(g)
    said(g, by.short(g, inputs, isinstance(readout, Attentional)))
    return g
