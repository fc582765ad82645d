"""Making the folder of an export."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from entarte import atomic
from entarte.engine.engine import BOTH, SOURCE, TARGET, load
from entarte.engine.folder import FACTS, NOTE, SHORTLIST, Facts
from entarte.engine.graphs import runs
from entarte.engine.shortlist import Shortlists
from entarte.engine.way import Way
from entarte.errors import InputError, did_you_mean
from entarte.export.graphs import graphs
from entarte.export.parity import Parity, compare, sample
from entarte.export.products import PRODUCTS
from entarte.generate import Translator
from entarte.manifest import Manifest, entry
from entarte.settings import Settings, dump
from entarte.task import Task
from entarte.text import Tokenizer


def way(settings: Settings) -> Way:
    """How an export decodes: as the model does. Raises InputError where it decodes in another way than an
    export can."""
    search, generate = settings.search, settings.generate
    if search.kind not in ("greedy", "beam"):
        raise InputError(
            f"an export cannot search with '{search.kind}'",
            setting="generate.kind",
            advice="Add -s generate.kind=beam.",
        )
    known = Way().plain()
    own = {key: value for key, value in search.options.items() if key in known}
    for name, idle in {"no_repeat": 0, "groups": 1}.items():
        if search.options.get(name, idle) != idle:
            raise InputError(
                f"an export knows no {name}",
                setting=f"generate.{name}",
                advice=f"Add -s generate.{name}={idle}.",
            )
    if generate.unknown != "keep":
        raise InputError(
            "an export does not replace unknown words",
            setting="generate.unknown",
            advice="Add -s generate.unknown=keep.",
        )
    limits = {key: value for key, value in generate.model_dump().items() if key in known and key != "batch"}
    return Way().changed({"kind": search.kind, **own, **limits})


@dataclass(frozen=True)
class Made:
    """An export: its folder, the bytes of all of its files, whether it says what the model says, and what a
    user should know of it on this machine."""

    folder: Path
    size: int
    parity: Parity
    note: str = ""


def export(
    translator: Translator, to: str, folder: str | Path, *,
    shortlists: Shortlists | None = None, lines: Sequence[str] = (),
) -> Made:  # fmt: skip
    """Write an export, and compare it with its model. Nothing is there unless all went well.

    to          onnx (float32), bfloat16 or int8
    shortlists  words that a translation may hold (int8 only)
    lines       sentences to compare on; none: lines of pieces drawn by chance

    Raises InputError where the folder exists, for a model with a part that cannot be exported, and for a way
    to decode that an export does not have; EntarteError where float32 does not say what the model says.
    """
    place = Path(folder)
    if to not in PRODUCTS:
        raise InputError(f"there is no export to '{to}'", setting="--to", advice=did_you_mean(to, PRODUCTS))
    if shortlists is not None and to != "int8":
        raise InputError("shortlists are for int8", setting="--shortlist", advice="Add --to int8.")
    if place.exists():
        raise InputError("exists already", file=place, advice="Name another folder.")
    runs(to).ready()
    translator.to("cpu")  # graphs are written from there, and compared there
    beside = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        size = write(translator, to, beside, shortlists)
        assert isinstance(translator.source, Tokenizer), "another front than words has no graph"
        engine = load(beside)
        parity = compare(translator, engine, lines or readable(translator.aim, sample(translator.source)))
        if to == "onnx":
            parity.demand()
        with atomic.writing(place):
            beside.replace(place)
    except BaseException:
        rmtree(beside, ignore_errors=True)
        raise
    return Made(place, size, parity, engine.note)


def readable(aim: Task, lines: Sequence[str]) -> list[str]:
    """Those of some lines that a task can have, behind a prefix where it needs one.

    Raises InputError where there are none.
    """
    found = []
    for line in lines:
        for given in (line, *(f"{prefix}: {line}" for prefix in aim.parts)):
            try:
                found.append(aim.pair(given)[0])
                break
            except InputError:
                continue
    if not found:
        raise InputError("no line to compare by could be made up", advice="Give some: --check FILE")
    return found


def write(translator: Translator, to: str, folder: Path, shortlists: Shortlists | None) -> int:
    """The files of an export, listed in a manifest; their bytes."""
    settings = translator.settings
    formed = type(translator.aim).pair is not Task.pair
    task = {"kind": settings.task.kind, **settings.task.options} if formed else {}
    facts = Facts(to, translator.name, way(settings), settings.loss.guided_shift, task)
    found = graphs(translator.model, to)
    if shortlists is None:
        found.pop("short", None)
    atomic.make_folder(folder)
    listed = Manifest(notes={NOTE: to})

    def put(name: str, data: bytes) -> None:
        atomic.write(folder / name, data)
        listed.files[name] = entry(data)

    put(FACTS, facts.write())
    put("settings.toml", dump(settings).encode())
    sides = {SOURCE: translator.source, TARGET: translator.target}
    if translator.source is translator.target:
        sides = {BOTH: translator.source}
    for name, tokenizer in sides.items():
        tokenizer.save(folder / name)
        put(name, (folder / name).read_bytes())
    for name, graph in found.items():
        put(f"{name}.onnx", graph.SerializeToString())
    if shortlists is not None:
        shortlists.write(folder / SHORTLIST)
        put(SHORTLIST, (folder / SHORTLIST).read_bytes())
    listed.write(folder)
    return sum(each.size for each in listed.files.values())
