"""From settings to a trained model: read the pairs, learn the pieces, build the model, train it."""

from __future__ import annotations

from pathlib import Path

from entarte.board import Board
from entarte.errors import InputError
from entarte.parallel import ALONE, World
from entarte.prepare import in_precision, prepare
from entarte.run import Run
from entarte.settings import Settings, differences, dump, loads
from entarte.watch import Ended, Silent, Watcher


def train(
    settings: Settings,
    folder: str | Path,
    *,
    resume: bool = False,
    watcher: Watcher | None = None,
    world: World = ALONE,
) -> Ended:
    """Train a model into a folder, or go on with the training that the folder holds.

    world  the processes that train it together, if they are several (`parallel.World.join`)

    Raises InputError for settings and data that cannot be used, DamagedError for a folder that was
    altered, trainer.Stopped where a signal ended it early (the checkpoint is then written).
    """
    watcher = watcher or Silent()
    if not world.chief:
        return beside(folder, resume, world)
    with Run.open(folder, write=True) if resume else fresh(settings, folder) as run:
        if resume:
            settings = unchanged(settings, run)
        if settings.train.tensorboard:
            watcher = Board(watcher, run.path("tensorboard"))
        try:
            trainer = prepare(settings, run, watcher, world)
        except BaseException:
            if not resume:
                run.discard()  # data that cannot be used must not leave a folder behind
            raise
        world.wait()
        if resume:
            trainer.ledger.resume()
        return trainer.train()


def beside(folder: str | Path, resume: bool, world: World) -> Ended:
    """Train along, when the chief has made the folder and everything in it that a training needs."""
    world.wait()
    with Run.open(folder) as run:
        trainer = prepare(loads(run.text("settings.toml")), run, Silent(), world)
        if resume:
            trainer.ledger.resume(chief=False)
        return trainer.train()


def fresh(settings: Settings, folder: str | Path) -> Run:
    """A new run folder with the settings in it; the data are looked for first."""
    for name, paths in (("data.train", settings.data.train), ("data.valid", settings.data.valid)):
        if not paths:
            raise InputError("no file is named", setting=name, advice=f'For example: {name}=["a.en","a.fr"]')
        for path in paths:
            if not Path(path).is_file():
                raise InputError("there is no such file", file=path, setting=name)
    run = Run.create(folder)
    run.put("settings.toml", dump(settings).encode())
    return run


def unchanged(settings: Settings, run: Run) -> Settings:
    """A resumed training must go on with the settings that it began with; what was automatic then stays as it
    was decided."""
    began = loads(run.text("settings.toml"))
    if settings.train.precision == "auto":
        settings = in_precision(settings, began.train.precision)
    if changed := differences(began, settings):
        raise InputError(
            "the settings are not those that this training began with: " + "; ".join(changed),
            file=run.path("settings.toml"),
            advice="Leave them as they were, or begin a new run in another folder.",
        )
    return settings
