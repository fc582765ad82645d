"""The output layer as nodes: the most probable words of each row."""

from __future__ import annotations

from entarte.export.cell import numbers
from entarte.export.graph import Graph
from entarte.export.products import Products, narrow, row_wise
from entarte.export.ranked import ranked
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


def pick(readout: Readout) -> Graph:
    """words (N,), the union of some shortlists → their columns of the output matrix: weight, scale, bias."""
    g = Graph("pick")
    words = g.take("words", "int", "N")
    whole, scale = narrow(numbers(readout.weight))
    g.give("weight", g.turn(g.rows(g.constant(whole), words), 1, 0), "int8", readout.width, "N")
    g.give("scale", g.rows(g.constant(scale), words), "float", "N")
    g.give("bias", g.rows(g.constant(numbers(readout.bias)), words), "float", "N")
    return g


def say_short(readout: Readout) -> Graph:
    """As `say`, for rows with a shortlist each, of which the matrix holds the union.

    weight, scale, bias  from `pick`
    own    (R, L) the columns of each row's own words, in the order of their ids
    real   (R, L) which of them are there: shorter lists are filled up

    Probabilities are among a row's own words, taken out before they are summed up: so a row does not depend
    on what the others may say. ids are places in the own list.
    """
    g = Graph("short")
    features = g.take("features", "float", "R", readout.width)
    weight = g.take("weight", "int8", readout.width, "N")
    scale, bias = g.take("scale", "float", "N"), g.take("bias", "float", "N")
    own, real = g.take("own", "int", "R", "L"), g.take("real", "bool", "R", "L")
    found = row_wise(g, features, weight, scale, bias, isinstance(readout, Attentional))
    logits = g("GatherElements", found, own, axis=1)
    k, scores = asked(g)
    said(g, ranked(g, g("Where", real, logits, g.constant(float("-inf"))), k, scores))
    return g
