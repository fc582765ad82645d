"""Settings that were chosen and can do nothing beside the others: said, never passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator

from entarte.settings.complete import Settings


def idle(settings: Settings) -> list[str]:
    """A line for each setting that cannot have an effect, and why."""
    return [f"{name} has no effect: {why}" for name, why in _idle(settings)]


def _idle(settings: Settings) -> Iterator[tuple[str, str]]:
    encoder, decoder = settings.encoder.options, settings.decoder.options
    for section, options in (("encoder", encoder), ("decoder", decoder)):
        if options.get("layers", 2) == 1 and "cell" in options:
            for name, off in (
                ("dropout", 0.0),
                ("residual", False),
                ("query_layer", "top"),
                ("context_layers", "first"),
            ):
                if options.get(name, off) != off:
                    yield f"{section}.{name}", "there is one layer, and it acts from the second on"
    if decoder.get("query") == "current" and decoder.get("context_layers", "first") != "first":
        yield "decoder.context_layers", 'the current state asks (decoder.query = "current")'
    for section, options in (("encoder", encoder), ("decoder", decoder)):
        for name, needed, off in (
            ("reach", ("self_attention", "window"), 16),
            ("longest", ("positions", "learned"), 512),
        ):
            setting, value = needed
            if setting in options and options[setting] != value and options[name] != off:
                yield f"{section}.{name}", f'{section}.{setting} is "{options[setting]}"'
    front = settings.source_front.options
    for name, off in (("time_width", 20), ("band_width", 8)):
        count = name.replace("width", "masks")
        if front.get(name, off) != off and not front[count]:
            yield f"source_front.{name}", f"source_front.{count} is 0"
    parts = [settings.front.options, encoder, decoder, settings.readout.options]
    if settings.loss.agreement and not any(
        value for options in parts for name, value in options.items() if name.endswith("dropout")
    ):
        yield "loss.agreement", "without dropout both passes are the same"
    train = settings.train
    unread = {
        "halving": ("decay_start", "decay_every", "decay_factor"),
        "plateau": ("decay_every", "decay_factor"),
    }.get(train.schedule, ())
    plain = type(train)()
    for name in ("decay_start", "decay_every", "decay_factor"):
        if name not in unread and getattr(train, name) != getattr(plain, name):
            yield f"train.{name}", f'train.schedule is "{train.schedule}"'
    readers = {"betas": ("adam",), "epsilon": ("adam", "adagrad"), "accumulator": ("adagrad",)}
    for name, optimisers in readers.items():
        if train.optimiser not in optimisers and getattr(train, name) != getattr(plain, name):
            yield f"train.{name}", f'train.optimiser is "{train.optimiser}"'
