"""Models of dialogue, from the settings to a conversation."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from entarte.cli import chat as chatting
from entarte.cli.main import main
from entarte.conversation import Conversation
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.grammar.booking import ASKED, SLOTS, booking
from entarte.metric.whole import Whole
from entarte.settings import load
from entarte.text import Tokenizer
from entarte.train import train

from ..laws.small import keep
from .conftest import SIZES, TINY


def test_every_turn_of_the_bot_follows_from_what_was_said() -> None:
    """So a model can be right every time."""
    known: dict[tuple[str, ...], str] = {}
    for turns in booking(2000):
        said = tuple(text for _, text in turns)
        for at, (speaker, text) in enumerate(turns):
            assert speaker == ("user", "bot")[at % 2]
            if speaker == "bot":
                assert known.setdefault(said[:at], text) == text
        words = turns[-1][1].split()
        assert words[0] == "book"
        assert all(word in SLOTS[slot] for word, slot in zip(words[1:], ASKED, strict=True))


def test_it_learns_to_ask(trained: Path, capsys: pytest.CaptureFixture) -> None:
    """The questions are right; the bookings themselves take longer (see `test_it_learns_to_book`)."""
    assert main(["evaluate", str(trained), "--json"]) == 0
    [scores] = json.loads(capsys.readouterr().out)["scores"].values()
    values = {each["name"]: each for each in scores}
    assert values["exact"]["value"] > 50
    assert values["whole"]["details"]["dialogues"] == SIZES["test"]
    assert values["perplexity"]["value"] < 1.6


@pytest.mark.slow
def test_it_learns_to_book(told: Path, tmp_path: Path) -> None:
    """Everything right, in every dialogue but few."""
    files = [f"data.{part}={told / part}.jsonl" for part in SIZES]
    ended = train(load("babi", [*TINY, *files, "train.epochs=24"]), tmp_path / "run")
    assert ended.best is not None
    assert ended.best >= 95


def test_whole_dialogues() -> None:
    rows = Whole().statistics([True, True, False, True, True], [1, 1, 2, 2, None])
    score = Whole().corpus(rows)
    assert score.value == pytest.approx(100 * 2 / 3)
    assert score.details == {"right": 2, "dialogues": 3}


def test_a_conversation_is_read_as_in_training(model: Translator) -> None:
    talk = Conversation(model)
    first = talk.say("hi")
    assert first.text == "hello , what can i do for you"
    second = talk.say("a  table please")
    assert second.text in ASKED.values()
    assert second.source == "<user> hi <bot> hello , what can i do for you <user> a table please"
    assert second == model.translate([second.source])[0]
    talk.reset()
    assert talk.say("hi").source == "<user> hi"


def test_only_the_last_turns_are_read(model: Translator) -> None:
    talk = Conversation(model, turns=2)
    talk.say("hi")
    assert talk.say("a table please").source.startswith("<bot> hello")
    assert Conversation(model, turns=0).kept == 0


def test_a_long_history_loses_its_beginning(model: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    """generate.longest cuts the end of a source; of a dialogue that would be the question."""
    short = model.settings.generate.model_copy(update={"longest": 14})
    monkeypatch.setattr(model, "settings", replace(model.settings, generate=short))
    talk = Conversation(model)
    talk.say("hi")
    answer = talk.say("a table please")
    assert answer.source == "<bot> hello , what can i do for you <user> a table please"
    assert answer.unread == 0


def test_draws_are_seeded(model: Translator) -> None:
    def heard(seed: int) -> list[str]:
        talk = Conversation(model, seed=seed, search="sample", temperature=3.0)
        return [talk.say("hi").text for _ in range(4)]

    assert heard(1) == heard(1)
    assert heard(1) != heard(2)
    assert len(set(heard(1))) > 1, "the same answer each time"


def test_a_seed_that_nothing_draws_with_is_refused(model: Translator) -> None:
    with pytest.raises(InputError, match="nothing is drawn by this search") as caught:
        Conversation(model, seed=1)
    assert caught.value.setting == "--seed"


def test_a_model_of_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was trained for 'translation', not for dialogue"):
        Conversation(keep(tmp_path / "run", []))


class Bytes:
    """Standard input as a pipe."""

    def __init__(self, text: str) -> None:
        self.buffer = io.BytesIO(text.encode())

    def isatty(self) -> bool:
        return False


def test_lines_in_answers_out(
    trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """Law 14, with empty lines and commands among them."""
    lines = ["hi", "", "a table please", "/look", "/nothing", "/history", "/help", "/reset", "hi", "/look"]
    monkeypatch.setattr("sys.stdin", Bytes("".join(line + "\n" for line in lines)))
    assert main(["chat", str(trained)]) == 0
    said, noted = capsys.readouterr()
    answers = said.split("\n")
    assert len(answers) == len(lines) + 1
    assert answers[0] == answers[8] == "hello , what can i do for you"
    assert [n for n, answer in enumerate(answers[:-1]) if not answer] == [1, 3, 4, 5, 6, 7, 9]
    assert "there is no command '/nothing'" in noted
    assert "<user> hi <bot> hello , what can i do for you <user> a table please" in noted
    assert "forgotten" in noted


def test_a_person_talks(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """On a terminal, to the end of input or Ctrl-C."""
    said = iter(["hi", "", f"/look {tmp_path / 'look.json'}", KeyboardInterrupt()])

    def typed() -> object:
        for line in said:
            if isinstance(line, KeyboardInterrupt):
                raise line
            yield line

    monkeypatch.setattr(chatting, "typed", typed)
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    assert main(["chat", str(trained)]) == 0
    out, _ = capsys.readouterr()
    assert out == "hello , what can i do for you\n"
    assert (tmp_path / "look.json").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-t", "0.5"], "--temperature: the search 'greedy' draws nothing"),
        (["--seed", "3"], "--seed: nothing is drawn by this search"),
        (["-s", "train.rate=1"], "cannot be changed in a trained model"),
    ],
)
def test_what_is_refused(
    trained: Path, words: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["chat", str(trained), *words]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_roles_are_pieces_of_their_own() -> None:
    lines = ["<user> hello you there", "<bot> hi there", "who are you"] * 3
    tokenizer = Tokenizer.train(lines, kind="unigram", size=22, symbols=["<user>", "<bot>"])
    cut = [piece.text for piece in tokenizer.pieces("<user> hello <bot> hi")]
    assert cut.count("<user>") == cut.count("<bot>") == 1
    assert tokenizer.text(tokenizer.ids("<user> hello <bot> hi")) == "<user> hello <bot> hi"
    assert Tokenizer(*tokenizer.__reduce__()[1]).ids("<bot>") == tokenizer.ids("<bot>")


@pytest.mark.parametrize(
    ("kind", "symbols", "message"),
    [
        ("word", ["<user>"], "pieces of kind word need none"),
        ("unigram", ["a b"], "'a b' is empty or holds a space"),
        ("unigram", [""], "'' is empty or holds a space"),
    ],
)
def test_symbols_that_cannot_be(kind: str, symbols: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Tokenizer.train(["a b c"], kind=kind, size=10, symbols=symbols)
    assert caught.value.setting == "text.symbols"
