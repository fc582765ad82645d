"""The adjectives: one row a concept, in four languages.

English, comparative | French masculine, feminine, masculine plural, feminine plural, then ``<`` if it stands
before the noun, then the masculine before a vowel if it has one | German stem, comparative stem | Spanish
masculine, feminine and then ``<`` if before the noun, ``*`` if *estar* | rank | kinds of noun it fits.

``more`` as a comparative: *more famous*; ``-``: none is used. Rank orders two adjectives before an English
noun and keeps two of one sort apart: 1 opinion, 2 size, 3 condition, 4 age, 5 colour, 6 origin.
"""

from __future__ import annotations

from dataclasses import dataclass

from entarte.grammar.word import Parts, parts

_ROWS = """
good better | bon bonne bons bonnes < | gut besser | bueno buena < | 1 | human text food drink place
bad worse | mauvais mauvaise mauvais mauvaises < | schlecht schlechter | malo mala < | 1 | text place food
beautiful more | beau belle beaux belles < bel | schön schöner | hermoso hermosa | 1 | human place dyed text
expensive more | cher chère chers chères | teuer teurer | caro cara | 1 | thing
cheap - | bon_marché bon_marché bon_marché bon_marché | billig - | barato barata | 1 | thing
famous more | célèbre célèbre célèbres célèbres | berühmt berühmter | famoso famosa | 1 | human place text
friendly friendlier | gentil gentille gentils gentilles | freundlich freundlicher | amable amable | 1 | human
clever cleverer | intelligent intelligente intelligents intelligentes | klug klüger \
| inteligente inteligente | 1 | human animal
lazy lazier | paresseux paresseuse paresseux paresseuses | faul fauler | perezoso perezosa | 1 | human animal
rich richer | riche riche riches riches | reich reicher | rico rica | 1 | human
big bigger | grand grande grands grandes < | groß größer | grande grande | 2 | animal thing place food
small smaller | petit petite petits petites < | klein kleiner | pequeño pequeña | 2 | human animal thing place food
long longer | long longue longs longues < | lang länger | largo larga | 2 | text clothes
heavy heavier | lourd lourde lourds lourdes | schwer schwerer | pesado pesada | 2 | thing
strong stronger | fort forte forts fortes | stark stärker | fuerte fuerte | 3 | human animal
fast faster | rapide rapide rapides rapides | schnell schneller | rápido rápida | 3 | animal vehicle
slow slower | lent lente lents lentes | langsam langsamer | lento lenta | 3 | animal vehicle
tired - | fatigué fatiguée fatigués fatiguées | müde - | cansado cansada * | 3 | human animal
sick - | malade malade malades malades | krank - | enfermo enferma * | 3 | human animal
happy happier | heureux heureuse heureux heureuses | glücklich glücklicher | feliz feliz | 3 | human
sad sadder | triste triste tristes tristes | traurig trauriger | triste triste * | 3 | human text
hot hotter | chaud chaude chauds chaudes | heiß heißer | caliente caliente * | 3 | liquid
cold colder | froid froide froids froides | kalt kälter | frío fría * | 3 | drink liquid
fresh - | frais fraîche frais fraîches | frisch - | fresco fresca | 3 | fresh
sweet sweeter | sucré sucrée sucrés sucrées | süß süßer | dulce dulce | 3 | fruit baked
clean - | propre propre propres propres | sauber - | limpio limpia * | 3 | tidy
dirty - | sale sale sales sales | schmutzig - | sucio sucia * | 3 | tidy animal
broken - | cassé cassée cassés cassées | kaputt - | roto rota * | 3 | machine vehicle
open - | ouvert ouverte ouverts ouvertes | offen - | abierto abierta * | 3 | lid
old older | vieux vieille vieux vieilles < vieil | alt älter | viejo vieja | 4 | human animal thing place text
young younger | jeune jeune jeunes jeunes < | jung jünger | joven joven | 4 | human animal
new newer | nouveau nouvelle nouveaux nouvelles < nouvel | neu neuer | nuevo nueva | 4 | thing place text
red - | rouge rouge rouges rouges | rot - | rojo roja | 5 | dyed
blue - | bleu bleue bleus bleues | blau - | azul azul | 5 | dyed
green - | vert verte verts vertes | grün - | verde verde | 5 | dyed
yellow - | jaune jaune jaunes jaunes | gelb - | amarillo amarilla | 5 | dyed
white - | blanc blanche blancs blanches | weiß - | blanco blanca | 5 | dyed animal
black - | noir noire noirs noires | schwarz - | negro negra | 5 | dyed animal
grey - | gris grise gris grises | grau - | gris gris | 5 | dyed animal
French - | français française français françaises | französisch - | francés francesa | 6 | human text food drink
German - | allemand allemande allemands allemandes | deutsch - | alemán alemana | 6 | human text food drink
Spanish - | espagnol espagnole espagnols espagnoles | spanisch - | español española | 6 | human text food drink
Italian - | italien italienne italiens italiennes | italienisch - | italiano italiana | 6 | human text food drink
"""


@dataclass(frozen=True, slots=True, eq=False)
class Adjective:
    """A quality with its forms; see the head of this file.

    ``en``, ``more``: English form and comparative (empty: never compared; "more": *more famous*).
    ``fr``: masculine, feminine, masculine plural, feminine plural; ``bel``: masculine before a vowel.
    """

    name: str
    more: str
    fr: tuple[Parts, Parts, Parts, Parts]
    fr_before: bool
    bel: str
    de: str
    de_more: str
    es: tuple[str, str, str, str]
    es_before: bool
    es_state: bool
    rank: int
    kinds: frozenset[str]


def _spanish_plural(form: str) -> str:
    """
    >>> [_spanish_plural(form) for form in ("rojo", "azul", "feliz", "alemán", "gris", "joven")]
    ['rojos', 'azules', 'felices', 'alemanes', 'grises', 'jóvenes']
    """
    if form == "joven":
        return "jóvenes"
    if form[-1] in "aeo":
        return form + "s"
    if form[-1] == "z":
        return form[:-1] + "ces"
    plain = {"án": "an", "és": "es"}.get(form[-2:])
    return (form[:-2] + plain if plain else form) + "es"


def _read(row: str) -> Adjective:
    en, fr, de, es, rank, kinds = (cell.strip() for cell in row.split("|"))
    name, more = en.split()
    one, she, many, they, *bel = (parts(form.replace("_", " ")) for form in fr.replace("<", "").split())
    stem, stem_more = de.split()
    spanish = es.split()
    return Adjective(
        name,
        "" if more == "-" else more,
        (one, she, many, they),
        "<" in fr,
        bel[0][0][0] if bel else "",
        stem,
        "" if stem_more == "-" else stem_more,
        (spanish[0], spanish[1], _spanish_plural(spanish[0]), _spanish_plural(spanish[1])),
        "<" in spanish,
        "*" in spanish,
        int(rank),
        frozenset(kinds.split()),
    )


ADJECTIVES: dict[str, Adjective] = {row.name: row for row in map(_read, filter(None, _ROWS.split("\n")))}
"""By English name."""
