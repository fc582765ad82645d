"""French conjugation: present, imperfect, future, past participle; the persons je, tu, il, nous, ils."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_IRREGULAR = """
être suis es est sommes sont été ser ét
avoir ai as a avons ont eu aur av
aller vais vas va allons vont allé ir all
venir viens viens vient venons viennent venu viendr
revenir reviens reviens revient revenons reviennent revenu reviendr
dormir dors dors dort dormons dorment dormi dormir
endormir endors endors endort endormons endorment endormi endormir
partir pars pars part partons partent parti partir
courir cours cours court courons courent couru courr
rire ris ris rit rions rient ri rir
sourire souris souris sourit sourions sourient souri sourir
voir vois vois voit voyons voient vu verr
boire bois bois boit buvons boivent bu boir
lire lis lis lit lisons lisent lu lir
écrire écris écris écrit écrivons écrivent écrit écrir
prendre prends prends prend prenons prennent pris prendr
comprendre comprends comprends comprend comprenons comprennent compris comprendr
mettre mets mets met mettons mettent mis mettr
connaître connais connais connaît connaissons connaissent connu connaîtr
savoir sais sais sait savons savent su saur
vouloir veux veux veut voulons veulent voulu voudr
pouvoir peux peux peut pouvons peuvent pu pourr
devoir dois dois doit devons doivent dû devr
dire dis dis dit disons disent dit dir
croire crois crois croit croyons croient cru croir
suivre suis suis suit suivons suivent suivi suivr
ouvrir ouvre ouvres ouvre ouvrons ouvrent ouvert ouvrir
éteindre éteins éteins éteint éteignons éteignent éteint éteindr
peindre peins peins peint peignons peignent peint peindr
asseoir assieds assieds assied asseyons asseyent assis assiér
pleuvoir pleus pleus pleut pleuvons pleuvent plu pleuvr
appeler appelle appelles appelle appelons appellent appelé appeller
jeter jette jettes jette jetons jettent jeté jetter
acheter achète achètes achète achetons achètent acheté achèter
lever lève lèves lève levons lèvent levé lèver
promener promène promènes promène promenons promènent promené promèner
envoyer envoie envoies envoie envoyons envoient envoyé enverr
nettoyer nettoie nettoies nettoie nettoyons nettoient nettoyé nettoier
"""
"""Infinitive, five persons of the present, participle, future stem, and the imperfect stem where the *nous*
form does not give it."""

BY_ETRE = frozenset({"aller", "venir", "revenir", "arriver", "partir", "rester", "tomber"})
"""Verbs whose perfect is with *être*, beside the reflexive ones."""

_FUTURE = ("ai", "as", "a", "ons", "ont")
_IMPERFECT = ("ais", "ais", "ait", "ions", "aient")


class Conjugation(NamedTuple):
    """Five persons each, and the participle."""

    present: tuple[str, ...]
    imperfect: tuple[str, ...]
    future: tuple[str, ...]
    participle: str


def _make(present: list[str], participle: str, future: str, stem: str) -> Conjugation:
    imperfect = [stem + ending for ending in _IMPERFECT]
    if stem.endswith("ge"):
        imperfect[3] = stem[:-1] + "ions"
    return Conjugation(
        tuple(present), tuple(imperfect), tuple(future + ending for ending in _FUTURE), participle
    )


@lru_cache(None)
def conjugate(verb: str) -> Conjugation:
    """
    >>> conjugate("manger").present
    ('mange', 'manges', 'mange', 'mangeons', 'mangent')
    >>> conjugate("choisir").future[2], conjugate("vendre").participle, conjugate("avoir").imperfect[3]
    ('choisira', 'vendu', 'avions')
    """
    if verb in _TABLE:
        *present, participle, future = _TABLE[verb][:7]
        stem = _TABLE[verb][7] if len(_TABLE[verb]) > 7 else present[3][:-3]
        return _make(present, participle, future, stem)
    stem = verb[:-2]
    if verb.endswith("er"):
        soft = stem + "e" if stem.endswith("g") else stem
        present = [stem + "e", stem + "es", stem + "e", soft + "ons", stem + "ent"]
        return _make(present, stem + "é", verb, soft)
    if verb.endswith("ir"):
        present = [stem + ending for ending in ("is", "is", "it", "issons", "issent")]
        return _make(present, stem + "i", verb, stem + "iss")
    present = [stem + ending for ending in ("s", "s", "", "ons", "ent")]
    return _make(present, stem + "u", verb[:-1], stem)


_TABLE = {row.split()[0]: row.split()[1:] for row in _IRREGULAR.split("\n") if row}


def agree(participle: str, feminine: bool, plural: bool) -> str:
    """
    >>> agree("vu", True, True), agree("assis", False, True)
    ('vues', 'assis')
    """
    form = participle + "e" if feminine else participle
    return form + "s" if plural and not form.endswith("s") else form
