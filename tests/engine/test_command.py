"""`entarte export`, and `entarte translate` with what it made: files, options, no torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from entarte.alignment import Alignment
from entarte.cli.main import main
from entarte.engine import load
from entarte.native import able

from ..laws.small import keep, pairs

LINES = ["ka te so", "", "pie hat", "mun"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model, lines and the model's export to int8 with shortlists."""
    folder = tmp_path_factory.mktemp("command")
    keep(folder / "model", ["encoder.cell=lstm", "decoder.cell=lstm"])
    (folder / "lines").write_text("".join(line + "\n" for line in LINES))
    (folder / "pairs.tsv").write_text("".join(f"{source}\t{target}\n" for source, target in pairs(8)))
    words = ["export", str(folder / "model"), "--out", str(folder / "int8"), "--check", str(folder / "lines")]
    assert main([*words, "--shortlist", str(folder / "pairs.tsv")]) == 0
    return folder


def test_what_export_says(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, none = tmp_path / "onnx", tmp_path / "none"
    words = ["export", str(place / "model")]
    assert main([*words, "--to", "onnx", "-o", str(out), "-s", "generate.beam=3"]) == 0
    size, parity = capsys.readouterr().out.split("\n")[:2]
    assert size.startswith(f"{out}: ")
    assert parity.startswith("onnx: 24 of 24 sentences are translated alike; their scores differ by ")
    assert load(out).way.beam == 3
    for more, message in (
        (["--out", str(out)], "exists already"),
        (["--out", str(none), "--to", "onyx"], "there is no export to 'onyx'. Did you mean 'onnx'?"),
        (["--out", str(none), "--check", "/dev/null"], "holds no line to compare on"),
        (["--out", str(none), "--to", "onnx", "--shortlist", "p"], "shortlists are for int8"),
    ):
        assert main([*words, *more]) == 2
        assert message in capsys.readouterr().err
    assert not none.exists()


def test_bfloat16_says_where_it_is_imitated(
    runner: str, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = runner == "kernels" and able("bfloat16")
    out, words = tmp_path / "bfloat16", ["export", str(place / "model"), "--to", "bfloat16"]
    assert main([*words, "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.split("\n")[1].startswith("bfloat16: 2")
    note = "bfloat16: imitated, as slow as float32: there are no such products for this processor\n"
    assert said.err.endswith(note) == (not own)
    assert main(["translate", str(out), str(place / "lines"), "--workers", "2"]) == 0
    said = capsys.readouterr()
    assert said.out == "".join(each.text + "\n" for each in load(out).translate(LINES))
    assert said.err == ("" if own else note)


def test_lines_scores_and_alignments(place: Path, tmp_path: Path) -> None:
    engine = load(place / "int8")
    known = engine.translate(LINES)
    said, links = tmp_path / "said", tmp_path / "links"
    words = ["translate", str(place / "int8"), str(place / "lines"), "-o", str(said), "--scores"]
    assert main([*words, "-a", "json", str(links), "--workers", "2"]) == 0
    assert said.read_text() == "".join(f"{each.score:.4f}\t{each.text}\n" for each in known)
    for line, each in zip(links.read_text().split("\n"), known):
        found = Alignment.from_json(line)
        assert [row.text for row in found.rows] == [row.text for row in each.alignment.rows]
        assert found.weights == pytest.approx(each.alignment.weights, abs=1e-6)
    assert main([*words, "-a", "pharaoh", str(links), "--shortlist", "-s", "generate.kind=greedy"]) == 0
    short = engine.translate(LINES, kind="greedy", shortlist=True)
    assert links.read_text() == "".join(each.alignment.pharaoh() + "\n" for each in short)


def test_n_best_and_json(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    words = ["translate", str(place / "int8"), str(place / "lines")]
    known = load(place / "int8").translate(LINES, n_best=2)
    assert main([*words, "--nbest", "2"]) == 0
    lines = capfdbinary.readouterr().out.decode().split("\n")[:-1]
    assert lines == [
        f"{n} ||| {each.text} ||| {each.log_prob:.4f} ||| {each.score:.4f}"
        for n, best in enumerate(known)
        for each in best.ranked()
    ]
    assert main([*words, "--json", "-s", "generate.n_best=2"]) == 0
    found = [json.loads(line) for line in capfdbinary.readouterr().out.decode().split("\n")[:-1]]
    assert found == [each.to_dict() for each in known]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prefix", "ka"], "--prefix: an export does not have this option"),
        (["--require", "ka"], "--require: an export does not have this option"),
        (["--forbid", "ka"], "--forbid: an export does not have this option"),
        (["--tree", "t"], "--tree: an export does not have this option"),
        (["--abstain", "all"], "--abstain: an export does not have this option"),
        (["--ensemble", "m"], "--ensemble: an export does not have this option"),
        (["-s", "generate.bean=1"], "Did you mean 'beam'?"),
    ],
)
def test_what_an_export_does_not_have(
    place: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", str(place / "int8"), str(place / "lines"), *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--workers", "2"], ["--shortlist"]])
def test_what_only_an_export_has(place: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(place / "model"), str(place / "lines"), *words]) == 2
    assert f"{words[0]}: only an export has this option. Make one: entarte export" in capsys.readouterr().err


def test_an_export_needs_no_torch(place: Path) -> None:
    """In a process in which torch, onnx and more cannot be imported; nor ONNX Runtime, where kernels run."""
    without = ["torch", "onnx", "safetensors", "sacrebleu", *(["onnxruntime"] if able("int8") else [])]
    code = (
        f"import sys\nfor name in {without}: sys.modules[name] = None\n"
        f"from entarte.cli.main import main\nsys.exit(main(['translate', {str(place / 'int8')!r}]))"
    )
    text = "".join(line + "\n" for line in LINES)
    done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    known = load(place / "int8").translate(LINES, looks=False)
    assert done.stdout == "".join(each.text + "\n" for each in known)
