"""Sentences whose translations were written down by people, in three languages, some with their links."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from entarte.grammar import LANGUAGES, pair
from entarte.grammar.tree import Sentence

from .trees import (
    ask,
    be,
    do,
    job,
    join,
    like,
    name,
    noun,
    nouns,
    oclock,
    owned,
    place,
    several,
    than,
    that,
    then,
    under,
    which,
    who,
)

PIE = "hit _ with a pie"


@dataclass
class Case:
    tree: Sentence
    en: str
    fr: str
    de: str
    es: str
    links: dict[str, str] = field(default_factory=dict)


soup = noun("soup", "this")

CASES = [
    Case(
        do(who("he"), PIE, who("I"), tense="past"),
        "he hit me with a pie",
        "il m'a entarté",
        "er hat mich mit einer Torte beworfen",
        "me dio un tartazo",
        {
            "fr": "0-0 1-1 1-2 2-1 3-2 4-2 5-2",
            "de": "0-0 1-1 1-6 2-2 3-3 4-4 5-5",
            "es": "0-1 1-1 2-0 3-3 4-2 5-3",
        },
    ),
    Case(
        do(who("they"), PIE, noun("teacher", "our", "old"), tense="future", time="tomorrow"),
        "they will hit our old teacher with a pie tomorrow",
        "ils entarteront notre vieux professeur demain",
        "sie werden morgen unseren alten Lehrer mit einer Torte bewerfen",
        "le darán un tartazo a nuestro profesor viejo mañana",
        {"fr": "0-0 1-1 2-1 3-2 4-3 5-4 6-1 7-1 8-1 9-5"},
    ),
    Case(
        be(noun("mouse", "a", "white"), "small"),
        "a white mouse is small",
        "une souris blanche est petite",
        "eine weiße Maus ist klein",
        "un ratón blanco es pequeño",
        {"fr": "0-0 1-2 2-1 3-3 4-4", "de": "0-0 1-1 2-2 3-3 4-4", "es": "0-0 1-2 2-1 3-3 4-4"},
    ),
    Case(
        do(noun("child", "this"), "eat", noun("apple", "a", "red", "sweet"), negated=True, tense="past"),
        "this child did not eat a red sweet apple",
        "cet enfant n'a pas mangé de pomme sucrée rouge",
        "dieses Kind hat keinen roten süßen Apfel gegessen",
        "este niño no comió una manzana dulce roja",
        {"fr": "0-0 1-1 2-2 3-2 3-3 4-4 5-5 6-8 7-7 8-6", "de": "0-0 1-1 2-2 3-3 4-7 5-3 6-4 7-5 8-6"},
    ),
    Case(
        do(
            noun("man", "the", "old"),
            "give",
            noun("book", "a"),
            frame="receiver",
            receiver=who("she"),
            tense="past",
        ),
        "the old man gave her a book",
        "le vieil homme lui a donné un livre",
        "der alte Mann hat ihr ein Buch gegeben",
        "el hombre viejo le dio un libro",
        {"fr": "0-0 1-1 2-2 3-4 3-5 4-3 5-6 6-7"},
    ),
    Case(
        do(
            who("we"),
            "show",
            nouns("flower", "the", "beautiful", "yellow"),
            frame="receiver",
            receiver=noun("neighbour", "my"),
            tense="future",
        ),
        "we will show the beautiful yellow flowers to my neighbour",
        "nous montrerons les belles fleurs jaunes à mon voisin",
        "wir werden meinem Nachbarn die schönen gelben Blumen zeigen",
        "le mostraremos las flores amarillas hermosas a mi vecino",
        {"es": "0-1 1-1 2-1 3-2 4-5 5-4 6-3 7-6 8-7 9-0 9-8"},
    ),
    Case(
        do(who("she"), "get up", tense="past", time=oclock(7)),
        "she got up at seven o'clock",
        "elle s'est levée à sept heures",
        "sie ist um sieben Uhr aufgestanden",
        "se levantó a las siete",
        {"de": "0-0 1-1 1-5 2-5 3-2 4-3 5-4"},
    ),
    Case(
        do(who("I"), "wake up", negated=True, tense="past"),
        "I did not wake up",
        "je ne me suis pas réveillé",
        "ich bin nicht aufgewacht",
        "no me desperté",
    ),
    Case(
        do(noun("farmer"), "drink", noun("glass", "a", content=noun("water", "bare")), time="every day"),
        "the farmer drinks a glass of water every day",
        "l'agriculteur boit un verre d'eau tous les jours",
        "der Bauer trinkt jeden Tag ein Glas Wasser",
        "el agricultor bebe un vaso de agua todos los días",
        {"fr": "0-0 1-0 2-1 3-2 4-3 5-4 6-4 7-5 7-6 8-7"},
    ),
    Case(
        do(
            who("you"),
            "buy",
            nouns("bottle", "bare", count=21, content=noun("apple juice", "bare")),
            tense="past",
        ),
        "you bought twenty-one bottles of apple juice",
        "tu as acheté vingt et une bouteilles de jus de pomme",
        "du hast einundzwanzig Flaschen Apfelsaft gekauft",
        "compraste veintiuna botellas de zumo de manzana",
        {
            "fr": "0-0 1-1 1-2 2-3 2-4 2-5 3-6 4-7 5-8 5-9 5-10 6-8 6-9 6-10",
            "de": "0-0 1-1 1-5 2-2 3-3 4-4 5-4 6-4",
        },
    ),
    Case(
        like(noun("queen"), nouns("dog", "bare")),
        "the queen likes dogs",
        "la reine aime les chiens",
        "die Königin mag Hunde",
        "a la reina le gustan los perros",
        {"fr": "0-0 1-1 2-2 3-3 3-4", "es": "0-1 1-0 1-2 1-3 2-4 3-5 3-6"},
    ),
    Case(
        do(who("he"), "run", frame="goal", place=place("to", noun("market")), tense="past"),
        "he ran to the market",
        "il a couru au marché",
        "er ist zum Markt gerannt",
        "corrió al mercado",
        {"es": "0-0 1-0 2-1 3-1 4-2"},
    ),
    Case(
        be(noun("house", "their"), than("big", owned(name("Anna"), "garden"))),
        "their house is bigger than Anna's garden",
        "leur maison est plus grande que le jardin d'Anna",
        "ihr Haus ist größer als Annas Garten",
        "su casa es más grande que el jardín de Anna",
        {"fr": "0-0 1-1 2-2 3-3 3-4 4-5 5-6 5-8 6-7"},
    ),
    Case(
        be(who("she"), job("teacher"), negated=True),
        "she is not a teacher",
        "elle n'est pas professeure",
        "sie ist keine Lehrerin",
        "no es profesora",
    ),
    Case(
        then(do(noun("boy"), "find", nouns("key", "bare"), tense="past"), "but", "lose"),
        "the boy found keys but lost them",
        "le garçon a trouvé des clés mais les a perdues",
        "der Junge hat Schlüssel gefunden , aber hat sie verloren",
        "el chico encontró llaves pero las perdió",
    ),
    Case(
        be(which(nouns("letter"), "write", who("she"), tense="past"), "long", tense="past"),
        "the letters that she wrote were long",
        "les lettres qu'elle a écrites étaient longues",
        "die Briefe , die sie geschrieben hat , waren lang",
        "las cartas que escribió eran largas",
        {"de": "0-0 1-1 2-3 3-4 4-5 4-6 5-8 6-9"},
    ),
    Case(
        do(
            which(noun("doctor", "a"), "help", None, nouns("child")),
            "need",
            nouns("lamp", "bare", "new", count=3),
        ),
        "a doctor who helps the children needs three new lamps",
        "un médecin qui aide les enfants a besoin de trois nouvelles lampes",
        "ein Arzt , der den Kindern hilft , braucht drei neue Lampen",
        "un médico que ayuda a los niños necesita tres lámparas nuevas",
    ),
    Case(
        that(who("I"), "believe", do(noun("bird", "your"), "come back", tense="future", time="next week")),
        "I believe that your bird will come back next week",
        "je crois que ton oiseau reviendra la semaine prochaine",
        "ich glaube , dass dein Vogel nächste Woche zurückkommen wird",
        "creo que tu pájaro volverá la próxima semana",
        {"de": "0-0 1-1 2-3 3-4 4-5 5-9 6-8 7-8 8-6 9-7"},
    ),
    Case(
        under(
            "because",
            do(who("we"), "stay", place=place("in", noun("kitchen")), tense="past"),
            do(who("it"), "rain", frame="weather", tense="past"),
            front=True,
        ),
        "because it rained , we stayed in the kitchen",
        "parce qu'il a plu , nous sommes restés dans la cuisine",
        "weil es geregnet hat , sind wir in der Küche geblieben",
        "porque llovió , nos quedamos en la cocina",
    ),
    Case(
        under(
            "when", do(name("Paul"), "leave", tense="past"), do(who("she"), "call", who("he"), tense="past")
        ),
        "Paul left when she called him",
        "Paul est parti quand elle l'a appelé",
        "Paul ist weggegangen , als sie ihn angerufen hat",
        "Paul se fue cuando lo llamó",
    ),
    Case(
        ask(do(noun("uncle", "your"), "turn off _", noun("radio"), modal="can")),
        "can your uncle turn off the radio ?",
        "est-ce que ton oncle peut éteindre la radio ?",
        "kann dein Onkel das Radio ausschalten ?",
        "¿ puede apagar tu tío la radio ?",
        {"fr": "0-0 0-1 0-4 1-2 2-3 3-5 4-5 5-6 6-7 7-8"},
    ),
    Case(
        ask(do(nouns("student"), "work"), "where"),
        "where do the students work ?",
        "où est-ce que les étudiants travaillent ?",
        "wo arbeiten die Studenten ?",
        "¿ dónde trabajan los estudiantes ?",
    ),
    Case(
        ask(do(who("who"), "steal", noun("cheese", "my"), tense="past")),
        "who stole my cheese ?",
        "qui a volé mon fromage ?",
        "wer hat meinen Käse gestohlen ?",
        "¿ quién robó mi queso ?",
    ),
    Case(
        do(noun("elephant"), "be hungry", often="always"),
        "the elephant is always hungry",
        "l'éléphant a toujours faim",
        "der Elefant hat immer Hunger",
        "el elefante siempre tiene hambre",
    ),
    Case(
        be(nouns("cat", "his"), "tired", often="never", tense="future"),
        "his cats will never be tired",
        "ses chats ne seront jamais fatigués",
        "seine Katzen werden nie müde sein",
        "sus gatos nunca estarán cansados",
    ),
    Case(
        do(who("there"), "be", noun("eagle", "a", "old"), frame="exist", place=place("near", noun("forest"))),
        "there is an old eagle near the forest",
        "il y a un vieil aigle près de la forêt",
        "es gibt einen alten Adler in der Nähe des Waldes",
        "hay un águila vieja cerca del bosque",
        {"es": "0-0 1-0 2-1 3-3 4-2 5-4 5-5 6-5 7-6"},
    ),
    Case(
        do(several(noun("king"), noun("queen"), name("Emma")), "take a walk", place=place("in", "Paris")),
        "the king , the queen and Emma take a walk in Paris",
        "le roi , la reine et Emma se promènent à Paris",
        "der König , die Königin und Emma gehen in Paris spazieren",
        "el rey , la reina y Emma dan un paseo en París",
    ),
    Case(
        do(who("you"), "open", noun("door"), modal="must", negated=True),
        "you must not open the door",
        "tu ne dois pas ouvrir la porte",
        "du darfst die Tür nicht aufmachen",
        "no debes abrir la puerta",
    ),
    Case(
        do(who("they"), "wash", noun("car", "his"), modal="want", tense="past", manner="carefully"),
        "they wanted to wash his car carefully",
        "ils voulaient laver prudemment sa voiture",
        "sie wollten sein Auto vorsichtig waschen",
        "querían lavar con cuidado su coche",
    ),
    Case(
        do(who("I"), "see", nouns("man", "all", "friendly"), time="yesterday", tense="past", front=True),
        "yesterday I saw all the friendly men",
        "hier j'ai vu tous les hommes gentils",
        "gestern habe ich alle freundlichen Männer gesehen",
        "ayer vi a todos los hombres amables",
    ),
    Case(
        do(who("you"), "take care of", who("they"), often="never"),
        "you never take care of them",
        "tu ne t'occupes jamais d'eux",
        "du kümmerst dich nie um sie",
        "nunca los cuidas",
        {"fr": "0-0 1-1 1-3 2-2 3-2 4-4 5-4"},
    ),
    Case(
        do(noun("police officer", "every"), "have", nouns("shoe", "many", "black")),
        "every police officer has many black shoes",
        "chaque policier a beaucoup de chaussures noires",
        "jeder Polizist hat viele schwarze Schuhe",
        "cada policía tiene muchos zapatos negros",
    ),
    Case(
        join(be(soup, "cold"), "but", do(noun("friend", "my"), "eat", who("it", soup))),
        "this soup is cold but my friend eats it",
        "cette soupe est froide mais mon ami la mange",
        "diese Suppe ist kalt , aber mein Freund isst sie",
        "esta sopa está fría pero mi amigo la come",
    ),
    Case(
        be(noun("toothbrush", "my"), "cheap"),
        "my toothbrush is cheap",
        "ma brosse à dents est bon marché",
        "meine Zahnbürste ist billig",
        "mi cepillo de dientes es barato",
        {"fr": "0-0 1-1 1-2 1-3 2-4 3-5 3-6", "de": "0-0 1-1 2-2 3-3"},
    ),
]


@pytest.mark.parametrize("to", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.en.replace(" ", "_"))
def test_what_the_grammar_writes(case: Case, to: str) -> None:
    found = pair(case.tree, to)
    assert (found.source, found.target) == (case.en, getattr(case, to))


@pytest.mark.parametrize(
    ("case", "to"),
    [pytest.param(case, to, id=f"{case.en} {to}".replace(" ", "_")) for case in CASES for to in case.links],
)
def test_which_words_are_linked(case: Case, to: str) -> None:
    found = pair(case.tree, to).links
    assert found is not None
    assert " ".join(f"{i}-{j}" for i, j in sorted(found)) == case.links[to]
