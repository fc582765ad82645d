"""What cannot go with pairs that are read from shards, and what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entarte.settings.place import Places

if TYPE_CHECKING:
    from entarte.settings.complete import Settings


def shard(settings: Settings, places: Places) -> None:
    """Refuses, each by name, what needs all training pairs, or their text, in memory."""
    data, text = settings.data, settings.text
    if not data.shard:
        return
    both = "or data.shard=0."
    for name, given, why, advice in (
        ("source.kind", settings.files, "shards hold pieces, not frames", "Use data.shard=0."),
        (
            "text.sample",
            not text.sample,
            "with data.shard, pieces are learnt from a sample, as all lines would be held in memory",
            "For example: text.sample=1000000",
        ),
        (
            "text.segmentations",
            text.segmentations > 1,
            "sentences cannot be cut anew: shards hold their pieces, not their text",
            f"Use text.segmentations=1, {both}",
        ),
        (
            "loss.guided",
            settings.loss.guided,
            "shards hold no word links to guide by",
            f"Use loss.guided=0, {both}",
        ),
        (
            "task.temperature",
            settings.aim.temperature != 1,
            "shards are read through once an epoch, so no task can come more often",
            f"Use task.temperature=1 (`entarte data mix --most` cuts large tasks), {both}",
        ),
        (
            "data.duplicates",
            not data.duplicates,
            "to know repeated pairs, all that were read would be held in memory",
            "Remove them from the files (paste, sort -u, cut), and use data.duplicates=true.",
        ),
    ):
        if given:
            raise places.error(name, why, advice)
