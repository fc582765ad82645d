"""`entarte transcribe`: what is said in recordings, when, and where the decoder listened."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.opened import Model, OutputFile, Overrides
from entarte.errors import InputError, SetupError

if TYPE_CHECKING:
    from entarte.ctc import Path as Best
    from entarte.generate import Output, Translator
    from entarte.source.audio import Audio

NEAR = 0.08
"""Seconds within which attention and CTC are said to agree."""


def transcribe(
    model: Model,
    files: Annotated[list[str] | None, typer.Argument(help="Sound files: wav, flac, ogg, mp3 …")] = None,
    microphone: Annotated[
        float | None, typer.Option("--microphone", min=0.1, help="Record so many seconds instead.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep what the microphone heard, as a wav file.")] = None,
    output: OutputFile = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", "-p", help="Draw where the decoder listened (.png, .svg, .pdf).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write a JSON object a file: text, pieces with their times.")
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Write down what is said in sound files or at the microphone: one line of text for each.

    Of a model that was trained with loss.ctc, it is said how far the attention agrees with the path of CTC.
    """
    from entarte.cli.files import whole
    from entarte.cli.measuring import drawable
    from entarte.cli.opened import load
    from entarte.cli.progress import counted
    from entarte.ctc import agreement, paths

    names = list(files or ())
    if bool(names) == (microphone is not None):
        raise InputError("nothing to listen to: name sound files, or say --microphone SECONDS, not both")
    if keep is not None and microphone is None:
        raise InputError("it is only read together with --microphone", setting="--keep")
    if plot is not None and len(names) > 1:
        raise InputError("one recording is drawn", setting="--plot", advice="Name one sound file.")
    drawable(plot)
    translator = load(model, overrides)
    audio = listener(translator)
    with recorded(microphone, keep, audio) as heard:
        names = names or [heard]
        outputs = list(counted(translator.stream(names), "recordings", total=len(names)))
        known = translator.model.ctc is not None
        best = paths(translator, outputs) if known else [None] * len(outputs)
        slot = audio.time(translator.model.encoder.reduction)
        lines = [
            json.dumps(timed(each, path, slot), ensure_ascii=False) if as_json else each.text
            for each, path in zip(outputs, best, strict=True)
        ]
        text = "".join(line + "\n" for line in lines)
        if output is None:
            typer.echo(text, nl=False)
        else:
            with whole(output) as file:
                file.write(text.encode())
        if plot is not None:
            from entarte.plot.speech import save

            spans = best[0].spans if best[0] is not None else None
            frames = audio.row(names[0])
            path = save(plot, outputs[0].alignment, frames, audio.time(1), slot, spans)
            typer.echo(f"wrote {path}", err=True)
    for note in translator.source.notes:
        typer.echo(note, err=True)
    if known:
        found = agreement(outputs, best)
        share, mean = found.share(round(NEAR / slot)), found.mean * slot
        typer.echo(
            f"attention and CTC path: {share:.1%} of {len(found.distances):,} pieces within "
            f"{NEAR * 1000:.0f} ms, mean distance {mean * 1000:.0f} ms",
            err=True,
        )


def listener(translator: Translator) -> Audio:
    """The source of a model that listens. Raises InputError for one that reads something else."""
    from entarte.source.audio import Audio

    if not isinstance(translator.source, Audio):
        raise InputError(
            f"'{translator.name}' does not listen: its source is of kind '{translator.settings.source.kind}'",
            advice="Use `entarte translate`.",
        )
    return translator.source


@contextmanager
def recorded(seconds: float | None, keep: Path | None, audio: Audio) -> Iterator[str]:
    """The name of a file with what the microphone hears; empty where nothing is to be recorded.

    Raises SetupError without the package sounddevice, or without a microphone.
    """
    if seconds is None:
        yield ""
        return
    from entarte.sound import wav

    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: PortAudio is not there
        raise SetupError(
            f"the microphone cannot be heard: {error}",
            advice="Install it: pip install 'entarte[microphone]'.",
        ) from None
    typer.echo(f"listening for {seconds:g} s …", err=True)
    try:
        samples = sounddevice.rec(
            round(seconds * audio.rate), samplerate=audio.rate, channels=1, blocking=True
        )
    except sounddevice.PortAudioError as error:
        raise SetupError(f"the microphone cannot be heard: {error}") from None
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "microphone.wav"
        wav.write(path, samples[:, 0].astype("float64"), audio.rate)
        yield str(path)


def timed(output: Output, path: Best | None, slot: float) -> dict[str, Any]:
    """A transcript with the seconds at which each piece was looked at, and those of the CTC path."""
    peaks = output.alignment.weights.argmax(1) if output.alignment.weights.size else ()
    pieces = []
    for number, (token, peak) in enumerate(zip(output.alignment.rows, peaks)):
        if token.kind == "eos":
            continue
        plain: dict[str, Any] = {
            "text": token.text,
            "log_prob": token.log_prob,
            "attention": round(int(peak) * slot, 3),
        }
        if path is not None:
            first, behind = path.spans[number]
            plain["ctc"] = [round(first * slot, 3), round(behind * slot, 3)]
        pieces.append(plain)
    return {"source": output.source, "text": output.text, "score": output.score, "pieces": pieces}
