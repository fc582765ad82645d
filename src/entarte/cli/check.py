"""`entarte check`: judge outputs, plant faults to see how many are found, fit the checks to a model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.evaluate import gold_links, test_pairs
from entarte.cli.measuring import AsJson, AsMarkdown, Seed, form
from entarte.cli.opened import Model, load
from entarte.errors import InputError

if TYPE_CHECKING:
    from entarte.check import Aids, Check, Evidence
    from entarte.generate import Output, Translator
    from entarte.metric.table import Table

Checked = Annotated[
    list[str] | None,
    typer.Option(
        "--set", "-s", metavar="section.key=value", help="generate.beam=8, omission.threshold=0.8 …"
    ),
]
Only = Annotated[str, typer.Option("--checks", help="Their names, separated by commas.")]
Data = Annotated[
    list[Path] | None,
    typer.Option("--data", "-d", help="Test pairs, one file or two (give it twice); else data.test."),
]
Gold = Annotated[Path | None, typer.Option("--gold", "-g", help="Word links of the pairs, i-j or i?j.")]
Lexicon = Annotated[
    Path | None, typer.Option("--dictionary", help="Source word, TAB, translation on each line.")
]
Reverse = Annotated[Path | None, typer.Option("--reverse", help="A model of the other direction.")]
PLANTED = ("references", "outputs")


def check(
    model: Model,
    data: Data = None,
    planted: Annotated[
        str | None, typer.Option(help="Plant faults in references or outputs, and see how many are found.")
    ] = None,
    fit: Annotated[
        bool, typer.Option("--fit", help="Fit the checks to planted faults; write checks.toml in the folder.")
    ] = False,
    alarms: Annotated[
        float,
        typer.Option(min=0, max=1, help="With --fit: the share of sound outputs that may fail a check."),
    ] = 0.1,
    only: Only = "all",
    gold: Gold = None,
    dictionary: Lexicon = None,
    reverse: Reverse = None,
    limit: Annotated[int, typer.Option(min=0, help="Only the first pairs; 0: all.")] = 0,
    worst: Annotated[int, typer.Option(min=0, help="Suspicious outputs to show.")] = 5,
    bad: Annotated[float, typer.Option(min=0, max=100, help="An output below this chrF is bad.")] = 40.0,
    seed: Seed = 1,
    overrides: Checked = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Check the outputs for test pairs: omissions, repetitions, hallucinations …

    With --planted, faults are planted in references or outputs, and precision and recall are measured.
    With --fit (on validation pairs), weights and thresholds are fitted to such faults.
    """
    from entarte.check import Aids, Dictionary
    from entarte.check.choose import named
    from entarte.check.measure import measure, with_backward
    from entarte.check.measure import tables as measure_tables

    form(as_json, as_markdown)
    if planted is not None and planted not in PLANTED:
        raise InputError(f"faults cannot be planted in '{planted}'", advice="Say references or outputs.")
    if fit and planted is None:
        raise InputError("--fit needs to know what to plant faults in", advice="Add --planted outputs.")
    translator, checks = opened(model, overrides, named(only))
    settings = translator.settings.data
    paths = [str(path) for path in data or ()] or settings.test
    pairs = test_pairs(paths, translator.settings)
    links = gold_links(gold, pairs) if gold else []
    sides = [(pair.source, pair.target or "") for pair in pairs][: limit or None]
    back = load(reverse, None) if reverse else None
    words = Dictionary.read(dictionary) if dictionary else None
    outputs = [] if planted == "references" else translated(translator, [source for source, _ in sides])
    if planted is None:
        if gold:
            raise InputError("gold links are those of references", advice="Add --planted references.")
        aids = [Aids(dictionary=words)] * len(outputs)
        found = gathered(translator, checks, outputs, with_backward(back, outputs, aids))
        references = [reference for _, reference in sides]
        title, tables, plain = judged(translator, checks, found, references, worst, bad)
    else:
        some = sides if planted == "references" else [(each.source, each.text) for each in outputs]
        known = [Aids(gold=links[n] if links else None, dictionary=words) for n in range(len(some))]
        faulty = planting(translator, checks, some, known, back, seed)
        if fit:
            title, tables, plain = fitted(translator, checks, faulty, alarms)
        else:
            measured = measure(checks, faulty)
            title = f"Checks of {translator.name}, faults planted in {planted}"
            tables, plain = measure_tables(measured, checks), [each.to_dict() for each in measured]
    show(title, tables, plain, as_json, as_markdown)


