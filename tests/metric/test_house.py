"""The page about measures names every metric, and the family needs no torch."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from entarte.metric import METRICS

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_names_every_metric():
    rows = [line for line in PAGE.read_text(encoding="utf-8").split("\n") if line.startswith("| `")]
    named = [name for line in rows for name in re.findall(r"`([^`]+)`", line.split("|")[1])]
    assert named == list(METRICS)


def test_names_in_the_table_are_the_metrics_own():
    assert {name: METRICS[name]().name for name in METRICS} == {name: name for name in METRICS}


def test_no_torch():
    code = (
        "import sys, entarte.metric, entarte.metric.report, entarte.metric.symmetrise\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
