"""Spanish conjugation: present, preterite, imperfect of verbs of state, future, for yo to ellos."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_PRESENT = """
dormir duermo duermes duerme dormimos duermen
reír río ríes ríe reímos ríen
sonreír sonrío sonríes sonríe sonreímos sonríen
jugar juego juegas juega jugamos juegan
soñar sueño sueñas sueña soñamos sueñan
volver vuelvo vuelves vuelve volvemos vuelven
despertar despierto despiertas despierta despertamos despiertan
sentar siento sientas sienta sentamos sientan
dar doy das da damos dan
ir voy vas va vamos van
ser soy eres es somos son
estar estoy estás está estamos están
haber hay hay hay hay hay
tener tengo tienes tiene tenemos tienen
llover lluevo llueves llueve llovemos llueven
nevar nievo nievas nieva nevamos nievan
almorzar almuerzo almuerzas almuerza almorzamos almuerzan
ver veo ves ve vemos ven
encontrar encuentro encuentras encuentra encontramos encuentran
perder pierdo pierdes pierde perdemos pierden
seguir sigo sigues sigue seguimos siguen
conocer conozco conoces conoce conocemos conocen
cerrar cierro cierras cierra cerramos cierran
encender enciendo enciendes enciende encendemos encienden
elegir elijo eliges elige elegimos eligen
entender entiendo entiendes entiende entendemos entienden
oír oigo oyes oye oímos oyen
mostrar muestro muestras muestra mostramos muestran
enviar envío envías envía enviamos envían
traer traigo traes trae traemos traen
venir vengo vienes viene venimos vienen
decir digo dices dice decimos dicen
pensar pienso piensas piensa pensamos piensan
saber sé sabes sabe sabemos saben
querer quiero quieres quiere queremos quieren
poder puedo puedes puede podemos pueden
poner pongo pones pone ponemos ponen
caer caigo caes cae caemos caen
"""

_PRETERITE = """
dormir dormí dormiste durmió dormimos durmieron
reír reí reíste rio reímos rieron
sonreír sonreí sonreíste sonrió sonreímos sonrieron
jugar jugué jugaste jugó jugamos jugaron
dar di diste dio dimos dieron
ir fui fuiste fue fuimos fueron
almorzar almorcé almorzaste almorzó almorzamos almorzaron
llegar llegué llegaste llegó llegamos llegaron
buscar busqué buscaste buscó buscamos buscaron
apagar apagué apagaste apagó apagamos apagaron
ver vi viste vio vimos vieron
leer leí leíste leyó leímos leyeron
seguir seguí seguiste siguió seguimos siguieron
elegir elegí elegiste eligió elegimos eligieron
oír oí oíste oyó oímos oyeron
traer traje trajiste trajo trajimos trajeron
venir vine viniste vino vinimos vinieron
poner puse pusiste puso pusimos pusieron
caer caí caíste cayó caímos cayeron
"""

_FUTURE_STEM = {
    "tener": "tendr", "venir": "vendr", "poner": "pondr", "haber": "habr", "saber": "sabr", "decir": "dir",
    "querer": "querr", "poder": "podr", "reír": "reir", "sonreír": "sonreir", "oír": "oir",
}  # fmt: skip
_ENDINGS = {
    "ar": ("o as a amos an", "é aste ó amos aron", "aba abas aba ábamos aban"),
    "er": ("o es e emos en", "í iste ió imos ieron", "ía ías ía íamos ían"),
    "ir": ("o es e imos en", "í iste ió imos ieron", "ía ías ía íamos ían"),
}
_FUTURE = ("é", "ás", "á", "emos", "án")


class Conjugation(NamedTuple):
    """Five persons each."""

    present: tuple[str, ...]
    past: tuple[str, ...]
    imperfect: tuple[str, ...]
    future: tuple[str, ...]


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    return {row.split()[0]: tuple(row.split()[1:]) for row in rows.split("\n") if row}


_PRESENTS, _PRETERITES = _table(_PRESENT), _table(_PRETERITE)


@lru_cache(None)
def conjugate(verb: str) -> Conjugation:
    """
    >>> conjugate("comer").past
    ('comí', 'comiste', 'comió', 'comimos', 'comieron')
    >>> conjugate("ser").imperfect[2:4], conjugate("hablar").future[0], conjugate("reír").future[2]
    (('era', 'éramos'), 'hablaré', 'reirá')
    """
    kind = verb[-2:].replace("í", "i")
    present, past, imperfect = (tuple(verb[:-2] + end for end in ends.split()) for ends in _ENDINGS[kind])
    if verb == "ser":
        imperfect = ("era", "eras", "era", "éramos", "eran")
    stem = _FUTURE_STEM.get(verb, verb)
    future = tuple(stem + ending for ending in _FUTURE)
    return Conjugation(_PRESENTS.get(verb, present), _PRETERITES.get(verb, past), imperfect, future)


def with_clitics(infinitive: str, clitics: list[str]) -> str:
    """An infinitive with its pronouns; two of them need an accent.

    >>> with_clitics("dar", ["me"]), with_clitics("dar", ["se", "lo"])
    ('darme', 'dárselo')
    """
    if len(clitics) > 1:
        stem, vowel, end = infinitive[:-2], infinitive[-2], infinitive[-1]
        infinitive = stem + {"a": "á", "e": "é", "i": "í"}.get(vowel, vowel) + end
    return infinitive + "".join(clitics)
