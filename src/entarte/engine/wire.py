"""A graph of ONNX, read from its file without ONNX's own package, which takes half a second to import.

The file is in protobuf's wire format (protobuf.dev/programming-guides/encoding): fields, each a number and a
value, which is a whole number, eight or four bytes, or so many bytes. What the fields are is said in
onnx.proto. Only those are read that `entarte.export` writes; numbers are not copied.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BFLOAT16 = 16
TYPES: dict[int, Any] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_, BFLOAT16: np.uint16,
}  # fmt: skip
"""By the number that ONNX has for a type of numbers; the digits of bfloat16 stand in uint16."""


class Node(NamedTuple):
    """One operation: names of its inputs and outputs, and its attributes: numbers, lists and graphs."""

    kind: str
    domain: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]


class Plan(NamedTuple):
    """A graph: its nodes in the order in which they run, constants, and names of inputs and outputs."""

    nodes: list[Node]
    constants: dict[str, NDArray[Any]]
    inputs: list[str]
    outputs: list[str]


def read(data: bytes | memoryview) -> Plan:
    """The graph of a model; its numbers stay where they are. Raises ValueError, IndexError, KeyError or
    struct.error for what is none."""
    [found] = [value for number, value in fields(memoryview(data)) if number == 7]
    return graph(found)


def fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Number and value of each field."""
    at = 0
    while at < len(data):
        key, at = whole(data, at)
        number, form = key >> 3, key & 7
        if form == 0:
            value: Any
            value, at = whole(data, at)
        elif form in (1, 5):
            length = 8 if form == 1 else 4
            value, at = data[at : at + length], at + length
        elif form == 2:
            length, at = whole(data, at)
            if at + length > len(data):
                raise ValueError("the file ends in the middle of a field")
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"no field has form {form}")
        yield number, value


def whole(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number, seven binary digits in each byte, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def signed(value: int) -> int:
    """Of 64 binary digits."""
    return value - (1 << 64) if value >> 63 else value


def several(values: list[Any]) -> list[int]:
    """Whole numbers, each a field of its own or all in one."""
    found: list[int] = []
    for value in values:
        if isinstance(value, int):
            found.append(signed(value))
            continue
        at = 0
        while at < len(value):
            each, at = whole(value, at)
            found.append(signed(each))
    return found


def gathered(data: memoryview) -> dict[int, list[Any]]:
    """The values of each field."""
    found: dict[int, list[Any]] = {}
    for number, value in fields(data):
        found.setdefault(number, []).append(value)
    return found


def text(value: memoryview) -> str:
    """As a word."""
    return str(value, "utf-8")


def tensor(data: memoryview) -> tuple[str, NDArray[Any]]:
    """Name and numbers of a TensorProto."""
    found = gathered(data)
    sides, kind = several(found.get(1, [])), TYPES[found[2][0]]
    name = text(found[8][0]) if 8 in found else ""
    if 9 in found:
        values = np.frombuffer(found[9][0], kind)
    elif kind is np.float32:
        values = np.frombuffer(b"".join(found.get(4, [])), np.float32)
    else:
        values = np.array(several(found.get(7, []) + found.get(5, [])), kind)
    return name, values.reshape(sides)


def graph(data: memoryview) -> Plan:
    """A GraphProto."""
    found = gathered(data)
    ends = [[text(gathered(each)[1][0]) for each in found.get(number, [])] for number in (11, 12)]
    return Plan([node(each) for each in found.get(1, [])], dict(map(tensor, found.get(5, []))), *ends)


def node(data: memoryview) -> Node:
    """A NodeProto."""
    found = gathered(data)
    takes, gives = ([text(each) for each in found.get(number, [])] for number in (1, 2))
    domain = text(found[7][0]) if 7 in found else ""
    return Node(text(found[4][0]), domain, takes, gives, dict(map(attribute, found.get(5, []))))


def attribute(data: memoryview) -> tuple[str, Any]:
    """Name and value of an AttributeProto."""
    found = gathered(data)
    kinds: dict[int, Callable[[], Any]] = {
        1: lambda: struct.unpack("<f", found[2][0])[0],
        2: lambda: signed(found.get(3, [0])[0]),
        3: lambda: text(found[4][0]),
        4: lambda: tensor(found[5][0])[1],
        5: lambda: graph(found[6][0]),
        7: lambda: several(found.get(8, [])),
    }
    return text(found[1][0]), kinds[found[20][0]]()
