"""The verbs: one row a concept, in four languages; inflection lives in each language's ``*_verbs.py``.

English | French | German | Spanish | who does it | to what | flags. The first word is inflected; the others
stay. ``/`` and letters: the parts a word carries (`word.py`). English ``{}``: where the object goes (else
last), ``~on``: a particle that follows a pronoun (*turn it on*). French ``se``, German ``sich``, Spanish
``-se``: reflexive. German ``auf+``: separable. A last ``=``: how the object is attached, where not directly:
``=dat`` (French, Spanish: *à*, *a* and *lui*, *le*; German: dative) or a preposition; Spanish ``=plain``: no
*a* before people.

Flags: state (past is imperfect), act (takes modals and manner), common and ours (chosen 4 and 16 times as
often: the corpus must hold its namesake often enough to be learnt), moves (takes no place: it would be where
to, not where).
"""

from __future__ import annotations

from dataclasses import dataclass

from entarte.grammar.word import Parts, parts

_ALONE = """
sleep | dormir | schlafen | dormir | human animal | | act
sing | chanter | singen | cantar | human | | act
dance | danser | tanzen | bailar | human | | act
work | travailler | arbeiten | trabajar | human | | act
laugh | rire | lachen | reír | human
cry | pleurer | weinen | llorar | human
smile | sourire | lächeln | sonreír | human
swim | nager | schwimmen | nadar | human animal | | act
run | courir | rennen | correr | human animal | | act
jump | sauter | springen | saltar | human animal | | act
walk | marcher | laufen | caminar | human animal | | act
play | jouer | spielen | jugar | human animal | | act
cook | cuisiner | kochen | cocinar | human | | act
speak | parler | sprechen | hablar | human | | act
dream | rêver | träumen | soñar | human
travel | voyager | reisen | viajar | human | | act moves
wait | attendre | warten | esperar | human animal | | act
stay | rester | bleiben | quedarse | human
arrive | arriver | an+kommen | llegar | human | | moves
leave | partir | weg+gehen | irse | human | | act moves
come/a back/b | revenir/ab | zurück/b+kommen | volver/ab | human | | act moves
fall | tomber | fallen | caerse | human animal thing
get/a up/b | se lever/ab | auf/b+stehen | levantarse/ab | human | | act
wake/a up/b | se réveiller/ab | auf/b+wachen | despertarse/ab | human animal
sit/a down/b | s' asseoir/ab | sich setzen/ab | sentarse/ab | human | | act moves
fall/b asleep/a | s' endormir/ab | ein/b+schlafen | dormirse/ab | human animal
hurry | se dépêcher | sich beeilen | darse prisa | human | | act
take/a a/b walk/c | se promener/abc | gehen/a spazieren/bc | dar/a un/b paseo/c | human | | act
have/a breakfast/b | prendre/a le/b petit/b déjeuner/b | frühstücken/ab | desayunar/ab | human | | act
have/a lunch/b | déjeuner/ab | essen/a zu/b Mittag/b | almorzar/ab | human | | act
be/a hungry/b | avoir/a faim/b | haben/a Hunger/b | tener/a hambre/b | human animal | | state
be/a thirsty/b | avoir/a soif/b | haben/a Durst/b | tener/a sed/b | human animal | | state
be/a afraid/b | avoir/a peur/b | haben/a Angst/b | tener/a miedo/b | human animal | | state
"""

_OBJECT = """
see | voir | sehen | ver | human | human animal thing place
hear | entendre | hören | oír | human animal | human animal
find | trouver | finden | encontrar | human | animal thing
lose | perdre | verlieren | perder | human | thing
look/a for/b | chercher/ab | suchen/ab | buscar/ab | human | human animal thing place | act
look/a at/b | regarder/ab | an/b+sehen | mirar/ab | human | human animal dyed | act
listen/a to/b | écouter/ab | zu/b+hören =dat | escuchar/ab | human | human | act
wait/a for/b | attendre/ab | warten/a =auf/b | esperar/ab | human | human
call | appeler | an+rufen | llamar | human | human | act
help | aider | helfen =dat | ayudar | human | human | act
thank/ab | remercier/ab | danken/ab =dat | dar/a las/b gracias/b =dat | human | human | act
visit | rendre visite =dat | besuchen | visitar | human | human | act
follow | suivre | folgen =dat | seguir | human animal | human animal | act
love | aimer | lieben | amar | human | human animal | state
know | connaître | kennen | conocer | human | human place | state
greet | saluer | begrüßen | saludar | human | human | act
kiss | embrasser | küssen | besar | human | human
understand | comprendre | verstehen | entender | human | human text
invite | inviter | ein+laden | invitar | human | human | act
forget | oublier | vergessen | olvidar | human | human thing
hit | frapper | schlagen | golpear | human | human | common
hit/a {} with/b a/c pie/d | entarter/abcd | bewerfen/a mit/b einer/c Torte/d \
| dar/a un/c tartazo/bd =dat | human | human | ours act
think/a of/b | penser/a =à/b | denken/a =an/b | pensar/a =en/b | human | human thing place
take/a care/a of/b | s' occuper/a =de/b | sich kümmern/a =um/b | cuidar/ab | human | human animal | act
have | avoir | haben | tener =plain | human | animal thing | state
need | avoir besoin =de | brauchen | necesitar =plain | human | thing | state
eat | manger | essen | comer | human animal | food | act common
drink | boire | trinken | beber | human | drink | act common
read | lire | lesen | leer | human | text | act common
write | écrire | schreiben | escribir | human | written | act
buy | acheter | kaufen | comprar =plain | human | thing food animal | act common
sell | vendre | verkaufen | vender =plain | human | thing food animal | act
steal | voler | stehlen | robar =plain | human | thing food
choose | choisir | wählen | elegir =plain | human | thing baked | act
hide | cacher | verstecken | esconder | human | thing | act
carry | porter | tragen | llevar | human | thing | act
break | casser | zerbrechen | romper | human | fragile
open | ouvrir | auf+machen | abrir | human | lid | act
close | fermer | zu+machen | cerrar | human | lid | act
turn/a ~on/b {} | allumer/ab | ein/b+schalten | encender/ab | human | machine | act
turn/a ~off/b {} | éteindre/ab | aus/b+schalten | apagar/ab | human | machine | act
put/a ~on/b {} | mettre/ab | an/b+ziehen | ponerse/ab | human | clothes | act
throw/a ~away/b {} | jeter/ab | weg/b+werfen | tirar/ab | human | thing | act
clean | nettoyer | putzen | limpiar | human | tidy | act
wash | laver | waschen | lavar | human | animal clothes vehicle | act
repair | réparer | reparieren | reparar | human | machine vehicle | act
draw | dessiner | zeichnen | dibujar =plain | human | animal thing place | act
paint | peindre | malen | pintar =plain | human | animal place | act
"""

