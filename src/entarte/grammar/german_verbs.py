"""German conjugation: present, preterite of the verbs of state, participle; persons ich, du, er, wir, sie."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_STRONG = """
essen isst isst gegessen
lesen liest liest gelesen
sehen siehst sieht gesehen
schlafen schläfst schläft geschlafen
laufen läufst läuft gelaufen
sprechen sprichst spricht gesprochen
fallen fällst fällt gefallen
tragen trägst trägt getragen
waschen wäschst wäscht gewaschen
helfen hilfst hilft geholfen
geben gibst gibt gegeben gab
vergessen vergisst vergisst vergessen
stehlen stiehlst stiehlt gestohlen
zerbrechen zerbrichst zerbricht zerbrochen
bewerfen bewirfst bewirft beworfen
werfen wirfst wirft geworfen
laden lädst lädt geladen
schlagen schlägst schlägt geschlagen
haben hast hat gehabt hatte
sein bist ist gewesen war
werden wirst wird geworden
wissen weißt weiß gewusst wusste
wollen willst will gewollt wollte
können kannst kann gekonnt konnte
müssen musst muss gemusst musste
dürfen darfst darf gedurft durfte
mögen magst mag gemocht mochte
singen - - gesungen
schwimmen - - geschwommen
rennen - - gerannt
springen - - gesprungen
gehen - - gegangen
kommen - - gekommen
bleiben - - geblieben
schreiben - - geschrieben
finden - - gefunden
verlieren - - verloren
trinken - - getrunken
stehen - - gestanden
rufen - - gerufen
denken - - gedacht
kennen - - gekannt kannte
bringen - - gebracht
leihen - - geliehen
ziehen - - gezogen
verstehen - - verstanden
lieben - - geliebt liebte
brauchen - - gebraucht brauchte
"""
"""Infinitive, *du* and *er* in the present (``-``: regular), participle, preterite if it is ever used."""

_FIRST = {"sein": "bin", "wissen": "weiß", "wollen": "will", "können": "kann", "müssen": "muss",
          "dürfen": "darf", "mögen": "mag", "lächeln": "lächle"}  # fmt: skip

BY_SEIN = frozenset({
    "schwimmen", "rennen", "springen", "laufen", "reisen", "bleiben", "kommen", "gehen", "fallen",
    "folgen", "sein",
})  # fmt: skip
_BY_SEIN_WITH_PARTICLE = frozenset({("auf", "stehen"), ("auf", "wachen"), ("ein", "schlafen")})
_INSEPARABLE = ("be", "ver", "zer", "er", "ent")


class Conjugation(NamedTuple):
    """Five persons each, the participle and the infinitive, both with the particle."""

    present: tuple[str, ...]
    preterite: tuple[str, ...]
    participle: str
    infinitive: str


@lru_cache(None)
def conjugate(verb: str, particle: str = "") -> Conjugation:
    """
    >>> conjugate("arbeiten").present
    ('arbeite', 'arbeitest', 'arbeitet', 'arbeiten', 'arbeiten')
    >>> conjugate("sehen", "an").participle, conjugate("besuchen").participle, conjugate("putzen").present[1]
    ('angesehen', 'besucht', 'putzt')
    >>> conjugate("sein").preterite
    ('war', 'warst', 'war', 'waren', 'waren')
    """
    stem = verb[:-2] if verb.endswith("en") else verb[:-1]
    row = _TABLE.get(verb, [])
    link = "e" if stem.endswith(("t", "d", "chn", "gn")) else ""
    second, third = stem + link + ("t" if stem[-1] in "sßzx" else "st"), stem + link + "t"
    if row and row[0] != "-":
        second, third = row[:2]
    plural = "sind" if verb == "sein" else verb
    present = (_FIRST.get(verb, stem + "e"), second, third, plural, plural)
    return Conjugation(
        present, _preterite(row), particle + _participle(verb, stem + link, row), particle + verb
    )


def _preterite(row: list[str]) -> tuple[str, ...]:
    if len(row) < 4:
        return ()
    form = row[3]
    many = form + ("n" if form.endswith("e") else "en")
    return form, form + "st", form, many, many


def _participle(verb: str, stem: str, row: list[str]) -> str:
    if row:
        return row[2]
    plain = verb.endswith("ieren") or verb.startswith(_INSEPARABLE)
    return ("" if plain else "ge") + stem + "t"


_TABLE = {row.split()[0]: row.split()[1:] for row in _STRONG.split("\n") if row}


def by_sein(verb: str, particle: str) -> bool:
    """Whether the perfect is with *sein*."""
    return verb in BY_SEIN or (particle, verb) in _BY_SEIN_WITH_PARTICLE
