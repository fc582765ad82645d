"""The nouns: one row a concept, in four languages.

English one and many | French gender, one, many | German gender, one, many, genitive | Spanish gender, one,
many | kinds | the forms for a woman (French, German, Spanish), for trades.

``_`` stands for a space inside a form, ``/`` for the parts a word carries (`word.py`), ``-`` for no plural
(a substance). German: ``+`` marks a weak noun (*der Junge, den Jungen*), and a genitive is written where it
differs. Spanish ``f!``: feminine, but *el* and *un* in the singular (*el agua*).
"""

from __future__ import annotations

from dataclasses import dataclass

from entarte.grammar.word import Parts, parts

_ROWS = """
man men | m homme hommes | m Mann Männer Mannes | m hombre hombres | human
woman women | f femme femmes | f Frau Frauen | f mujer mujeres | human female
boy boys | m garçon garçons | m Junge Jungen + | m chico chicos | human
girl girls | f fille filles | n Mädchen Mädchen Mädchens | f chica chicas | human female
child children | m enfant enfants | n Kind Kinder Kindes | m niño niños | human
king kings | m roi rois | m König Könige Königs | m rey reyes | human
queen queens | f reine reines | f Königin Königinnen | f reina reinas | human female
teacher teachers | m professeur professeurs | m Lehrer Lehrer Lehrers | m profesor profesores | human job \
| professeure professeures | Lehrerin Lehrerinnen | profesora profesoras
doctor doctors | m médecin médecins | m Arzt Ärzte Arztes | m médico médicos | human job \
| médecin médecins | Ärztin Ärztinnen | médica médicas
baker bakers | m boulanger boulangers | m Bäcker Bäcker Bäckers | m panadero panaderos | human job \
| boulangère boulangères | Bäckerin Bäckerinnen | panadera panaderas
farmer farmers | m agriculteur agriculteurs | m Bauer Bauern + | m agricultor agricultores | human job \
| agricultrice agricultrices | Bäuerin Bäuerinnen | agricultora agricultoras
singer singers | m chanteur chanteurs | m Sänger Sänger Sängers | m cantante cantantes | human job \
| chanteuse chanteuses | Sängerin Sängerinnen | cantante cantantes
student students | m étudiant étudiants | m Student Studenten + | m estudiante estudiantes | human job \
| étudiante étudiantes | Studentin Studentinnen | estudiante estudiantes
police/b_officer police/b_officers | m policier/ab policiers/ab | m Polizist/ab Polizisten/ab + \
| m policía/ab policías/ab | human job \
| policière/ab policières/ab | Polizistin/ab Polizistinnen/ab | policía/ab policías/ab
neighbour neighbours | m voisin voisins | m Nachbar Nachbarn + | m vecino vecinos | human
friend friends | m ami amis | m Freund Freunde Freundes | m amigo amigos | human
mother mothers | f mère mères | f Mutter Mütter | f madre madres | human female family
father fathers | m père pères | m Vater Väter Vaters | m padre padres | human family
brother brothers | m frère frères | m Bruder Brüder Bruders | m hermano hermanos | human family
sister sisters | f sœur sœurs | f Schwester Schwestern | f hermana hermanas | human female family
grandmother grandmothers | f grand-mère grands-mères | f Großmutter Großmütter | f abuela abuelas \
| human female family
grandfather grandfathers | m grand-père grands-pères | m Großvater Großväter Großvaters | m abuelo abuelos \
| human family
uncle uncles | m oncle oncles | m Onkel Onkel Onkels | m tío tíos | human family
aunt aunts | f tante tantes | f Tante Tanten | f tía tías | human female family

dog dogs | m chien chiens | m Hund Hunde Hundes | m perro perros | animal
cat cats | m chat chats | f Katze Katzen | m gato gatos | animal
bird birds | m oiseau oiseaux | m Vogel Vögel Vogels | m pájaro pájaros | animal
horse horses | m cheval chevaux | n Pferd Pferde Pferdes | m caballo caballos | animal
cow cows | f vache vaches | f Kuh Kühe | f vaca vacas | animal
mouse mice | f souris souris | f Maus Mäuse | m ratón ratones | animal
lion lions | m lion lions | m Löwe Löwen + | m león leones | animal
bear bears | m ours ours | m Bär Bären + | m oso osos | animal
rabbit rabbits | m lapin lapins | n Kaninchen Kaninchen Kaninchens | m conejo conejos | animal
elephant elephants | m éléphant éléphants | m Elefant Elefanten + | m elefante elefantes | animal
eagle eagles | m aigle aigles | m Adler Adler Adlers | f! águila águilas | animal

apple apples | f pomme pommes | m Apfel Äpfel Apfels | f manzana manzanas | food fruit fresh
pear pears | f poire poires | f Birne Birnen | f pera peras | food fruit fresh
cherry cherries | f cerise cerises | f Kirsche Kirschen | f cereza cerezas | food fruit fresh
strawberry strawberries | f fraise fraises | f Erdbeere Erdbeeren | f fresa fresas | food fruit fresh
potato potatoes | f pomme_de_terre pommes_de_terre | f Kartoffel Kartoffeln | f patata patatas | food
tomato tomatoes | f tomate tomates | f Tomate Tomaten | m tomate tomates | food fresh
carrot carrots | f carotte carottes | f Karotte Karotten | f zanahoria zanahorias | food fresh
mushroom mushrooms | m champignon champignons | m Pilz Pilze Pilzes | m champiñón champiñones | food fresh
egg eggs | m œuf œufs | n Ei Eier Eies | m huevo huevos | food fresh
cake cakes | m gâteau gâteaux | m Kuchen Kuchen Kuchens | m pastel pasteles | food baked fresh
pie pies | f tarte tartes | f Torte Torten | f tarta tartas | food baked
bread - | m pain - | n Brot - Brotes | m pan - | food substance slice fresh
cheese - | m fromage - | m Käse - Käses | m queso - | food substance slice
meat - | f viande - | n Fleisch - Fleisches | f carne - | food substance slice fresh
butter - | m beurre - | f Butter - | f mantequilla - | food substance fresh
rice - | m riz - | m Reis - Reises | m arroz - | food substance
chocolate - | m chocolat - | f Schokolade - | m chocolate - | food substance slice
soup - | f soupe - | f Suppe - | f sopa - | food substance liquid
ice/b_cream - | f glace/ab - | n Eis/ab - Eises/ab | m helado/ab - | food substance
water - | f eau - | n Wasser - Wassers | f! agua - | drink substance liquid
milk - | m lait - | f Milch - | f leche - | drink substance liquid fresh
wine - | m vin - | m Wein - Weines | m vino - | drink substance
beer - | f bière - | n Bier - Bieres | f cerveza - | drink substance
coffee - | m café - | m Kaffee - Kaffees | m café - | drink substance liquid
tea - | m thé - | m Tee - Tees | m té - | drink substance liquid
apple/b_juice - | m jus_de/b_pomme/b - | m Apfelsaft/ab - Apfelsaftes/ab | m zumo_de/b_manzana/b - \
| drink substance
glass glasses | m verre verres | n Glas Gläser Glases | m vaso vasos | measure thing tidy fragile
cup cups | f tasse tasses | f Tasse Tassen | f taza tazas | measure thing fragile tidy
bottle bottles | f bouteille bouteilles | f Flasche Flaschen | f botella botellas | measure thing tidy fragile
piece pieces | m morceau morceaux | n Stück Stücke Stücks | m trozo trozos | measure

book books | m livre livres | n Buch Bücher Buches | m libro libros | text thing written
letter letters | f lettre lettres | m Brief Briefe Briefes | f carta cartas | text thing written
newspaper newspapers | m journal journaux | f Zeitung Zeitungen | m periódico periódicos | text thing
poem poems | m poème poèmes | n Gedicht Gedichte Gedichtes | m poema poemas | text written
key keys | f clé clés | m Schlüssel Schlüssel Schlüssels | f llave llaves | thing
hat hats | m chapeau chapeaux | m Hut Hüte Hutes | m sombrero sombreros | thing dyed tidy
coat coats | m manteau manteaux | m Mantel Mäntel Mantels | m abrigo abrigos | thing clothes dyed tidy
shirt shirts | f chemise chemises | n Hemd Hemden Hemdes | f camisa camisas | thing clothes dyed tidy
jacket jackets | f veste vestes | f Jacke Jacken | f chaqueta chaquetas | thing clothes dyed tidy
shoe shoes | f chaussure chaussures | m Schuh Schuhe Schuhs | m zapato zapatos | thing dyed tidy
ball balls | m ballon ballons | m Ball Bälle Balles | f pelota pelotas | thing dyed
chair chairs | f chaise chaises | m Stuhl Stühle Stuhls | f silla sillas | thing dyed fragile tidy
table tables | f table tables | m Tisch Tische Tisches | f mesa mesas | thing dyed roof tidy
bed beds | m lit lits | n Bett Betten Bettes | f cama camas | thing roof
lamp lamps | f lampe lampes | f Lampe Lampen | f lámpara lámparas | thing dyed machine fragile
radio radios | f radio radios | n Radio Radios Radios | f radio radios | thing machine
computer computers | m ordinateur ordinateurs | m Computer Computer Computers | m ordenador ordenadores \
| thing machine
washing/b_machine washing/b_machines | f machine_à/b_laver/b machines_à/b_laver/b \
| f Waschmaschine/ab Waschmaschinen/ab | f lavadora/ab lavadoras/ab | thing machine
light/b_bulb light/b_bulbs | f ampoule/ab ampoules/ab | f Glühbirne/ab Glühbirnen/ab \
| f bombilla/ab bombillas/ab | thing machine fragile
toothbrush toothbrushes | f brosse_à_dents brosses_à_dents | f Zahnbürste Zahnbürsten \
| m cepillo_de_dientes cepillos_de_dientes | thing dyed
train/b_ticket train/b_tickets | m billet_de/b_train/b billets_de/b_train/b | f Fahrkarte/ab Fahrkarten/ab \
| m billete_de/b_tren/b billetes_de/b_tren/b | thing
umbrella umbrellas | m parapluie parapluies | m Regenschirm Regenschirme Regenschirms \
| m paraguas paraguas | thing dyed fragile
box boxes | f boîte boîtes | f Kiste Kisten | f caja cajas | thing dyed lid tidy
suitcase suitcases | f valise valises | m Koffer Koffer Koffers | f maleta maletas | thing dyed lid tidy
door doors | f porte portes | f Tür Türen | f puerta puertas | dyed lid screen
window windows | f fenêtre fenêtres | n Fenster Fenster Fensters | f ventana ventanas | lid fragile tidy
gift gifts | m cadeau cadeaux | n Geschenk Geschenke Geschenkes | m regalo regalos | thing
painting paintings | m tableau tableaux | n Gemälde Gemälde Gemäldes | m cuadro cuadros | thing
flower flowers | f fleur fleurs | f Blume Blumen | f flor flores | thing dyed
sunflower sunflowers | m tournesol tournesols | f Sonnenblume Sonnenblumen | m girasol girasoles | thing
tree trees | m arbre arbres | m Baum Bäume Baumes | m árbol árboles | roof screen
knife knives | m couteau couteaux | n Messer Messer Messers | m cuchillo cuchillos | thing tidy
bicycle bicycles | m vélo vélos | n Fahrrad Fahrräder Fahrrads | f bicicleta bicicletas | thing dyed vehicle tidy
car cars | f voiture voitures | n Auto Autos Autos | m coche coches | thing dyed vehicle screen tidy
boat boats | m bateau bateaux | n Boot Boote Bootes | m barco barcos | thing dyed vehicle tidy

house houses | f maison maisons | n Haus Häuser Hauses | f casa casas | place goal dyed tidy
garden gardens | m jardin jardins | m Garten Gärten Gartens | m jardín jardines | place goal
park parks | m parc parcs | m Park Parks Parks | m parque parques | place goal
school schools | f école écoles | f Schule Schulen | f escuela escuelas | place goal
kitchen kitchens | f cuisine cuisines | f Küche Küchen | f cocina cocinas | place goal tidy
church churches | f église églises | f Kirche Kirchen | f iglesia iglesias | place goal
museum museums | m musée musées | n Museum Museen Museums | m museo museos | place goal
forest forests | f forêt forêts | m Wald Wälder Waldes | m bosque bosques | place
hospital hospitals | m hôpital hôpitaux | n Krankenhaus Krankenhäuser Krankenhauses \
| m hospital hospitales | place goal
library libraries | f bibliothèque bibliothèques | f Bibliothek Bibliotheken | f biblioteca bibliotecas | place goal
castle castles | m château châteaux | n Schloss Schlösser Schlosses | m castillo castillos | place goal
hotel hotels | m hôtel hôtels | n Hotel Hotels Hotels | m hotel hoteles | place goal
restaurant restaurants | m restaurant restaurants | n Restaurant Restaurants Restaurants \
| m restaurante restaurantes | place goal
village villages | m village villages | n Dorf Dörfer Dorfes | m pueblo pueblos | place goal
railway/b_station railway/b_stations | f gare/ab gares/ab | m Bahnhof/ab Bahnhöfe/ab Bahnhofs/ab \
| f estación/ab estaciones/ab | place goal
swimming/b_pool swimming/b_pools | f piscine/ab piscines/ab | n Schwimmbad/ab Schwimmbäder/ab Schwimmbads/ab \
| f piscina/ab piscinas/ab | place goal
town/b_hall town/b_halls | f mairie/ab mairies/ab | n Rathaus/ab Rathäuser/ab Rathauses/ab \
| m ayuntamiento/ab ayuntamientos/ab | place goal
market markets | m marché marchés | m Markt Märkte Marktes | m mercado mercados | goal
bakery bakeries | f boulangerie boulangeries | f Bäckerei Bäckereien | f panadería panaderías | place goal
"""


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """A noun in one language: gender m, f or n; one and many; German genitive and weakness."""

    gender: str
    one: Parts
    many: Parts
    genitive: Parts = ()
    weak: bool = False
    odd: bool = False

    def number(self, plural: bool) -> Parts:
        return self.many if plural else self.one


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """A concept with its forms. ``kinds`` says what may be done with it; ``her`` holds a trade's forms
    for women (French, German, Spanish)."""

    name: str
    en: Forms
    fr: Forms
    de: Forms
    es: Forms
    kinds: frozenset[str]
    her: tuple[Forms, Forms, Forms] | None = None

    @property
    def substance(self) -> bool:
        return "substance" in self.kinds


def _form(text: str) -> Parts:
    return () if text == "-" else parts(text.replace("_", " "))


def _forms(cell: str, gender: str = "") -> Forms:
    words = cell.split()
    if not gender:
        gender = words.pop(0)
    one, many, *more = words
    weak = more == ["+"]
    genitive = _form(many) if weak else _form(more[0]) if more else _form(one)
    return Forms(gender[0], _form(one), _form(many), genitive, weak, gender.endswith("!"))


def _read(row: str) -> Noun:
    en, fr, de, es, kinds, *her = (cell.strip() for cell in row.split("|"))
    trade = (_forms(her[0], "f"), _forms(her[1], "f"), _forms(her[2], "f")) if her else None
    english = _forms(en, "n")
    return Noun(
        " ".join(text for text, _ in english.one),
        english,
        _forms(fr),
        _forms(de),
        _forms(es),
        frozenset(kinds.split()),
        trade,
    )


NOUNS: dict[str, Noun] = {noun.name: noun for noun in map(_read, filter(None, _ROWS.split("\n")))}
"""By English singular."""
