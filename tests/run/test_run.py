"""The model folder: there whole or not at all, checked on load, one writer at a time."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from entarte import atomic, manifest
from entarte.errors import DamagedError, InputError, SetupError
from entarte.run import Run

WEIGHTS = {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor([1.5])}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A run with everything in it."""
    folder = tmp_path / "run"
    with Run.create(folder) as run:
        run.put("settings.toml", b"[train]\n")
        (folder / "source.model").write_bytes(b"pieces")
        run.adopt("source.model")
        run.log({"update": 1, "loss": 2.5})
        run.put_model(WEIGHTS)
        run.save_checkpoint(7, {"model": WEIGHTS}, {"seed": 2**100})
    return folder


def test_what_is_put_comes_back(whole: Path) -> None:
    run = Run.open(whole)
    assert run.text("settings.toml") == "[train]\n"
    assert {name: value.tolist() for name, value in run.model().items()} == {
        name: value.tolist() for name, value in WEIGHTS.items()
    }
    assert run.metrics() == [{"update": 1, "loss": 2.5}]
    checkpoint = run.latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.step == 7
    assert torch.equal(checkpoint.tensors("model")["a"], WEIGHTS["a"])
    assert checkpoint.state() == {"seed": 2**100}


def test_the_folder_holds_what_is_promised_and_nothing_else(whole: Path) -> None:
    assert names(whole) == {
        *("settings.toml", "source.model", "model.safetensors", "metrics.jsonl", "manifest.json"),
        *("checkpoints", ".lock"),
    }
    assert names(whole / "checkpoints") == {"step-00000007"}
    assert names(whole / "checkpoints/step-00000007") == {"model.safetensors", "state.json", "manifest.json"}
    listed = json.loads((whole / "manifest.json").read_text())
    assert listed["format"] == 1
    assert set(listed["files"]) == {"settings.toml", "source.model", "model.safetensors", "metrics.jsonl"}


def test_tied_tensors_are_written_and_read(tmp_path: Path) -> None:
    table = torch.arange(4.0)
    with Run.create(tmp_path / "run") as run:
        run.put_model({"in": table, "out": table, "row": table[:2], "turned": table.view(2, 2).T})
        back = run.model()
    assert torch.equal(back["in"], table)
    assert torch.equal(back["out"], table)
    assert torch.equal(back["turned"], table.view(2, 2).T)


def test_the_log_turns_what_json_lacks_into_null(tmp_path: Path) -> None:
    with Run.create(tmp_path / "run") as run:
        run.log({"bleu": None, "perplexity": float("inf"), "name": "pâté"})
        assert run.metrics() == [{"bleu": None, "perplexity": None, "name": "pâté"}]
        assert "pâté" in (run.folder / "metrics.jsonl").read_text("utf-8")


def test_a_line_of_the_log_cut_short_by_a_crash_is_left_out(whole: Path) -> None:
    with (whole / "metrics.jsonl").open("a") as file:
        file.write('{"update": 2}\n{"upd')
    assert Run.open(whole).metrics() == [{"update": 1, "loss": 2.5}, {"update": 2}]
    with (whole / "metrics.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(DamagedError, match=r"metrics\.jsonl:3: is not JSON"):
        Run.open(whole).metrics()


def test_rewind_cuts_the_log_back_to_the_checkpoint(whole: Path) -> None:
    with Run.open(whole, write=True) as run:
        run.log({"update": 8})
        run.put("model.safetensors", b"new")
        checkpoint = run.latest_checkpoint()
        assert checkpoint is not None
        run.rewind(checkpoint)
    assert Run.open(whole).metrics() == [{"update": 1, "loss": 2.5}]


# -- damage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["settings.toml", "source.model", "model.safetensors", "metrics.jsonl"])
def test_damage_of_any_file_is_found_and_named(whole: Path, name: str) -> None:
    path = whole / name
    good = path.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(DamagedError, match=rf"{name}: was altered: its SHA-256 is not the one in manifest"):
        Run.open(whole)
    path.write_bytes(good[:-1])
    with pytest.raises(DamagedError, match=rf"{name}: is cut short: {len(good) - 1} of {len(good)} bytes"):
        Run.open(whole)
    path.unlink()
    with pytest.raises(DamagedError, match=rf"{name}: is missing\. Copy the model folder again"):
        Run.open(whole)
    path.write_bytes(good)
    Run.open(whole)


def test_a_longer_file_is_altered_but_a_longer_log_is_not(whole: Path) -> None:
    with (whole / "metrics.jsonl").open("ab") as file:
        file.write(b"{}\n")
    Run.open(whole)
    with (whole / "model.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(DamagedError, match=r"model\.safetensors: was altered"):
        Run.open(whole)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": "1"}',
        '{"format": 0}',
        '{"format": 1}',
        '{"format": 1, "files": [], "next": {}, "notes": {}, "entarte": ""}',
        '{"format": 1, "files": {"a": {"size": 1}}, "next": {}, "notes": {}, "entarte": ""}',
        '{"format": 1, "files": {"../a": {"size": 1, "sha256": ""}}, "next": {}, "notes": {}, "entarte": ""}',
    ],
)
def test_a_manifest_that_is_none_is_said_to_be_damaged(whole: Path, text: str) -> None:
    (whole / "manifest.json").write_text(text)
    with pytest.raises(DamagedError, match=r"manifest\.json: is cut short or altered\. Copy"):
        Run.open(whole)


