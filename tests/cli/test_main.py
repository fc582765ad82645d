"""The command line as a whole: help, version, errors and their exit codes."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from entarte import __version__
from entarte.cli import main as command
from entarte.errors import DamagedError, InputError, SetupError


def entarte(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "entarte.cli.main", *words], capture_output=True, text=True)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    said = capsys.readouterr().out
    commands = "train translate show evaluate describe recipes settings score compare aer data"
    for name in commands.split():
        assert re.search(rf"^  {name} ", said, re.M), name


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--version"]) == 0
    assert capsys.readouterr().out == f"entarte {__version__}\n"


def test_a_wrong_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["frobnicate"]) == 2
    assert "No such command 'frobnicate'" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(InputError, 2), (SetupError, 3), (DamagedError, 4)])
def test_an_error_is_a_message_and_an_exit_code(
    error: type[InputError], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error("is [red] wrong", file="a file", line=3, advice="Mend it " + "very " * 30 + "well.")

    monkeypatch.setattr(command, "app", fail)
    assert command.main([]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error: a file:3: is [red] wrong. Mend it " + "very " * 30 + "well.\n"


def test_our_own_mistake_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "app", fail)
    with pytest.raises(ZeroDivisionError):
        command.main([])


def test_ctrl_c_leaves_with_130(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time; from entarte.cli import main\n"
        # a shell that starts a process in the background makes it, and its children, deaf to Ctrl-C
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "@main.app.command()\n"
        "def sleep(): print('up', flush=True); time.sleep(60)\n"
        "sys.exit(main.main(['sleep']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=-1, stderr=-1, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said == "interrupted\n"


def test_a_closed_pipe_is_quiet() -> None:
    code = "import sys; from entarte.cli import main; sys.exit(main.main(['settings']))"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=-1, stderr=-1)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_settings_are_printed_as_toml(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["settings", "train"]) == 0
    said = capsys.readouterr().out
    assert tomllib.loads(said)["train"]["rate"] == 0.001
    assert "# Updates between validations; 0: after each epoch. (a whole number)\nvalid_every = 0\n" in said


def test_settings_show_every_kind_of_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    from entarte.window import WINDOWS

    assert command.main(["settings", "window"]) == 0
    parts = capsys.readouterr().out.split("\n\n")
    assert [tomllib.loads(part)["window"]["kind"] for part in parts] == list(WINDOWS)


def test_an_unknown_section_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["settings", "trian"]) == 2
    assert capsys.readouterr().err == "error: there is no section [trian]. Did you mean 'train'?\n"


def test_recipes_are_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from entarte.settings.shipped import recipes

    assert command.main(["recipes"]) == 0
    listed = capsys.readouterr().out
    for recipe in recipes():
        assert recipe.name in listed
        assert command.main(["recipes", recipe.name]) == 0
        assert capsys.readouterr().out == recipe.path.read_text("utf-8")
    assert command.main(["recipes", "nothing-like-it"]) == 2
    assert "there is no recipe 'nothing-like-it'" in capsys.readouterr().err
