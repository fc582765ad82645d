"""A trained model in its folder: its tokenizers, and all of it."""

from __future__ import annotations

from pathlib import Path

from entarte.build import build
from entarte.engine.folder import NOTE
from entarte.errors import DamagedError, InputError
from entarte.generate import Translator
from entarte.model import set_weights
from entarte.run import Run
from entarte.settings import Settings, loads
from entarte.source import SOURCES, Cut, FeatureSource
from entarte.text import Tokenizer

SOURCE, TARGET, BOTH = "source.model", "target.model", "pieces.model"
"""Names of the tokenizer files; BOTH where the two sides share one."""
FEATURES = "source.json"
"""Name of the file of what a source of features has learned."""


def files(settings: Settings) -> list[str]:
    """Names of the files that say how lines become rows."""
    if settings.text.shared:
        return [BOTH]
    return [FEATURES if settings.files else SOURCE, TARGET]


def features(settings: Settings) -> FeatureSource:
    """The source of features that the settings choose; it has learned nothing yet."""
    found = SOURCES[settings.source.kind](**settings.source.options)
    assert isinstance(found, FeatureSource), "asked for where source lines name files only"
    return found


def tokenizers(run: Run, settings: Settings) -> tuple[Cut, Tokenizer]:
    """What cuts the source and the target of a run: tokenizers, or a source of features."""
    if settings.text.shared:
        both = Tokenizer.load(run.path(BOTH))
        return both, both
    target = Tokenizer.load(run.path(TARGET))
    if not settings.files:
        return Tokenizer.load(run.path(SOURCE)), target
    source = features(settings)
    source.restore(run.path(FEATURES))
    return source, target


def load(folder: str | Path) -> Translator:
    """A trained model from its folder; every file is checked.

    Raises InputError where the folder holds no model, DamagedError where a file is not what it was.
    """
    run = Run.open(folder)
    if NOTE in run.manifest.notes:
        raise InputError(
            "is an export, which only `entarte translate` and `entarte.engine` can use",
            file=folder,
            advice="Name the model that it was made from.",
        )
    settings = loads(run.text("settings.toml"), file=str(run.path("settings.toml")))
    source, target = tokenizers(run, settings)
    model = build(settings, len(source), len(target), settings.model.tied, settings.loss.ctc > 0)
    try:
        set_weights(model, run.model())
    except ValueError as error:
        raise DamagedError(
            f"the weights do not fit the settings: {error}",
            file=run.path("model.safetensors"),
            advice="Copy the model folder again from where it came.",
        ) from error
    translator = Translator(settings, model, source, target, Path(folder).name)
    translator.folder = Path(folder)
    return translator.to(settings.generate.device)
