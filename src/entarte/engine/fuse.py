"""What stands around a product is done by its kernel, to some rows at a time, while they are in the cache.

An export's graph picks rows of a state, looks rows up in a table, lays both side by side, multiplies, and
takes a function of each number. As nodes of their own these write every row to memory and read it again. Here
a product's node takes the place of those around it: the graph means the same, and gives the same bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from entarte.engine.wire import Node, Plan

OURS, BOUNDED = "entarte", "Bounded"
"""The domain of the functions that an export defines by itself; those whose name ends so multiply rows that
lie between −1 and 1."""
PRODUCTS = ("Linear", "Lstm", "LstmRead")
"""Functions of rows, whose kernels pick them."""
LAYERS = ("Forwards", "Backwards")
"""Cells over time, whose kernel looks up what they read."""
AFTER = {"Tanh": "tanh", "Sigmoid": "sigmoid", "Exp": "exp"}


def fused(plan: Plan) -> Plan:
    """The same graph, with more done in a node. Nodes that nobody reads any more are still there.

    A product's attribute `forms` says of each of its inputs after the constants of what parts side by side it
    consists, and by how many names each part is given, as the fields of `native.Part`. `after` is a function.
    """
    makers = {name: node for node in plan.nodes for name in node.outputs}
    readers = Counter(name for node in plan.nodes for name in node.inputs) + Counter(plan.outputs)
    nodes = []
    for node in plan.nodes:
        before = makers.get(node.inputs[0]) if node.kind in AFTER and not node.domain else None
        if bare(node) in PRODUCTS:
            node = gathered(node, plan, makers)
        elif bare(node) in LAYERS:
            node = looked_up(node, makers)
        elif before is not None and bare(before) == "Linear" and readers[node.inputs[0]] == 1:
            own = gathered(before, plan, makers)
            node = own._replace(
                outputs=node.outputs, attributes={**own.attributes, "after": AFTER[node.kind]}
            )
        nodes.append(node)
    return plan._replace(nodes=nodes)


def bare(node: Node) -> str:
    """The name of one of our functions, or nothing."""
    return node.kind.removesuffix(BOUNDED) if node.domain == OURS else ""


def gathered(node: Node, plan: Plan, makers: dict[str, Node]) -> Node:
    """A product that picks its rows by itself."""
    held = list(takewhile(plan.constants.__contains__, node.inputs))
    inputs, forms = list(held), []
    for name in node.inputs[len(held) :]:
        parts = [part(each, makers) for each in beside(name, makers)]
        inputs += [each for own in parts for each in own]
        forms.append(tuple(len(own) for own in parts))
    return node._replace(inputs=inputs, attributes={"forms": tuple(forms)})


def looked_up(node: Node, makers: dict[str, Node]) -> Node:
    """A layer that reads rows of a table by ids (T, B)."""
    *held, given, real = node.inputs
    maker = makers.get(given)
    if maker is None or bare(maker) != "Rows":
        return node
    return node._replace(inputs=[*held, *part(given, makers), real])


def beside(name: str, makers: dict[str, Node]) -> Sequence[str]:
    """What stands side by side in a value."""
    maker = makers.get(name)
    if maker is not None and maker.kind == "Concat" and maker.attributes["axis"] in (-1, 1):
        return maker.inputs
    return [name]


def part(name: str, makers: dict[str, Node]) -> Sequence[str]:
    """A value, or the table from which its rows are picked, which, and their scales."""
    maker = makers.get(name)
    if maker is None:
        return [name]
    if maker.kind == "Gather" and not maker.domain:
        return maker.inputs
    if bare(maker) == "Rows":
        table, *scales, which = maker.inputs
        return [table, which, *scales]
    return [name]


def sizes(forms: Sequence[Sequence[int]]) -> Iterator[list[slice]]:
    """Where the names of each part of each input stand."""
    at = 0
    for form in forms:
        own = []
        for size in form:
            own.append(slice(at, at + size))
            at += size
        yield own
