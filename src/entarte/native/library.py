"""The compiled kernels, opened when they are first asked for."""

from __future__ import annotations

from ctypes import CDLL, c_float, c_int, c_int64, c_void_p
from functools import cache
from importlib.util import find_spec
from typing import Any

NEEDS = {"float32": 1, "int8": 1 + 2, "bfloat16": 1 + 4}
"""What `entarte_able` must say for products of a kind."""

N, P, F = c_int64, c_void_p, c_float
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "able": (c_int, []),
    "pack": (None, [N, N, N, P, P, P]),
    "linear": (c_int, [P, P, N, N, N, P]),
    "lstm": (c_int, [P, P, N, P, P, N, P, P]),
    "layer": (c_int, [P, P, P, N, N, N, P, P, P]),
    "look": (None, [P, P, N, P, P, P, F, N, N, N, N, N, P, P]),
    "softmax": (None, [P, N, N]),
    "words": (c_int, [P, P, N, N, N, P, P]),
    "screened": (c_int, [P, P, P, F, F, P, N, N, P, P]),
    "fronted": (c_int, [P, P, P, P, P, P, F, P, N, P, P]),
    "short": (c_int, [P, P, N, N, P, N, P, N, N, N, P, P]),
    "each": (None, [N, P, N, P]),
    "rows": (None, [P, N, N, P]),
    "cross": (c_int, [N, P, N, N, P, P, F, N, P, P, P, N]),
    "lstm_there": (None, [N, P, P, P, P, P, P, P, N, N, P, N]),
    "lstm_back": (None, [N, P, P, P, P, P, N, P, P, N, N, P, N]),
    "gru_there": (None, [N, P, P, P, P, P, P, P, N, N, P, N]),
    "gru_back": (None, [N, P, P, P, P, P, N, P, P, P, N, N, P, N]),
    "outer": (c_int, [N, P, N, P, N, N, N, N, P, N, N, P, N]),
}
"""Result and arguments of each function, as in the C files: N a number, P an array, F a float."""


@cache
def library() -> CDLL | None:
    """None where nothing was built."""
    found = find_spec("entarte.native._kernels")
    if found is None or found.origin is None:
        return None
    try:
        opened = CDLL(found.origin)
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(opened, f"entarte_{name}")
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):  # built for another machine, or from another version
        return None
    return opened


@cache
def able(kind: str) -> bool:
    """Whether products of float32, bfloat16 or int8 run here: they were built, and the processor has them."""
    opened = library()
    return opened is not None and opened.entarte_able() & NEEDS[kind] == NEEDS[kind]


@cache
def function(name: str) -> Any:
    """One of the library's."""
    opened = library()
    assert opened is not None, "ask `able` first"
    return getattr(opened, f"entarte_{name}")


def call(name: str, *arguments: Any) -> Any:
    """A function of the library. Raises MemoryError where it found no room."""
    found = function(name)(*arguments)
    if found == -1:
        raise MemoryError(f"no memory is left for '{name}'")
    return found
