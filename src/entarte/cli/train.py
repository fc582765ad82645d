"""`entarte train`: from settings to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    settings: Annotated[
        str, typer.Argument(help="A recipe's name, a settings file, or with --resume a run folder.")
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="section.key=value", help="Settings laid over these.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The model's folder; else runs/ and the recipe's name."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training in the folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Train a model.

    For example: entarte train quick data.train=a.en,a.fr data.valid=b.en,b.fr --out runs/mine
    """
    from entarte.cli.screen import Screen
    from entarte.parallel import World
    from entarte.settings import load
    from entarte.train import train as run
    from entarte.trainer import Stopped
    from entarte.watch import Silent

    whole = resume and Path(settings, "manifest.json").is_file()
    chosen = load(Path(settings, "settings.toml") if whole else settings, overrides or ())
    folder = out or (Path(settings) if whole else Path("runs") / Path(settings).stem)
    with World.join() as world:
        screen = Screen()
        try:
            if quiet or not world.chief:
                run(chosen, folder, resume=resume, watcher=Silent(), world=world)
            else:
                with screen:
                    run(chosen, folder, resume=resume, watcher=screen, world=world)
                screen.say(f"The model is in {folder}. Try: entarte {chosen.aim.verb} {folder}")
        except Stopped:
            if world.chief:
                screen.say(f"Stopped. Go on with: entarte train {folder} --resume")
            raise typer.Exit(130) from None
