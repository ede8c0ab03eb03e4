"""Texts of a mapping that have rules of their own: patterns, date formats, time zones, templates.

Each function gives the text back, or raises ValueError with what was found (what would do).
"""

import re
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from zoneinfo import available_timezones

from importer import templates

DATE = {"day": "d", "month": "mbB", "year": "Yy"}
TIME = {"hour": "HI", "minute": "M", "second": "S", "fraction": "f", "am or pm": "p", "zone": "zZ"}
PARTS = DATE | TIME | {"weekday": "aA"}
DIRECTIVES = {"%", *"".join(PARTS.values())}


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that somebody who wrote `word` most likely meant."""
    by_lower = {candidate.lower(): candidate for candidate in words}
    found = get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """`did you mean email? The kinds are …`: what would do in place of a word that is not one of `words`."""
    meant = nearest(word, words)
    return f"did you mean {meant}? {otherwise[0].upper()}{otherwise[1:]}" if meant else otherwise


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank (write the heading or the text)")
    return text


def template(text: str) -> str:
    if fault := templates.fault(text):
        raise ValueError(f"{text!r}: {fault}")
    return text


def pattern(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a pattern: {error} (such as '[A-Z]{{3}}[0-9]+')") from None
    return text


def date_format(text: str) -> str:
    directives = re.findall(r"%(.?)", text, re.DOTALL)
    if strange := [sign for sign in directives if sign not in DIRECTIVES]:
        raise ValueError(f"{text!r}: %{strange[0]} is no part of a date (such as %d.%m.%Y or %d-%b-%Y %H:%M)")
    if missing := [part for part, signs in DATE.items() if not {*signs} & {*directives}]:
        raise ValueError(f"{text!r} has no {missing[0]} (write it such as %d.%m.%Y or %d-%b-%Y %H:%M)")
    if repeated := [part for part, signs in PARTS.items() if sum(map(directives.count, signs)) > 1]:
        raise ValueError(f"{text!r} has the {repeated[0]} twice (keep one)")
    return text


def time_zone(text: str) -> str:
    zones = available_timezones()
    if text in zones:
        return text
    cities = {zone.rpartition("/")[2].lower(): zone for zone in zones}
    meant = cities.get(text.lower()) or (nearest(text, zones) if len(text) > 4 else None)
    raise ValueError(
        f"{text!r} is not a time zone ({f'did you mean {meant}?' if meant else 'such as Asia/Kolkata'})"
    )