_RECEIVER = """
give | donner | geben | dar | human | thing food | act
show | montrer | zeigen | mostrar =plain | human | thing place | act
send | envoyer | schicken | enviar | human | thing | act
bring | apporter | bringen | traer | human | thing food | act
lend | prêter | leihen | prestar | human | thing | act
"""

_GOAL = """
go | aller | gehen | ir | human animal | | act common
come | venir | kommen | venir | human animal | | act
run | courir | rennen | correr | human animal | | act
"""

_THAT = """
say | dire | sagen | decir | human | | state
think | penser | denken | pensar | human | | state
know | savoir | wissen | saber | human | | state
believe | croire | glauben | creer | human | | state
"""

_OTHER = """
like | like | aimer | mögen | gustar | human | food drink animal text place | state
be | be | être | sein | ser | | | state
at | be | être | sein | estar | human animal thing | | state
exist | be | avoir | geben | haber | | animal thing human food | state
weather | rain | pleuvoir | regnen | llover
weather | snow | neiger | schneien | nevar
"""
"""These begin with their frame."""

PAST_AS_PRESENT = frozenset({"hit", "put", "read"})
"""English verbs whose past is written as their bare form: *I read* alone would be two tenses."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A verb in one language: the verb itself (one word, two for a separable German one), the words that
    stay with it, how its object is attached ("" directly, "dat", "plain" or a preposition) and the
    preposition's bits."""

    head: str
    slots: int
    rest: Parts = ()
    reflexive: bool = False
    particle: str = ""
    particle_slots: int = 0
    case: str = ""
    case_slots: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Verb:
    """A concept; ``frame`` is one of alone, object, receiver, goal, that, like, be, at, exist, weather."""

    name: str
    frame: str
    en: Entry
    fr: Entry
    de: Entry
    es: Entry
    subjects: frozenset[str]
    objects: frozenset[str]
    flags: frozenset[str]

    @property
    def state(self) -> bool:
        return "state" in self.flags

    @property
    def direct(self) -> bool:
        """Whether every language has a bare object that a relative pronoun can stand for."""
        cases = (self.fr.case, self.es.case, self.de.case.replace("dat", ""))
        return self.frame == "object" and all(case in ("", "plain") for case in cases)


def _entry(text: str) -> Entry:
    case = ""
    case_slots = 0
    particle = ""
    particle_slots = 0
    reflexive = text.startswith(("se ", "s' ", "sich "))
    words = text.split()
    if reflexive:
        words = words[1:]
    if words[-1].startswith("="):
        ((case, case_slots),) = parts(words.pop()[1:])
    if "+" in words[0]:
        before, words[0] = words[0].split("+")
        ((particle, particle_slots),) = parts(before)
    (head, slots), *rest = parts(" ".join(words))
    if head.endswith("rse"):
        head, reflexive = head[:-2], True
    return Entry(head, slots, tuple(rest), reflexive, particle, particle_slots, case, case_slots)


def _read(frame: str, row: str) -> Verb:
    en, fr, de, es, *more = (cell.strip() for cell in row.split("|"))
    subjects, objects, flags = (frozenset(cell.split()) for cell in (*more, "", "", "")[:3])
    english = _entry(en)
    name = " ".join(word.split("/")[0] for word in en.replace("~", "").replace("{}", "_").split())
    return Verb(name, frame, english, _entry(fr), _entry(de), _entry(es), subjects, objects, flags)


def _rows(frame: str, text: str) -> list[Verb]:
    return [_read(frame, row) for row in text.replace("\\\n", "").split("\n") if row]


def _verbs() -> dict[tuple[str, str], Verb]:
    found = _rows("alone", _ALONE) + _rows("object", _OBJECT) + _rows("receiver", _RECEIVER)
    found += _rows("goal", _GOAL) + _rows("that", _THAT)
    for row in filter(None, _OTHER.split("\n")):
        frame, _, rest = row.partition("|")
        found.append(_read(frame.strip(), rest))
    return {(verb.frame, verb.name): verb for verb in found}


VERBS: dict[tuple[str, str], Verb] = _verbs()
"""By frame and English name: ``VERBS["object", "hit _ with a pie"]``."""
