"""Law 10: imports point downward, there are no cycles, and `entarte --help` is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "entarte"

ROWS = """
errors
native
atomic heap
lock manifest
tensors
checkpoint
vocabulary
span
lexer
learn
source seal
text
example
reader
sound
filter vectors references
grammar
memory state step batch guide
attend window attention
transformer
front encoder readout decoder
model
build
edit listen tape
loss
token
form
alignment
grouping
metric
search dictionary task
settings
pairs run
schedule order mixing parallel device watch corpus board
optimise
fast
output constrain engine
plan
reading
generate
ctc
saved team
sampling conversation
linking validate assess course gather pieces sieve feed shards stream export
ledger
cost
trainer
prepare
train
nearest
plot
check
card
experiment
explore
cli
__main__
"""
"""A module may import from the rows above its own, and from its own row as long as no cycle arises."""

LATE = {("alignment", "plot"), ("output", "card"), ("output", "generate")}
"""Imports inside a function that point upward: an object that shows itself calls what draws it."""

RANK = {name: number for number, row in enumerate(ROWS.strip().split("\n")) for name in row.split()}


def imports(tree: ast.Module, late: bool) -> Iterator[str]:
    """The names below `entarte` that a module imports when it is loaded, or (late) inside functions."""
    inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = {id(node) for function in inner for node in ast.walk(function)}
    for branch in ast.walk(tree):
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test):
            hidden |= {id(node) for node in ast.walk(branch)} if not late else set()
    for node in ast.walk(tree):
        if (id(node) in hidden) != late:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "entarte":
            yield from (alias.name for alias in node.names if not alias.name.startswith("_"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("entarte."):
            yield (node.module or "").split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("entarte."))


def units(source: Path = SOURCE) -> dict[str, list[ast.Module]]:
    """Module or folder name → the parsed files in it."""
    found: dict[str, list[ast.Module]] = {}
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).with_suffix("").parts[0]
        if name != "__init__":
            found.setdefault(name, []).append(ast.parse(path.read_text("utf-8")))
    return found


UNITS = units()


@cache
def graph(late: bool) -> dict[str, set[str]]:
    return {
        name: {to for tree in trees for to in imports(tree, late)} - {name} for name, trees in UNITS.items()
    }


def test_every_module_has_its_row() -> None:
    assert set(UNITS) - set(RANK) == set(), "a new module: say in ROWS where it stands"


@pytest.mark.parametrize("name", UNITS)
def test_imports_point_downward(name: str) -> None:
    for to in graph(late=False)[name]:
        assert RANK[to] <= RANK[name], f"{name} imports {to}, which stands above it"


@pytest.mark.parametrize("name", UNITS)
def test_imports_inside_functions_point_downward_too(name: str) -> None:
    for to in graph(late=True)[name]:
        assert RANK[to] <= RANK[name] or (name, to) in LATE, f"{name} imports {to} inside a function"


def test_there_are_no_cycles() -> None:
    left = graph(late=False)
    while ready := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in ready:
            del left[name]
    assert not left


def test_the_law_sees_an_upward_import_wherever_it_stands() -> None:
    tree = ast.parse(
        "from entarte import train\nimport entarte.cli.main\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from entarte.plot import x\ndef f():\n    from entarte.run import Run\n"
    )
    assert set(imports(tree, late=False)) == {"train", "cli"}
    assert set(imports(tree, late=True)) == {"run"}


HEAVY = {"torch", "numpy", "sentencepiece", "safetensors", "sacrebleu", "matplotlib"}


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code."""
    code += "\nimport sys; print('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["settings", "--help"]])
def test_help_does_not_import_torch(words: list[str]) -> None:
    modules = loaded(f"from entarte.cli.main import main; assert main({words!r}) == 0")
    assert "entarte.cli.main" in modules
    assert not modules & HEAVY


def test_import_entarte_does_not_import_torch() -> None:
    assert not loaded("import entarte") & {"torch", "numpy", "typer"}


@pytest.mark.parametrize(
    "name", ["alignment", "metric", "grammar", "reader", "example", "text", "manifest", "engine"]
)
def test_what_needs_no_torch_does_not_import_it(name: str) -> None:
    assert "torch" not in loaded(f"import entarte.{name}")