def test_a_missing_manifest_is_said_to_be_missing(whole: Path) -> None:
    (whole / "manifest.json").unlink()
    with pytest.raises(DamagedError, match=r"manifest\.json: is missing"):
        Run.open(whole)


def test_a_newer_format_is_refused_with_the_way_out(whole: Path) -> None:
    plain = json.loads((whole / "manifest.json").read_text())
    (whole / "manifest.json").write_text(json.dumps({**plain, "format": 2, "entarte": "9.0"}))
    with pytest.raises(
        DamagedError,
        match=r"has format 2, written by Entarté 9\.0; .* formats up to 1\. Upgrade Entarté: pip",
    ):
        Run.open(whole)


def test_older_formats_are_upgraded_step_by_step() -> None:
    steps = {1: lambda plain: {**plain, "one": True}, 2: lambda plain: {**plain, "two": True}}
    where = Path("manifest.json")
    assert manifest.upgrade({"format": 1}, where, upgrades=steps, present=3) == {
        "format": 1,
        "one": True,
        "two": True,
    }
    assert manifest.upgrade({"format": 2}, where, upgrades=steps, present=3) == {"format": 2, "two": True}


def test_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing: there is no such model folder"):
        Run.open(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"is not a model folder: it holds no manifest\.json"):
        Run.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file: is a file, not a model folder"):
        Run.open(tmp_path / "file")


def test_a_run_without_a_model_says_so(tmp_path: Path) -> None:
    with Run.create(tmp_path / "run"):
        pass
    with pytest.raises(
        InputError, match=r"holds no model yet\. The first validation of its training writes one"
    ):
        Run.open(tmp_path / "run").model()
    with pytest.raises(DamagedError, match=r"settings\.toml: is missing"):
        Run.open(tmp_path / "run").text("settings.toml")
    assert Run.open(tmp_path / "run").latest_checkpoint() is None
    assert Run.open(tmp_path / "run").metrics() == []


def test_weights_that_are_no_safetensors_are_damaged(whole: Path) -> None:
    with Run.open(whole, write=True) as run:
        run.put("model.safetensors", b"\x80\x04K\x01.")  # a pickle
        with pytest.raises(DamagedError, match=r"model\.safetensors: is not safetensors"):
            run.model()


def test_a_damaged_checkpoint_is_named_with_the_one_before_it(whole: Path) -> None:
    with Run.open(whole, write=True) as run:
        run.save_checkpoint(9, {"model": WEIGHTS}, {})
        state = whole / "checkpoints/step-00000009/state.json"
        state.write_text("[]")
        with pytest.raises(
            DamagedError, match=r"state\.json: .* Remove .*step-00000009 to go on from .* step 7"
        ):
            run.latest_checkpoint()
        run.prune(1)
        with pytest.raises(DamagedError, match=r"Remove .*step-00000009 to go on from the start"):
            run.latest_checkpoint()


# -- who may write ------------------------------------------------------------------------------------


def test_a_folder_that_holds_a_run_is_not_written_over(whole: Path) -> None:
    with pytest.raises(
        InputError, match=r"already holds a run\. Go on with it \(--resume\), or name another"
    ):
        Run.create(whole)


def test_a_folder_with_someone_elses_settings_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("mine")
    with pytest.raises(InputError, match=r"already holds settings\.toml"):
        Run.create(tmp_path)
    assert (tmp_path / "settings.toml").read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"is a file; a model needs a folder"):
        Run.create(tmp_path / "file")
    with pytest.raises(SetupError, match=r"cannot be written \(Not a directory\)"):
        Run.create(tmp_path / "file" / "run")


def test_two_processes_do_not_write_to_one_folder(whole: Path) -> None:
    code = "import sys; from entarte.run import Run; Run.open(sys.argv[1], write=True)"
    with Run.open(whole, write=True):
        other = subprocess.run([sys.executable, "-c", code, str(whole)], capture_output=True, text=True)
        assert f"another training writes to this folder (process {os.getpid()})" in other.stderr
        Run.open(whole)  # reading is allowed
    with Run.open(whole, write=True):
        pass


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(
        SetupError, match=r"run: cannot be written \(Permission denied\)\. Name another folder"
    ):
        Run.create(tmp_path / "run")


