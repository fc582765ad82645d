"""translate: n lines in, n lines out, whatever the lines are; files that must not be the same."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from entarte.alignment import Alignment
from entarte.cli.main import main
from entarte.saved import load


class Input(io.TextIOWrapper):
    """Standard input, on a terminal or not."""

    def __init__(self, data: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    return lambda data, terminal=False: monkeypatch.setattr(sys, "stdin", Input(data, terminal))


ODD = {
    "plain": b"he hit me\nABC\n",
    "no end": b"he hit me\nABC",
    "empty lines": b"\nhe\n\n\n",
    "only empty lines": b"\n\n\n",
    "nothing": b"",
    "CRLF and BOM": b"\xef\xbb\xbfhe hit\r\nme\r\n",
    "U+2028 and U+0085": "he\u2028hit\u0085me\n".encode(),
    "spaces": b"   \n\t\n he \n",
    "control symbols": b"</s> <s> <pad> <unk>\n",
    "emoji, right to left, combining": "👩‍👩‍👧 שלום e\u0301\n".encode(),
    "carriage return inside": b"he\rhit\n",
    "gzip": gzip.compress(b"he\nhit\n"),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_as_many_lines_come_out_as_go_in(folder: Path, tmp_path: Path, data: bytes) -> None:
    """Law 14."""
    source, said, links = tmp_path / "in", tmp_path / "out", tmp_path / "links"
    source.write_bytes(data)
    words = ["translate", str(folder), str(source), "-o", str(said), "-a", "json", str(links), "--scores"]
    assert main(words) == 0
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    count = text.count(b"\n") + (text[-1:] not in (b"\n", b""))
    assert said.read_bytes().count(b"\n") == count
    assert links.read_bytes().count(b"\n") == count


def test_outputs_are_those_of_the_model(
    folder: Path, typed, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:  # type: ignore[no-untyped-def]
    lines = ["he hit me", "", "ABC"]
    typed("\n".join(lines).encode())
    assert main(["translate", str(folder)]) == 0
    texts = [each.text for each in load(folder).translate(lines)]
    assert texts[1] == ""
    assert capsysbinary.readouterr().out.decode().split("\n") == [*texts, ""]


def test_scores_stand_before_a_tab(folder: Path, typed, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    typed(b"he hit me\n")
    assert main(["translate", str(folder), "-", "--scores", "-s", "generate.kind=greedy"]) == 0
    each = load(folder).translate(["he hit me"], search="greedy")[0]
    assert capsys.readouterr().out == f"{each.score:.4f}\t{each.text}\n"


@pytest.mark.parametrize("form", ["pharaoh", "json"])
def test_alignments_are_written_one_a_line(folder: Path, tmp_path: Path, form: str, typed) -> None:  # type: ignore[no-untyped-def]
    typed(b"he hit me\n\nABC\n")
    assert main(["translate", str(folder), "-o", str(tmp_path / "o"), "-a", form, str(tmp_path / "a")]) == 0
    found = (tmp_path / "a").read_text("utf-8").split("\n")
    alignments = [each.alignment for each in load(folder).translate(["he hit me", "", "ABC"])]
    if form == "pharaoh":
        assert found == [*(each.pharaoh() for each in alignments), ""]
        assert found[1] == ""
    else:
        assert [json.loads(line) for line in found[:-1]] == [each.to_dict(6) for each in alignments]
        assert Alignment.from_json(found[0]).source == "he hit me"


def test_what_was_noticed_in_the_input_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").write_bytes(b"he\r\nhit\r\n")
    assert main(["translate", str(folder), str(tmp_path / "in")]) == 0
    assert "in: CRLF line ends, read as LF (2 lines, from line 1)" in capsys.readouterr().err


def test_of_a_line_of_a_million_tokens_the_beginning_is_read_and_that_is_said(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "in").write_text("he\n" + "h e" * 340_000 + "\nhit\n")
    assert main(["translate", str(folder), str(tmp_path / "in"), "-s", "generate.longest=18"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 3
    assert "in: longer than generate.longest, read only so far (line 2)\n" in said.err
    assert said.out.split("\n")[1] == load(folder).translate(["h e" * 6])[0].text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"fine\nna\xefve\n", r"in:2: byte 3 of the line, 0xEF, is not UTF-8. Convert the file"),
        (b"fine\nno\0ne\n", r"in:2: byte 3 of the line is NUL, which is not text"),
    ],
)
def test_input_that_is_no_text_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, data: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").write_bytes(data)
    assert main(["translate", str(folder), str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_missing_input_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(folder), str(tmp_path / "none")]) == 2
    assert "none: there is no such file" in capsys.readouterr().err


# -- files that are one -------------------------------------------------------------------------------


def test_parts_make_up_the_whole(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").write_text("he hit me\n\nABC\nhe\nme he\n")
    assert main(["translate", str(folder), str(tmp_path / "in"), "-o", str(tmp_path / "whole")]) == 0
    parts = [tmp_path / f"out.{k}" for k in (1, 2, 3)]
    for k, out in enumerate(parts, start=1):
        words = ["translate", str(folder), str(tmp_path / "in"), "--part", f"{k}/3", "-o", str(out)]
        assert main(words) == 0
    assert b"".join(out.read_bytes() for out in parts) == (tmp_path / "whole").read_bytes()
    assert sum(out.stat().st_size > 0 for out in parts) > 1
    capsys.readouterr()
    assert main(["translate", str(folder), str(tmp_path / "in"), "--part", "4/3"]) == 2
    assert "--part: '4/3' names no part. For example: --part 3/8" in capsys.readouterr().err
    (tmp_path / "c").write_text("{}\n" * 5)
    words = ["--part", "1/3", "--constraints", str(tmp_path / "c")]
    assert main(["translate", str(folder), str(tmp_path / "in"), *words]) == 2
    assert "constraints are read line by line with the whole file" in capsys.readouterr().err


def test_the_output_must_not_be_the_input(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, link = tmp_path / "in", tmp_path / "link"
    source.write_text("he\n")
    os.link(source, link)
    for words in (
        [str(source), "-o", str(source)],
        [str(source), "-o", str(link)],
        [str(source), "-a", "json", str(tmp_path / "." / "in")],
    ):
        assert main(["translate", str(folder), *words]) == 2
        assert "are the same file. Name another file" in capsys.readouterr().err
        assert source.read_text() == "he\n"


def test_outputs_and_alignments_must_not_be_one_file(
    folder: Path,
    tmp_path: Path,
    typed,
    capsys: pytest.CaptureFixture[str],  # type: ignore[no-untyped-def]
) -> None:
    typed(b"he\n")
    same = str(tmp_path / "new")
    assert main(["translate", str(folder), "-o", same, "-a", "json", same]) == 2
    assert (
        f"error: {same}: --output and --alignments are the same file. Name another file."
        in capsys.readouterr().err
    )


def test_the_shells_redirections_are_seen_too(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_text("he\n")
    code = (
        "from entarte.cli.translate import apart; from pathlib import Path; import sys; apart({}, {}, None)"
    )
    for words, redirected in ((("'-'", "Path(sys.argv[1])"), "stdin"), (("sys.argv[1]", "None"), "stdout")):
        with path.open("r+") as file:
            done = subprocess.run(
                [sys.executable, "-c", code.format(*words), str(path)],
                **{"stdin": -1, "stdout": -1, redirected: file},  # type: ignore[call-overload]
                stderr=-1,
                text=True,
            )
        assert "the input and --output are the same file" in done.stderr


def test_an_unknown_form_of_alignments_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(folder), "-a", "pharao", "x"]) == 2
    assert capsys.readouterr().err == (
        "error: there is no form 'pharao' of alignments. Did you mean 'pharaoh'?\n"
    )


def test_an_output_that_cannot_be_written_is_said(
    folder: Path,
    tmp_path: Path,
    typed,
    capsys: pytest.CaptureFixture[str],  # type: ignore[no-untyped-def]
) -> None:
    typed(b"he\n")
    assert main(["translate", str(folder), "-o", str(tmp_path / "no" / "out")]) == 3
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


# -- in a process of its own --------------------------------------------------------------------------


def test_a_full_disk_and_a_closed_pipe_end_without_a_traceback(folder: Path) -> None:
    code = "import sys; from entarte.cli.main import main; sys.exit(main(['translate', sys.argv[1]]))"
    call = [sys.executable, "-c", code, str(folder)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(call, input=b"he\n", stdout=full, stderr=-1)
    assert (done.returncode, done.stderr) == (3, b"error: standard output: the disk is full. Make room.\n")
    with subprocess.Popen(call, stdin=-1, stdout=-1, stderr=-1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b"he\n")
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


# -- the prompt ---------------------------------------------------------------------------------------


def test_a_terminal_gets_a_prompt(
    folder: Path, typed, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    typed(b"", terminal=True)
    lines = iter(["he hit me", ""])
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", ask)
    assert main(["translate", str(folder)]) == 0
    assert asked == ["> "] * 3
    said = capsys.readouterr()
    assert said.out == load(folder).translate(["he hit me"])[0].text + "\n\n"
    assert said.err == "tiny: type a sentence; Ctrl-D ends.\n\n"


def test_a_sample_depends_on_seed_and_line_not_on_the_batch(folder: Path) -> None:
    model = load(folder)
    lines = ["he hit me", "with a pie", "he hit me", "ABC def"]
    together = [out.text for out in model.translate(lines, search="sample", batch_size=4, seed=3)]
    alone = [out.text for out in model.translate(lines, search="sample", batch_size=1, seed=3)]
    assert together == alone
    assert together[0] != together[2]  # the same line twice: two draws
