"""The explorer: how soon the page is complete, and how long each answer takes.

    python benchmarks/explorer.py                          # runs/demo/model, its test sentences
    python benchmarks/explorer.py runs/mine --sentences lines.txt --count 200
    python benchmarks/explorer.py --no-page                # without Chromium

Starts `entarte explore` as a user does, opens its page in Chromium (the package playwright is needed), and
asks for each sentence what the views ask, one after the other over one connection.

Times are of the clock. Beside them stands the processor time of the server (its threads together), and of the
page's own thread, which a busy machine does not lengthen by much: the clock on an idle machine is about that.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

TARGETS = {"page": 1000.0, "translate": 100.0}
"""Milliseconds: the page after the model is loaded; the 95th percentile of answers."""
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@contextmanager
def server(model: Path) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """`entarte explore` on a free port: the process, its address, and milliseconds until it told that."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "entarte.cli.main", "explore", str(model), "--no-open", "--port", "0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        if not line.startswith("http"):
            raise SystemExit("the explorer did not start")
        yield running, line.split()[0], 1000 * (time.perf_counter() - begun)
    finally:
        running.terminate()
        running.wait(20)


def spent(process: int) -> float:
    """Milliseconds of processor time of a process so far, all threads; NaN where the system does not say."""
    total = 0.0
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    except OSError:
        return float("nan")
    return total / 1e6


class Client:
    """Questions over one connection."""

    def __init__(self, address: str, model: str) -> None:
        self.line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=600)
        self.model = model

    def ask(self, what: str, **asked: Any) -> Any:
        body = json.dumps({"model": self.model, **asked}).encode()
        self.line.request("POST", f"/api/{what}", body, {"content-type": "application/json"})
        reply = self.line.getresponse()
        told = json.loads(reply.read())
        if reply.status != 200:
            raise SystemExit(f"{what}: {reply.status} {told}")
        return told

    def models(self) -> Any:
        self.line.request("GET", "/api/models")
        return json.loads(self.line.getresponse().read())["models"]


def answers(
    client: Client, lines: list[str], process: int, index: bool
) -> dict[str, list[tuple[float, float]]]:
    """For each kind of question and each line: milliseconds, and the server's processor time."""
    found: dict[str, list[tuple[float, float]]] = {}

    def timed(what: str, **asked: Any) -> Any:
        before, begun = spent(process), time.perf_counter()
        told = client.ask(what, **asked)
        wall = 1000 * (time.perf_counter() - begun)
        found.setdefault(what, []).append((wall, spent(process) - before))
        return told

    for line in lines:
        best = timed("translate", source=line)["outputs"][0]
        timed("steps", source=line, tokens=best["tokens"])
        timed("tree", source=line)
        timed("card", source=line)
        if index:
            timed("near", source=line, tokens=best["tokens"], first=0)
    return found


def page(address: str, source: str, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds until the output and its picture are drawn, and until the evidence is there too, with the
    processor time of the page's thread; each time in a browser that has seen nothing."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    found: dict[str, list[tuple[float, float]]] = {"page": [], "evidence": []}
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=FLAGS.split())
        for _ in range(rounds):
            context = running.new_context(viewport={"width": 1280, "height": 900})
            tab = context.new_page()
            told = context.new_cdp_session(tab)
            told.send("Performance.enable", {"timeDomain": "threadTicks"})

            def busy(told: Any = told) -> float:
                metrics = told.send("Performance.getMetrics")["metrics"]
                return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")

            begun = time.perf_counter()
            tab.goto(f"{address}#source={quote(source)}", wait_until="commit")
            tab.locator("svg.cells rect").first.wait_for(timeout=120_000)
            found["page"].append((1000 * (time.perf_counter() - begun), busy()))
            tab.locator(".evidence .verdict").wait_for(timeout=120_000)
            found["evidence"].append((1000 * (time.perf_counter() - begun), busy()))
            context.close()
        running.close()
    return found


def percentile(values: list[float], part: float) -> float:
    """The smallest value that at least this part of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("model", type=Path, nargs="?", default=Path("runs/demo/model"))
    parser.add_argument("--sentences", type=Path, help="a file of lines; else the model's data.test")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5, help="how often the page is opened")
    parser.add_argument("--page", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    file = args.sentences
    if file is None:
        from entarte.settings import loads

        tests = loads((args.model / "settings.toml").read_text("utf-8")).data.test
        if not tests:
            parser.error("the model names no test pairs: give --sentences")
        file = Path(tests[0])
    lines = [line for line in file.read_text("utf-8").split("\n") if line][: args.count]
    with server(args.model) as (running, address, loading):
        times = page(address, lines[0], args.rounds) if args.page else {}
        client = Client(address, args.model.resolve().name)
        [facts] = client.models()
        times |= answers(client, lines, running.pid, facts["index"] > 0)
    print(
        f"{len(lines)} sentences of {file}, {facts['parameters']:,} parameters, {os.cpu_count()} processors"
    )
    print(f"{loading:,.0f} ms from the command to the address, models loaded")
    print(f"{'ms':<12}{'p50':>8}{'p95':>8}   processor p50{'p95':>6}   target")
    report: dict[str, Any] = {"sentences": len(lines), "machine": platform.machine(), "loading": loading}
    for name, each in times.items():
        walls, work = zip(*each)
        shown = [percentile(list(of), part) for of in (walls, work) for part in (0.5, 0.95)]
        report[name] = dict(zip(("p50", "p95", "processor p50", "processor p95"), shown))
        limit = TARGETS.get(name)
        verdict = "" if limit is None else f"{limit:,.0f}: {'met' if shown[1] <= limit else 'missed'}"
        print(f"{name:<12}{shown[0]:8.0f}{shown[1]:8.0f}{shown[2]:16.0f}{shown[3]:6.0f}   {verdict}")
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
