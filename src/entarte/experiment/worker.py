"""A process that does one task: `python -m entarte.experiment.worker FOLDER KIND NAME`.

It writes a JSON object a line to standard output: {"text", "part"} on the way, {"error", "kind"} where
it fails. When nobody listens any more, it ends; what it had saved stays.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from entarte.errors import EntarteError
from entarte.experiment.plan import Plan
from entarte.experiment.task import Task, Word, do
from entarte.trainer import Stopped


def say(**words: Any) -> None:
    """A line."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main(folder: str, kind: Any, name: str) -> int:
    """Do the task; the exit code."""

    def tell(word: Word) -> None:
        say(text=word.text, part=word.part)

    try:
        do(Path(folder), Plan.read(Path(folder)), Task(kind, name), tell)
    except EntarteError as error:
        say(error=str(error), code=error.exit_code)
        return error.exit_code
    except (Stopped, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
