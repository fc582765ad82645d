"""Tiny models with random weights, and their exports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entarte.generate import Translator

from ..laws.small import keep, pairs

pytest.importorskip("onnx", reason="ONNX is not installed: pip install 'entarte[onnx]'")
pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: pip install 'entarte[onnx]'")

from entarte.engine import Engine, load
from entarte.engine import graphs as running
from entarte.export import export
from entarte.native import able

MAKES: dict[str, list[str]] = {
    "general": ["encoder.cell=lstm", "decoder.cell=lstm", "encoder.width=48", "decoder.width=40"],
    "additive": ["attention.kind=additive", "decoder.query=previous", "readout.kind=maxout"],
    "local": ["window.kind=local-p", "window.half=3", "decoder.input_feeding=false", "decoder.width=24"],
}
LINES = [source for source, _ in pairs(12, seed=7)] + [
    "pie " * 12,
    "ka",
    "",
    "so te mun so te mun so te mun hat pie ka so te mun hat",
]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Translator]:
    """A model of MAKES."""
    made: dict[str, Translator] = {}

    def get(name: str) -> Translator:
        if name not in made:
            made[name] = keep(tmp_path_factory.mktemp("runs") / name, MAKES[name])
        return made[name]

    return get


@pytest.fixture(scope="session")
def engine(
    model: Callable[[str], Translator], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Engine]:
    """Its export, read back from its folder, and run by what runs it now."""
    made: dict[tuple[str, str, object], Engine] = {}

    def get(name: str, to: str) -> Engine:
        key = (name, to, running.runs(to))
        if key not in made:
            folder = tmp_path_factory.mktemp("exports") / f"{name}-{to}"
            export(model(name), to, folder, lines=LINES[:4])
            made[key] = load(folder)
        return made[key]

    return get


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where none run."""
    monkeypatch.setattr(running, "able", lambda kind: False)


@pytest.fixture(params=["kernels", "ONNX Runtime"])
def runner(request: pytest.FixtureRequest) -> str:
    """Both runtimes."""
    if request.param == "kernels" and not able("float32"):
        pytest.skip("no kernels run here")
    if request.param != "kernels":
        request.getfixturevalue("no_kernels")
    return str(request.param)
