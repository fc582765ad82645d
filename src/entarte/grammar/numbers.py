"""Numerals written out, 2 to 99, as they stand before a noun.

Each function gives the words of one numeral, in order. Gender matters where a language inflects its *one*:
*vingt et une pommes*, *veintiún libros*, *treinta y una casas*.
"""

from __future__ import annotations

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_ENGLISH_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
).split()
_FRENCH_TENS = "- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
).split()
_GERMAN_TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_SPANISH = (
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
).split()
_SPANISH_TENS = "- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()


def english(count: int) -> list[str]:
    """
    >>> [english(count) for count in (7, 40, 21)]
    [['seven'], ['forty'], ['twenty-one']]
    """
    if count < 20:
        return [_ENGLISH[count]]
    ten, one = divmod(count, 10)
    return [_ENGLISH_TENS[ten] + (f"-{_ENGLISH[one]}" if one else "")]


def french(count: int, feminine: bool = False) -> list[str]:
    """
    >>> [" ".join(french(count)) for count in (17, 21, 71, 80, 81)]
    ['dix-sept', 'vingt et un', 'soixante et onze', 'quatre-vingts', 'quatre-vingt-un']
    >>> " ".join(french(41, feminine=True))
    'quarante et une'
    """
    if count < 20:
        return [_FRENCH[count] + ("e" if feminine and count == 1 else "")]
    ten, one = divmod(count, 10)
    if ten in (7, 9):
        one += 10
    tens = _FRENCH_TENS[ten]
    if one == 0:
        return [tens + ("s" if ten == 8 else "")]
    unit = _FRENCH[one] + ("e" if feminine and one == 1 else "")
    if one in (1, 11) and ten < 8:
        return [tens, "et", unit]
    return [f"{tens}-{unit}"]


def german(count: int) -> list[str]:
    """
    >>> [german(count) for count in (12, 21, 30, 76)]
    [['zwölf'], ['einundzwanzig'], ['dreißig'], ['sechsundsiebzig']]
    """
    if count < 20:
        return [_GERMAN[count]]
    ten, one = divmod(count, 10)
    return [(f"{_GERMAN[one]}und" if one else "") + _GERMAN_TENS[ten]]


def spanish(count: int, feminine: bool = False) -> list[str]:
    """
    >>> [" ".join(spanish(count)) for count in (16, 21, 30, 31, 55)]
    ['dieciséis', 'veintiún', 'treinta', 'treinta y un', 'cincuenta y cinco']
    >>> [" ".join(spanish(count, feminine=True)) for count in (21, 61)]
    ['veintiuna', 'sesenta y una']
    """
    ten, one = divmod(count, 10)
    if count < 30:
        words = [_SPANISH[count]]
    else:
        words = [_SPANISH_TENS[ten], *(["y", _SPANISH[one]] if one else [])]
    if feminine and one == 1 and ten != 1:
        words[-1] = words[-1].replace("iún", "iuna") if ten == 2 else "una"
    return words
