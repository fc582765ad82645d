"""What is accepted, what is refused and in which words, and the way to TOML and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from entarte.errors import InputError
from entarte.settings import FAMILIES, SECTIONS, differences, dump, load, loads, tables
from entarte.settings.shipped import about, find, recipes

pytestmark = pytest.mark.usefixtures("toys")


def refused(text: str, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, overrides, file="mine.toml")
    return str(caught.value)


def test_an_empty_file_is_complete() -> None:
    settings = loads("")
    assert settings.train.rate == 0.001
    assert settings.attention.kind == "round"
    assert settings.attention.options == {}
    assert settings.search.kind == "greedy"
    assert settings.search.options == {"depth": 1}


def test_values_come_from_the_file_and_then_from_the_command_line() -> None:
    settings = loads("[train]\nrate = 0.5\nclip = 1\n", ["train.rate=1e-2", "data.train=a.en, a.fr"])
    assert settings.train.rate == 0.01
    assert settings.train.clip == 1.0
    assert isinstance(settings.train.clip, float)
    assert settings.data.train == ["a.en", "a.fr"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("data.train=one.tsv", ["one.tsv"]),
        ('data.train=["a,b.en", "c"]', ["a,b.en", "c"]),
        ("data.train=", []),
        ("data.source=3", "3"),
        ('data.source="x y"', "x y"),
        ("data.duplicates=False", False),
        ("train.betas=0.8,0.9", [0.8, 0.9]),
        ("train.warmup=10", 10),
        ("train.schedule=cosine", "cosine"),
        ("encoder.limit=none", None),
        ("encoder.limit=4", 4),
    ],
)
def test_an_override_is_read_by_the_type_of_its_field(word: str, value: object) -> None:
    settings = loads('[encoder]\nkind = "square"\n', [word])
    section, key = word.partition("=")[0].split(".")
    part = getattr(settings, section)
    assert (part.options[key] if section == "encoder" else getattr(part, key)) == value


def test_defaults_and_types_of_a_member_come_from_its_signature() -> None:
    choice = loads('[encoder]\nkind = "square"\ncolour = "green"\nweight = 1\n').encoder
    assert choice.kind == "square"
    assert choice.options == {
        "width": 3,
        "colour": "green",
        "weight": 1.0,
        "dropout": 0.0,
        "hollow": False,
        "label": "",
        "limit": None,
    }


def test_naming_another_kind_starts_the_section_anew() -> None:
    text = '[encoder]\nkind = "square"\nwidth = 9\n'
    assert loads(text, ["encoder.kind=round"]).encoder.options == {}
    assert loads(text, ["encoder.kind=square"]).encoder.options["width"] == 9
    assert loads(text, ["encoder.must=2", "encoder.kind=needy"]).encoder.options["must"] == 2


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "[train]\nepochs = 3\nrat = 1\n",
            3,
            "train.rat: [train] has no setting 'rat'. Did you mean 'rate'?",
        ),
        ("[trian]\n", 1, "trian: there is no section [trian]. Did you mean 'train'?"),
        ("rate = 1\n", 1, "rate: stands outside its section. Write it below [train]."),
        ("train = 1\n", 1, "train: stands outside its section. Write it below [data]."),
        ("encoder = 1\n", 1, "encoder: is a section, not a value. Write it as [encoder]."),
        ('[train]\nrate = "fast"\n', 2, "train.rate: expected a number, not 'fast'"),
        ("[train]\nepochs = 1.5\n", 2, "train.epochs: expected a whole number, not 1.5"),
        ("[train]\nepochs = true\n", 2, "train.epochs: expected a whole number, not true"),
        ("[train]\ntensorboard = 1\n", 2, "train.tensorboard: expected true or false, not 1"),
        (
            "[text]\nkind = 3\n",
            2,
            "text.kind: expected 'unigram', 'bpe', 'char', 'tagged', 'word' or 'code', not 3",
        ),
        ('[text]\nkind = "bpq"\n', 2, "text.kind: 'bpq' is not known here. Did you mean 'bpe'?"),
        ("[data]\ntrain = 'a'\n", 2, "data.train: expected a list of texts, not 'a'"),
        ("[data]\ntrain = ['a', 2]\n", 2, "data.train: expected a text, not 2"),
        ("[data]\ntrain = ['a', 'b', 'c']\n", 2, "data.train: takes at most 2, not 3"),
        ("[train]\nbetas = [0.9]\n", 2, "train.betas: takes at least 2, not 1"),
        ("[train]\nbetas = [0.9, 1.0]\n", 2, "train.betas: must be less than 1, not 1.0"),
        ("[train]\nrate = 0\n", 2, "train.rate: must be greater than 0, not 0"),
        ("[train]\nclip = -1\n", 2, "train.clip: must be at least 0, not -1"),
        ("[train]\nrate = nan\n", 2, "train.rate: must be a finite number, not nan"),
        ("[text]\ncoverage = 1.5\n", 2, "text.coverage: must be at most 1, not 1.5"),
        (
            '[encoder]\nkind = "sqare"\n',
            2,
            "encoder.kind: there is no encoder 'sqare'. Did you mean 'square'?",
        ),
        (
            "[encoder]\nkind = 4\n",
            2,
            "encoder.kind: there is no encoder 4. Known: round, square, needy.",
        ),
        (
            '[encoder]\nkind = "square"\nwdth = 4\n',
            3,
            "encoder.wdth: encoder 'square' has no setting 'wdth'. Did you mean 'width'?",
        ),
        (
            "[encoder]\nsize = 4\n",
            2,
            "encoder.size: encoder 'round' has no setting 'size'. Known: kind.",
        ),
        (
            '[encoder]\nkind = "square"\nwidth = "wide"\n',
            3,
            "encoder.width: expected a whole number, not 'wide'",
        ),
        (
            '[encoder]\nkind = "square"\nlimit = "wide"\n',
            3,
            "encoder.limit: expected a whole number, not 'wide'",
        ),
        (
            '[encoder]\nkind = "square"\nwidth = -1\n',
            3,
            "encoder.width: must be at least 0, not -1",
        ),
        (
            '[encoder]\nkind = "square"\ndropout = 1.0\n',
            3,
            "encoder.dropout: must be less than 1, not 1.0",
        ),
        ('[encoder]\nkind = "needy"\n', 1, "encoder.must: is needed: a whole number"),
        (
            "[generate]\nbach = 4\n",
            2,
            "generate.bach: search 'greedy' has no setting 'bach'. Did you mean 'batch'?",
        ),
        (
            "[generate]\nkind = 'beam'\n",
            2,
            "generate.kind: there is no search 'beam'. Known: greedy.",
        ),
        (
            "[text]\nsource_size = 10\n",
            2,
            "text.source_size: a shared vocabulary has one size. Set text.size, or text.shared=false.",
        ),
        (
            '[text]\nkind = "bpe"\nsegmentations = 4\n',
            3,
            "text.segmentations: 'bpe' pieces have one segmentation. Use text.kind='unigram'.",
        ),
        (
            '[text]\nshared = false\n[model]\ntied = "all"\n',
            4,
            "model.tied: 'all' needs one vocabulary for both sides. "
            "Set text.shared=true, or model.tied='target'.",
        ),
        (
            "[train]\nepochs = 0\n",
            2,
            "train.epochs: training would never end. Set train.epochs, train.updates or train.minutes.",
        ),
        (
            '[train]\nschedule = "inverse-sqrt"\nwarmup = 0\n',
            3,
            "train.warmup: schedule 'inverse-sqrt' needs a warm-up. For example: train.warmup=4000",
        ),
        (
            '[train]\nmetric = "bleu"\nvalid_sentences = 0\n',
            3,
            "train.valid_sentences: metric 'bleu' needs sentences to decode. For example: 500.",
        ),
        ("[train\n", 1, "is not TOML: Expected ']' at the end of a table declaration"),
        ("[train]\nrate = 1\nrate = 2\n", 3, "is not TOML: Cannot overwrite a value"),
        ("[train]\nrate =", None, "is not TOML: Invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int | None, message: str) -> None:
    where = f"mine.toml:{line}: " if line else "mine.toml: "
    assert refused(text) == where + message


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("train.rate=fast", "train.rate: expected a number, not 'fast'"),
        ("train.epochs=1.5", "train.epochs: expected a whole number, not '1.5'"),
        ("train.rte=1", "train.rte: [train] has no setting 'rte'. Did you mean 'rate'?"),
        ("trian.rate=1", "trian: there is no section [trian]. Did you mean 'train'?"),
        ("data.duplicates=maybe", "data.duplicates: expected true or false, not 'maybe'"),
        ("encoder.kind=oval", "encoder.kind: there is no encoder 'oval'. Known: round, square, needy."),
        ("rate=1", "expected section.key=value, not 'rate=1'. For example: train.rate=0.001"),
        ("train.rate", "expected section.key=value, not 'train.rate'. For example: train.rate=0.001"),
        ("train.=1", "expected section.key=value, not 'train.=1'. For example: train.rate=0.001"),
    ],
)
def test_what_is_wrong_on_the_command_line_names_no_file(word: str, message: str) -> None:
    assert refused("[train]\nrate = 1\n", word) == message


def test_dump_is_complete_and_comes_back_the_same() -> None:
    settings = loads(
        '[encoder]\nkind = "square"\nlimit = 7\n[data]\ntrain = ["ü\\"x.tsv"]\n[generate]\ndepth = 4\n'
    )
    text = dump(settings)
    assert loads(text) == settings
    assert dump(loads(text)) == text
    for section, model in SECTIONS.items():
        for key in model.model_fields:
            assert re.search(rf"^{key} = ", text, re.M), f"{section}.{key}"


def test_differences_names_each_changed_setting() -> None:
    old = loads('[encoder]\nkind = "square"\n')
    new = loads("", ["train.rate=0.002", "encoder.kind=round"])
    found = differences(old, new)
    assert "train.rate: 0.001 → 0.002" in found
    assert "encoder.kind: square → round" in found
    assert "encoder.width: 3 → None" in found
    assert differences(old, old) == []


def test_every_section_and_family_has_a_place() -> None:
    assert list(tables(loads(""))) == [
        *(
            "task",
            "data",
            "source",
            "text",
            "front",
            "source_front",
            "encoder",
            "attention",
            "window",
            "decoder",
            "readout",
            "model",
            "loss",
        ),
        *("train", "generate"),
    ]
    assert set(tables(loads(""))) == {*SECTIONS, *FAMILIES}


@pytest.mark.parametrize("model", SECTIONS.values(), ids=SECTIONS)
def test_every_setting_says_what_it_means(model: type) -> None:
    assert all(field.description for field in model.model_fields.values())


def test_a_settings_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf[train]\r\nrate = 0.25\r\n")
    assert load(path).train.rate == 0.25
    assert load(str(path)).train.rate == 0.25


def test_a_settings_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: there is no such settings file"):
        load(tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"is a folder, not a settings file\. Name a \.toml file in it"):
        load(tmp_path)
    (tmp_path / "bad.toml").write_bytes(b"[train]\nrate = \xff\n")
    with pytest.raises(InputError, match=r"bad\.toml:2: byte 15 is not UTF-8"):
        load(tmp_path / "bad.toml")


def test_a_recipe_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "luong2015.toml").write_text("# Luong et al. 2015,\n# global attention.\n\n# not this\n")
    assert find("luong2015", tmp_path) == tmp_path / "luong2015.toml"
    assert about(tmp_path / "luong2015.toml") == "Luong et al. 2015, global attention."
    assert [recipe.name for recipe in recipes(tmp_path)] == ["luong2015"]
    with pytest.raises(InputError, match=r"there is no recipe 'luong2051'\. Did you mean 'luong2015'\?"):
        find("luong2051", tmp_path)


def test_naming_another_kind_leaves_the_sections_own_settings() -> None:
    """Only what belonged to the old member goes: [generate] keeps its lengths, [text] all it has."""
    settings = loads('[generate]\nkind = "beam"\nlength_factor = 1.0\n', ["generate.kind=greedy"])
    assert settings.generate.length_factor == 1.0
    settings = loads('[text]\nkind = "bpe"\nsize = 77\n', ["text.kind=unigram"])
    assert settings.text.size == 77
