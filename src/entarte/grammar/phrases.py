"""Words and phrases that never change, the names, the cities and the prepositions.

A row of a phrase: English | French | German | Spanish, with ``/`` and letters for the parts that
correspond (`word.py`), and for times the tenses they go with.
"""

from __future__ import annotations

from dataclasses import dataclass

from entarte.grammar.word import Parts, parts

_TIMES = """
today | aujourd'hui | heute | hoy | present past future
now | maintenant | jetzt | ahora | present
yesterday | hier | gestern | ayer | past
tomorrow | demain | morgen | mañana | future
every/a day/b | tous/a les/a jours/b | jeden/a Tag/b | todos/a los/a días/b | present
last/a week/b | la/b semaine/b dernière/a | letzte/a Woche/b | la/b semana/b pasada/a | past
last/a year/b | l'année/b dernière/a | letztes/a Jahr/b | el/b año/b pasado/a | past
next/a week/b | la/b semaine/b prochaine/a | nächste/a Woche/b | la/b próxima/a semana/b | future
next/a year/b | l'année/b prochaine/a | nächstes/a Jahr/b | el/b próximo/a año/b | future
the/a day/a before/a yesterday/a | avant-hier | vorgestern | anteayer | past
the/a day/a after/a tomorrow/a | après-demain | übermorgen | pasado mañana | future
in/a the/b morning/c | le/ab matin/c | am/ab Morgen/c | por/a la/b mañana/c | present past future
in/a the/b afternoon/c | l'après-midi/abc | am/ab Nachmittag/c | por/a la/b tarde/c | present past future
in/a the/b evening/c | le/ab soir/c | am/ab Abend/c | por/a la/b noche/c | present past future
on/a Monday/b | lundi/ab | am/a Montag/b | el/a lunes/b | past future
on/a Tuesday/b | mardi/ab | am/a Dienstag/b | el/a martes/b | past future
on/a Wednesday/b | mercredi/ab | am/a Mittwoch/b | el/a miércoles/b | past future
on/a Thursday/b | jeudi/ab | am/a Donnerstag/b | el/a jueves/b | past future
on/a Friday/b | vendredi/ab | am/a Freitag/b | el/a viernes/b | past future
on/a Saturday/b | samedi/ab | am/a Samstag/b | el/a sábado/b | past future
on/a Sunday/b | dimanche/ab | am/a Sonntag/b | el/a domingo/b | past future
"""

_MANNERS = """
slowly | lentement | langsam | lentamente
quickly | rapidement | schnell | rápidamente
again | de nouveau | wieder | otra vez
carefully | prudemment | vorsichtig | con cuidado
with/a pleasure/b | avec/a plaisir/b | gern/ab | con/a gusto/b
"""

_OFTEN = """
often | souvent | oft | a menudo
always | toujours | immer | siempre
sometimes | parfois | manchmal | a veces
never | jamais | nie | nunca
"""

_WORDS = """
and | et | und | y
but | mais | aber | pero
because | parce que | weil | porque
when | quand | wenn | cuando
if | si | wenn | si
that | que | dass | que
"""

_QUESTIONS = """
when | quand | wann | cuándo
where | où | wo | dónde
why | pourquoi | warum | por qué
"""

_PREPOSITIONS = """
in | dans | in | en
next/a to/b | à/b côté/a de/b | neben/ab | al/b lado/a de/b
in/a front/a of/b | devant/ab | vor/ab | delante/a de/b
behind | derrière | hinter | detrás de
near | près de | in der Nähe | cerca de
under | sous | unter | debajo de
to | à | zu | a
"""

_CITIES = """
Paris | Paris | Paris | París
London | Londres | London | Londres
Rome | Rome | Rom | Roma
Berlin | Berlin | Berlin | Berlín
Madrid | Madrid | Madrid | Madrid
Vienna | Vienne | Wien | Viena
Geneva | Genève | Genf | Ginebra
Brussels | Bruxelles | Brüssel | Bruselas
"""

_WOMEN = "Anna Clara Emma Laura Nina Julia"
_MEN = "Paul Martin David Oscar Simon Victor"


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Unchanging words in four languages; ``tenses`` limits a time."""

    name: str
    en: Parts
    fr: Parts
    de: Parts
    es: Parts
    tenses: tuple[str, ...] = ()


Preposition = Phrase
City = Phrase


@dataclass(frozen=True, slots=True, eq=False)
class Proper:
    """A first name, the same everywhere."""

    name: str
    female: bool


def _read(rows: str) -> dict[str, Phrase]:
    found = {}
    for row in filter(None, rows.split("\n")):
        en, fr, de, es, *tenses = (cell.strip() for cell in row.split("|"))
        english = parts(en)
        name = " ".join(text for text, _ in english)
        when = tuple(tenses[0].split()) if tenses else ()
        found[name] = Phrase(name, english, parts(fr), parts(de), parts(es), when)
    return found


TIMES = _read(_TIMES)
MANNERS = _read(_MANNERS)
OFTEN = _read(_OFTEN)
WORDS = _read(_WORDS)
QUESTIONS = _read(_QUESTIONS)
PREPOSITIONS: dict[str, Preposition] = _read(_PREPOSITIONS)
CITIES: dict[str, City] = _read(_CITIES)
NAMES = {name: Proper(name, True) for name in _WOMEN.split()} | {
    name: Proper(name, False) for name in _MEN.split()
}
