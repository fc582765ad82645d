"""Results as files: report.json to compute with, report.md to read, pictures."""

from __future__ import annotations

import json
from pathlib import Path

from entarte import __version__, atomic
from entarte.errors import SetupError
from entarte.experiment.base import Findings
from entarte.experiment.plan import Plan
from entarte.metric.table import MARKS
from entarte.plot import curve
from entarte.plot.figure import need

FORMAT = 1
PICTURES = ("svg", "png")


def publish(folder: Path, plan: Plan, findings: Findings) -> list[str]:
    """Write the report. Returns what a person should know: that pictures could not be drawn, say."""
    notes = []
    try:
        need()
        for name, panels in findings.pictures.items():
            for ending in PICTURES:
                curve.save(panels, folder / f"{name}.{ending}")
    except SetupError as error:
        notes.append(f"no pictures: {error}")
    plain = {
        "format": FORMAT,
        "version": __version__,
        "experiment": plan.experiment,
        "options": plan.options,
        "tables": [table.to_json() for table in findings.tables],
        "notes": list(findings.notes),
    }
    text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)
    atomic.write(folder / "report.json", text.encode())
    atomic.write(folder / "report.md", markdown(plan, findings, pictures=not notes).encode())
    return notes


def markdown(plan: Plan, findings: Findings, *, pictures: bool) -> str:
    """The report for people."""
    parts = [f"# {plan.experiment.capitalize()}"]
    for table in findings.tables:
        parts += [f"## {table.title.translate(MARKS)}", table.to_markdown()]
    if pictures:
        parts += [f"![{name}]({name}.svg)" for name in findings.pictures]
    options = ", ".join(f"{key} {value}" for key, value in plan.options.items())
    notes = [*findings.notes, f"Options: {options}.", f"Entarté {__version__}; settings are in plan.json."]
    parts += ["## How it was measured", "\n".join(f"- {note.translate(MARKS)}" for note in notes)]
    return "\n\n".join(parts) + "\n"