# -- a full disk, a crash ------------------------------------------------------------------------------


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Call it with a number: after so many bytes the disk is full, in the middle of a write."""

    def fill(room: int) -> None:
        write = os.write
        left = [room]

        def limited(descriptor: int, data: memoryview) -> int:
            taken = min(left[0], len(data))
            if not taken:
                raise OSError(errno.ENOSPC, "No space left on device")
            left[0] -= taken
            return write(descriptor, bytes(data)[:taken])

        monkeypatch.setattr(atomic.os, "write", limited)

    return fill


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("room", [0, 10, 1000])
def test_a_full_disk_leaves_the_old_model_whole(whole: Path, full, room: int) -> None:  # type: ignore[no-untyped-def]
    before = contents(whole)
    with Run.open(whole, write=True) as run:
        full(room)
        with pytest.raises(
            SetupError, match=r"the disk is full\. Make room, or name a folder on another disk"
        ):
            run.put_model({"a": torch.zeros(1000)})
    after = contents(whole)
    assert {**after, "manifest.json": b""} == {**before, "manifest.json": b""}
    assert torch.equal(Run.open(whole).model()["a"], WEIGHTS["a"])


@pytest.mark.parametrize("room", [0, 100, 5000])
def test_a_full_disk_leaves_no_half_checkpoint(whole: Path, full, room: int) -> None:  # type: ignore[no-untyped-def]
    before = contents(whole)
    with Run.open(whole, write=True) as run:
        full(room)
        with pytest.raises(SetupError, match="the disk is full"):
            run.save_checkpoint(
                8, {"model": {"a": torch.zeros(1000)}, "optimiser": WEIGHTS}, {"k": [1] * 1000}
            )
    assert contents(whole) == before


def test_a_full_disk_leaves_no_half_line_in_the_log(whole: Path, full) -> None:  # type: ignore[no-untyped-def]
    before = contents(whole)
    with Run.open(whole, write=True) as run:
        full(5)
        with pytest.raises(SetupError, match=r"metrics\.jsonl: the disk is full"):
            run.log({"update": 2})
    assert contents(whole) == before


def test_a_full_disk_says_so_when_the_run_is_made(tmp_path: Path, full) -> None:  # type: ignore[no-untyped-def]
    full(20)
    with pytest.raises(SetupError, match="the disk is full"):
        Run.create(tmp_path / "run")
    assert names(tmp_path / "run") <= {".lock"}


def test_a_crash_between_any_two_writes_leaves_a_folder_that_opens(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop after the n-th rename, for every n: the old or the new weights are there, never a mixture."""
    replace = Path.replace
    for allowed in range(4):
        left = [allowed]

        def crash(path: Path, target: Path, left: list[int] = left) -> Path:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return replace(path, target)

        with Run.open(whole, write=True) as run:
            old = run.model()["a"]
            monkeypatch.setattr(Path, "replace", crash)
            new = old + 1
            if allowed < 3:
                with pytest.raises(KeyboardInterrupt):
                    run.put_model({"a": new})
            else:
                run.put_model({"a": new})
            monkeypatch.setattr(Path, "replace", replace)
        found = Run.open(whole).model()["a"]
        assert torch.equal(found, new if allowed >= 2 else old)


def test_what_a_crash_left_is_cleared_when_training_goes_on(whole: Path) -> None:
    (whole / ".model.safetensors.1.new").write_text("half")
    for rest in (".step-00000009.new", ".step-00000003.old"):
        (whole / "checkpoints" / rest).mkdir()
        (whole / "recent" / rest).mkdir(parents=True)
    Run.open(whole)
    assert ".model.safetensors.1.new" in names(whole)
    with Run.open(whole, write=True) as run:
        assert run.steps() == [7]
    assert ".model.safetensors.1.new" not in names(whole)
    assert names(whole / "checkpoints") == {"step-00000007"}
    assert names(whole / "recent") == set()


def test_weights_to_be_averaged_are_kept_and_forgotten(whole: Path) -> None:
    with Run.open(whole, write=True) as run:
        for step in (5, 7, 9):
            run.put_recent(step, {"a": torch.tensor([float(step)])}, keep=2)
        assert run.recent() == [7, 9]
        assert run.recent_weights(7)["a"].item() == 7.0
        checkpoint = run.latest_checkpoint()
        assert checkpoint is not None
        run.rewind(checkpoint)
        assert run.recent() == [7]
        (whole / "recent/step-00000007/model.safetensors").write_bytes(b"")
        with pytest.raises(DamagedError, match=r"is cut short: 0 of .* Remove .*recent/step-00000007"):
            run.recent_weights(7)


def test_checkpoints_are_pruned_and_may_be_written_again(whole: Path) -> None:
    with Run.open(whole, write=True) as run:
        for step in (8, 123456789):
            run.save_checkpoint(step, {}, {"n": step})
        run.save_checkpoint(8, {}, {"n": "again"})
        assert run.steps() == [7, 8, 123456789]
        run.prune(2)
        assert run.steps() == [8, 123456789]
        run.prune(1)
        latest = run.latest_checkpoint()
        assert latest is not None
        assert latest.state() == {"n": 123456789}
    assert names(whole / "checkpoints") == {"step-123456789"}
