"""`entarte describe`: what a model folder holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.opened import Model

if TYPE_CHECKING:
    from entarte.generate import Translator
    from entarte.run import Run


def describe(
    model: Model,
    curve: Annotated[
        Path | None, typer.Option("--curve", help="Draw the training to this .png, .svg or .pdf.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Describe a model: settings, sizes, training."""
    from entarte import saved
    from entarte.run import Run
    from entarte.settings import dump

    translator = saved.load(model)
    run = Run.open(model)
    if curve is not None:
        from entarte.plot.curve import save, training

        save(training(run.metrics()), curve)
    found = facts(translator, run)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{model}: written by Entarté {found['entarte']}\n")
    typer.echo(f"{found['parameters']['all']:,} parameters")
    for name, count in found["parameters"].items():
        if name != "all":
            typer.echo(f"  {name:9} {count:>12,}")
    typer.echo("\nVocabularies")
    for side, each in found["vocabularies"].items():
        typer.echo(f"  {side:9} {each['size']:>7,} {each['kind']:8} {' '.join(each['pieces'])}")
    typer.echo("\nFiles")
    for name, size in found["files"].items():
        typer.echo(f"  {name:20} {size:>12,} bytes")
    if found["training"]:
        typer.echo("\nTraining")
        table(found["training"])
    typer.echo("\nSettings\n")
    typer.echo(dump(translator.settings), nl=False)


def facts(translator: Translator, run: Run) -> dict[str, Any]:
    """What there is to know about a model, as JSON.

    Parameters that parts share are counted once, in the first of them.
    """
    from entarte.settings import tables

    parameters = {"all": 0}
    for name, parameter in translator.model.named_parameters():
        first, second, *_ = name.split(".")
        part = second if second in ("attention", "readout") else first
        for each in ("all", part):
            parameters[each] = parameters.get(each, 0) + parameter.numel()
    vocabularies = {}
    for side, tokenizer in (("source", translator.source), ("target", translator.target)):
        vocabularies[side] = {
            "size": len(tokenizer),
            "kind": tokenizer.kind,
            "pieces": list(tokenizer.some()),
        }
    if translator.source is translator.target:
        vocabularies = {"shared": vocabularies["source"]}
    return {
        "entarte": run.manifest.entarte,
        "parameters": parameters,
        "vocabularies": vocabularies,
        "files": {name: entry.size for name, entry in run.manifest.files.items()},
        "training": [line for line in run.metrics() if line.get("kind") == "validation"],
        "settings": tables(translator.settings),
    }


def table(validations: list[dict[str, Any]]) -> None:
    """The validations as a table, and as little curves."""
    from entarte.cli.screen import head, row
    from entarte.plot.curve import sparkline
    from entarte.watch import Validation

    typer.echo(head())
    for line in validations:
        typer.echo(row(Validation(**{key: value for key, value in line.items() if key != "kind"})))
    flat = [line | line.get("scores", {}) for line in validations]
    names = {"perplexity": "valid ppl", "bleu": "BLEU", "aer": "AER"}
    for key, name in (names | {key: key for line in validations for key in line.get("scores", {})}).items():
        values = [line[key] for line in flat if line.get(key) is not None]
        if len(values) > 1:
            typer.echo(f"{name:9} {sparkline(values, 60)}")
