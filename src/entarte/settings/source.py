"""What a source of features needs of the other settings, and what it cannot go with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entarte.settings.place import Places

if TYPE_CHECKING:
    from entarte.settings.complete import Settings


def source(settings: Settings, places: Places) -> None:
    """Refuses, each by name, what has no meaning where a source line names a file."""
    front, kind = settings.source_front.kind, settings.source.kind
    if not settings.files:
        if front != "same":
            raise places.error(
                "source_front.kind", f"'{front}' reads no text", "Set source.kind, for example to 'audio'."
            )
        return
    if front == "same":
        raise places.error(
            "source_front.kind",
            f"a source of kind '{kind}' is not read as words are",
            "Set source_front.kind='features'.",
        )
    text, data = settings.text, settings.data
    for name, given, none in (
        ("text.shared", text.shared, "false"),
        ("text.source_size", text.source_size, "0"),
        ("text.source_vectors", text.source_vectors, "''"),
        ("text.segmentations", text.segmentations > 1, "1"),
        ("data.train_links", data.train_links, "''"),
        ("data.valid_links", data.valid_links, "''"),
    ):
        if given:
            raise places.error(name, f"a source of kind '{kind}' has no words", f"Set {name}={none}.")
    if settings.readout.kind == "pointer":
        raise places.error(
            "readout.kind",
            f"a source of kind '{kind}' has no words to copy",
            "Use readout.kind='attentional'.",
        )
    if settings.generate.unknown in ("copy", "look-up"):
        raise places.error(
            "generate.unknown", f"a source of kind '{kind}' has no words to put there", "Set it to 'keep'."
        )
