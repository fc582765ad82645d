"""What holds of every sentence, over thousands of them: spacing, elision, agreement, the place of verbs."""

from __future__ import annotations

import re
from functools import cache

import pytest

from entarte.example import Example
from entarte.grammar import LANGUAGES, pairs
from entarte.grammar.german_verbs import conjugate
from entarte.grammar.nouns import NOUNS
from entarte.grammar.verbs import VERBS

COUNT = 2000
VOWEL = "[aeiouyàâéèêëîïôùûœæh]"


@cache
def drawn(to: str) -> tuple[Example, ...]:
    return tuple(pairs(to, COUNT, 2024, max_words=30))


def sides(to: str) -> list[str]:
    """The sentences of a language, between spaces, so that words can be looked for."""
    return [f" {each.source if to == 'en' else each.target} " for each in drawn("fr" if to == "en" else to)]


def never(to: str, pattern: str) -> None:
    wrong = [text for text in sides(to) if re.search(pattern, text)]
    assert not wrong, wrong[:3]


def seen(to: str, pattern: str) -> None:
    """So that a pattern that can match nothing does not pass for a rule that holds."""
    assert any(re.search(pattern, text) for text in sides(to)), pattern


VERBS_TOO = {"lit", "porte", "montre", "ferme"}
"""Nouns that are written like a verb: in *elle la lit* no bed is meant."""


def words(to: str, plural: bool) -> set[str]:
    """The nouns' first words, of those that differ in number."""
    found = set()
    for each in NOUNS.values():
        forms = getattr(each, to)
        if forms.many and forms.many[0][0] != forms.one[0][0]:
            found.add(forms.number(plural)[0][0])
    return found - VERBS_TOO


@pytest.mark.parametrize("to", ["en", *LANGUAGES])
def test_words_are_separated_by_one_space(to: str) -> None:
    for text in sides(to):
        assert text[1:-1] == " ".join(text.split())
        assert text.strip()
    never(to, r"[{}_~/+=|*<>!]")


@pytest.mark.parametrize("to", LANGUAGES)
def test_every_source_has_one_translation(to: str) -> None:
    assert len({each.source for each in drawn(to)}) == COUNT


def test_an_stands_before_a_vowel_and_only_there() -> None:
    never("en", r" a [aeiouAEIOU]")
    never("en", r" an [^aeiouAEIOU]")
    seen("en", " an ")


def test_english_helping_verbs_stand_before_never() -> None:
    never("en", r" (be|been) (not|never|always|often|sometimes) ")


def test_french_elides() -> None:
    aspirated = r"(?!huit|onze|haut|hauts)"
    never("fr", rf" (je|me|te|se|le|la|de|ne|que) {aspirated}{VOWEL}")
    never("fr", r" si ils? ")
    never("fr", r"['’] ")
    never("fr", r" (d|l|qu)'(onze|huit)")
    never("fr", r"'[^aeiouyàâéèêëîïôùûœæhAEIOU]")
    seen("fr", " l'")
    seen("fr", " qu'")
    seen("fr", " m'a")


def test_french_contracts() -> None:
    never("fr", r" (de|à) les? (?!l')")
    seen("fr", " du ")
    seen("fr", " au ")


def test_french_determiners_before_a_vowel() -> None:
    ones = "|".join(noun for noun in words("fr", plural=False) if re.match(VOWEL, noun))
    never("fr", rf" (ma|ta|sa|ce|beau|nouveau|vieux) ({ones}) ")
    seen("fr", rf" (mon|ton|son|cet|bel|nouvel|vieil) ({ones}) ")


def test_french_negation_has_two_words() -> None:
    for text in sides("fr"):
        assert len(re.findall(r" (?:ne |n')", text)) == len(re.findall(r" (?:pas|jamais) ", text)), text


@pytest.mark.parametrize(
    ("to", "many", "one"),
    [
        (
            "fr",
            "les|ces|mes|tes|ses|nos|vos|leurs|tous|toutes",
            "un|une|ce|cet|cette|mon|ma|ton|son|sa|chaque",
        ),
        ("es", "los|las|estos|estas|mis|tus|sus|muchos|muchas", "un|una|este|esta|mi|tu|su|cada"),
        ("en", "these|many|two|three|twelve", "this|a|an|every|one"),
    ],
)
def test_nouns_agree_in_number_with_what_stands_before_them(to: str, many: str, one: str) -> None:
    singular = "|".join(sorted(words(to, plural=False) - words(to, plural=True)))
    plural = "|".join(sorted(words(to, plural=True) - words(to, plural=False)))
    never(to, rf" ({many}) ({singular}) ")
    never(to, rf"(?<! et)(?<! y) ({one}) ({plural}) ")
    seen(to, rf" ({many}) ({plural}) ")
    seen(to, rf" ({one}) ({singular}) ")


@pytest.mark.parametrize(
    ("to", "he", "she"),
    [("fr", "un|le|ce|cet", "une|la|cette"), ("es", "un|el|este|los|estos", "una|la|esta")],
)
def test_nouns_agree_in_gender_with_what_stands_before_them(to: str, he: str, she: str) -> None:
    kinds: dict[str, set[str]] = {"m": set(), "f": set()}
    for noun in NOUNS.values():
        forms = getattr(noun, to)
        if not forms.odd and not noun.her:
            kinds[forms.gender].add(forms.one[0][0])
    both = kinds["m"] & kinds["f"] | VERBS_TOO
    never(to, rf" ({she}) ({'|'.join(sorted(kinds['m'] - both))}) ")
    never(to, rf" ({he}) ({'|'.join(sorted(kinds['f'] - both))}) ")


def test_spanish_contracts_and_has_no_subject_pronouns() -> None:
    never("es", r" (a|de) el ")
    never("es", r" (yo|tú|usted) ")
    never("es", r" les? l[oa]s? ")
    never("es", r" y i[^ ]* ")
    assert all(text.count("¿") == text.count("?") for text in sides("es"))
    seen("es", " al ")
    seen("es", " del ")


FINITE = {
    form
    for verb in ("haben", "sein", "werden", "wollen", "können", "müssen", "dürfen")
    for forms in (conjugate(verb),)
    for form in (*forms.present, *forms.preterite)
} | {
    verb.de.particle + form
    for verb in VERBS.values()
    for forms in (conjugate(verb.de.head, verb.de.particle),)
    for form in (*forms.present, *forms.preterite)
}
PARTICIPLES = {conjugate(verb.de.head, verb.de.particle).participle for verb in VERBS.values()}


def test_german_clauses_that_stand_last_end_with_their_finite_verb() -> None:
    ends = 0
    for text in sides("de"):
        for clause in re.findall(r"(?:^|,) (?:weil|dass|als|wenn) ([^,]+) $", text):
            if " und " not in clause:
                ends += 1
                assert clause.split(" ")[-1] in FINITE, text
    assert ends > 100


def test_german_separable_verbs_come_apart_and_together() -> None:
    seen("de", r" (auf|ein|aus|weg|zu|an) ")
    seen("de", r" (auf|ein|aus|weg|zu|an)ge\w+ ")
    never("de", r" ge(auf|aus|weg|zurück)\w+t ")


def test_german_commas_stand_between_words() -> None:
    never("de", r", ,|^ ,|, $|, \?")


def test_german_prepositions_and_their_case() -> None:
    never("de", r" (mit|neben|vor|hinter|unter) das ")
    never("de", r" mit (eine|einen|ein) ")
    seen("de", " mit einer Torte ")
    seen("de", " (im|zum|zur) ")