def opened(folder: Path, words: Sequence[str] | None, only: Sequence[str]) -> tuple[Translator, list[Check]]:
    """The model and its checks; words of [generate] are for the one, the others for the other."""
    from entarte.check.choose import of_model

    mine = [word for word in words or () if word.split(".")[0].strip() == "generate"]
    translator = load(folder, mine)
    return translator, of_model(translator, [word for word in words or () if word not in mine], only)


def translated(translator: Translator, sources: Sequence[str], **options: Any) -> list[Output]:
    """The outputs, while they are counted."""
    from entarte.cli.progress import counted

    return list(counted(translator.stream(sources, **options), "translating", total=len(sources)))


def gathered(
    translator: Translator, checks: Sequence[Check], outputs: Sequence[Output], aids: Sequence[Aids]
) -> list[Evidence]:
    """The evidence, while it is counted."""
    from entarte.check import gather, needs
    from entarte.cli.progress import counted

    return list(counted(gather(translator, outputs, needs(checks), aids), "checking", total=len(outputs)))


def planting(
    translator: Translator,
    checks: Sequence[Check],
    pairs: Sequence[tuple[str, str]],
    aids: Sequence[Aids],
    reverse: Translator | None,
    seed: int,
) -> dict[str, list[Evidence]]:
    """The evidence about planted faults, while they are counted."""
    from entarte.check.measure import plant, wanted
    from entarte.check.planted import Planter

    faults = wanted(checks)
    planter = Planter(pairs, seed)
    found = {}
    for fault in ("", *faults):
        outputs, known = plant(translator, planter, fault, aids, reverse)
        found[fault] = gathered(translator, checks, outputs, known)
    return found


def judged(
    translator: Translator,
    checks: Sequence[Check],
    evidence: Sequence[Evidence],
    references: Sequence[str],
    worst: int,
    bad: float,
) -> tuple[str, list[Table], Any]:
    """What the checks say of real outputs."""
    from entarte.check import judge
    from entarte.check.measure import quality, suspicious
    from entarte.metric import create, statistics

    metric = create("chrf")
    rows = statistics(metric, [each.output.text for each in evidence], references)
    scores = [float(value) for value in metric.each(rows)]
    verdicts = [judge(checks, each) for each in evidence]
    tables = [quality(checks, verdicts, scores, bad)]
    if worst:
        tables.append(suspicious(evidence, verdicts, worst))
    plain = [
        {
            "source": each.output.source,
            "output": each.output.text,
            "chrf": score,
            "checks": [verdict.to_dict() for verdict in row],
        }
        for each, row, score in zip(evidence, verdicts, scores, strict=True)
    ]
    return f"Checks of {translator.name}", tables, plain


def fitted(
    translator: Translator,
    checks: Sequence[Check],
    planted: Mapping[str, Sequence[Evidence]],
    alarms: float,
) -> tuple[str, list[Table], Any]:
    """Fit each check to the faults that it is to find, and write checks.toml."""
    from entarte.check import CHECKS
    from entarte.check.choose import dump, settings_of, write
    from entarte.check.fit import fit
    from entarte.check.measure import measure, tables

    made, settings = [], settings_of(translator)
    for check in checks:
        faulty, others = (
            [each for fault in faults for each in planted[fault]] for faults in (check.plants, check.rivals)
        )
        settings[check.name] = fit(check, planted[""], faulty, others, alarms)
        member: Any = CHECKS[check.name]
        made.append(member(**settings[check.name]))
    path = write(translator, dump(settings))
    typer.echo(f"wrote {path}", err=True)
    return f"Checks of {translator.name}, as fitted to these", tables(measure(made, planted), made), settings


def show(title: str, tables: Sequence[Table], plain: Any, as_json: bool, as_markdown: bool) -> None:
    """Tables for a person, or everything as JSON."""
    from entarte.metric.table import MARKS, visible

    if as_json:
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False))
        return
    parts = [f"# {title.translate(MARKS)}" if as_markdown else visible(title)]
    for table in tables:
        parts.append(f"## {table.title}" if as_markdown else table.title)
        parts.append(table.to_markdown() if as_markdown else table.to_text())
    typer.echo("\n\n".join(parts))
