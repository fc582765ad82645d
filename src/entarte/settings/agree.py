"""Settings that contradict each other are refused here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entarte.errors import InputError, did_you_mean
from entarte.settings.place import Places
from entarte.settings.sections import Loss
from entarte.settings.shard import shard
from entarte.settings.source import source

if TYPE_CHECKING:
    from entarte.settings.complete import Settings
    from entarte.task import Task


def agree(settings: Settings, places: Places) -> None:
    """Raises InputError for settings that contradict each other, with file and line."""
    aim(settings, places)
    text, train = settings.text, settings.train
    if text.shared and (text.source_size or text.target_size):
        name = "text.source_size" if text.source_size else "text.target_size"
        raise places.error(name, "a shared vocabulary has one size", "Set text.size, or text.shared=false.")
    if text.shared and (text.source_kind or text.target_kind):
        name = "text.source_kind" if text.source_kind else "text.target_kind"
        advice = "Set text.kind, or text.shared=false."
        raise places.error(name, "a shared vocabulary has one kind of pieces", advice)
    kinds = (text.source_kind or text.kind, text.target_kind or text.kind)
    if text.segmentations > 1 and (other := [kind for kind in kinds if kind != "unigram"]):
        raise places.error(
            "text.segmentations", f"'{other[0]}' pieces have one segmentation", "Use text.kind='unigram'."
        )
    if settings.model.tied == "all" and not text.shared:
        raise places.error(
            "model.tied",
            "'all' needs one vocabulary for both sides",
            "Set text.shared=true, or model.tied='target'.",
        )
    source(settings, places)
    language(settings, places)
    guide(settings, places)
    copying(settings, places)
    cover(settings, places)
    shard(settings, places)
    if not (train.epochs or train.updates or train.minutes):
        raise places.error(
            "train.epochs", "training would never end", "Set train.epochs, train.updates or train.minutes."
        )
    if train.schedule == "inverse-sqrt" and not train.warmup:
        raise places.error(
            "train.warmup", "schedule 'inverse-sqrt' needs a warm-up", "For example: train.warmup=4000"
        )
    generate = settings.generate
    if (generate.unknown == "look-up") != bool(generate.dictionary):
        name = "generate.unknown" if generate.dictionary else "generate.dictionary"
        raise places.error(
            name,
            "'look-up' and a dictionary need each other",
            "For example: generate.unknown=look-up generate.dictionary=en-fr.tsv",
        )
    watch(settings, places)


def aim(settings: Settings, places: Places) -> Task:
    """The task, made. Raises InputError, with file and line, where its settings contradict each other."""
    try:
        return settings.aim
    except InputError as error:
        raise places.error(error.setting or "task", error.message, error.advice) from None


def watch(settings: Settings, places: Places) -> None:
    """What chooses the best model is perplexity, or a measure of text of which more (or less) is better."""
    from entarte.metric import METRICS, NOT_TEXT, higher_is_better

    metric = settings.train.metric
    if metric == "perplexity":
        return
    known = ["perplexity", *(name for name in METRICS if name not in NOT_TEXT)]
    if metric not in known:
        raise places.error("train.metric", f"'{metric}' is not known here", did_you_mean(metric, known))
    if higher_is_better(metric) is None:
        raise places.error("train.metric", f"'{metric}' does not say which of two models is better")
    if not settings.train.valid_sentences:
        raise places.error(
            "train.valid_sentences", f"metric '{metric}' needs sentences to decode", "For example: 500."
        )


def language(settings: Settings, places: Places) -> None:
    """What a model without a source needs; and texts without a source need such a model."""
    nothing = settings.encoder.kind == "nothing"
    if nothing != (settings.data.format == "text"):
        raise places.error(
            "data.format" if nothing else "encoder.kind",
            "encoder 'nothing' and running text (data.format='text') belong together",
            "Set both for a language model, or neither.",
        )
    if not nothing:
        return
    if not settings.text.shared:
        raise places.error(
            "text.shared", "a language model has one side, and one vocabulary", "Set text.shared=true."
        )
    if settings.search.options.get("coverage"):
        raise places.error(
            "generate.coverage", "there is no source that should be covered", "Set generate.coverage=0."
        )
    if settings.model.tied == "all":
        raise places.error("model.tied", "there is no source to share with", "Set model.tied='target'.")


def copying(settings: Settings, places: Places) -> None:
    """What a readout that copies cannot go with."""
    if settings.readout.kind != "pointer":
        return
    if settings.attention.kind in ("none", "mean"):
        raise places.error(
            "readout.kind",
            f"attention '{settings.attention.kind}' looks everywhere alike, so there is nothing to copy by",
            "Use another attention.kind, or readout.kind='attentional'.",
        )
    if settings.text.segmentations > 1:
        raise places.error(
            "text.segmentations",
            "the pointer copies the pieces of the best cut only",
            "Use text.segmentations=1.",
        )
    if settings.loss.agreement:
        raise places.error(
            "loss.agreement",
            "two passes of a pointer have no one vocabulary to agree over",
            "Use loss.agreement=0, or readout.kind='attentional'.",
        )


def cover(settings: Settings, places: Places) -> None:
    """What losses need that are taken of all looks together."""
    loss = settings.loss
    if loss.coverage_start and not loss.coverage:
        raise places.error(
            "loss.coverage_start", "means nothing without a coverage loss", "For example: loss.coverage=1"
        )
    for name in ("coverage", "doubly_stochastic"):
        if not getattr(loss, name) or settings.attention.kind not in ("none", "mean"):
            continue
        raise places.error(
            f"loss.{name}",
            f"attention '{settings.attention.kind}' looks everywhere alike, so it has nothing to learn of it",
            "Use another attention.kind.",
        )


def guide(settings: Settings, places: Places) -> None:
    """What guided alignment needs, and what it cannot go with."""
    loss = settings.loss
    if not loss.guided:
        for name in ("guided_decay", "guided_spread", "guided_shift"):
            if getattr(loss, name) != Loss.model_fields[name].default:
                raise places.error(
                    f"loss.{name}", "means nothing without a guided loss", "For example: loss.guided=0.5"
                )
        return
    if not settings.data.train_links:
        raise places.error(
            "loss.guided",
            "there are no links to guide by",
            "Name a file of word links in data.train_links, as `entarte align` writes it.",
        )
    if settings.attention.kind in ("none", "mean"):
        raise places.error(
            "loss.guided",
            f"attention '{settings.attention.kind}' looks everywhere alike, so it cannot be guided",
            "Use another attention.kind.",
        )
    if settings.encoder.kind == "pyramid":
        raise places.error(
            "loss.guided",
            "a slot of a pyramid stands for several pieces, and links speak of each",
            "Use another encoder.kind.",
        )
    if settings.data.source_cut:
        raise places.error("loss.guided", "the links may speak of what is cut off", "Use data.source_cut=0.")
    if settings.text.segmentations > 1:
        raise places.error(
            "loss.guided", "the links are brought to the best cut only", "Use text.segmentations=1."
        )
    if loss.guided_shift and settings.train.scheduled_sampling:
        raise places.error(
            "loss.guided_shift",
            "with scheduled sampling a step may not have read the piece that the links speak of",
            "Use train.scheduled_sampling=0.",
        )
