"""Phone numbers: the only module that knows phonenumbers."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType, ValidationResult

from importer.cell_text import Bad, quoted

_ROUNDED = re.compile(r"\+?\d+(?:[.,]\d+)?[eE]\+?\d+")
_WITH_DECIMALS = re.compile(r"\+?\d{6,}\.0+")
_LENGTHS = {
    ValidationResult.TOO_SHORT: ("PHONE-SHORT", "has too few digits for a phone number"),
    ValidationResult.TOO_LONG: ("PHONE-LONG", "has too many digits for one phone number"),
}

_MEANT = {"UK": "GB"}
_GAPS = str.maketrans("", "", " -")
_LIKE_A_PHONE = re.compile(r"[+\uff0b(]*\d[\d\s()./\u2010-\u2015-]*")
_AS_SENT = re.compile(r"\+([0-9]{1,3})-([0-9]{4,14})")
_PLAIN_PREFIXES = {None, "0", "1", "8"}


def known_region(text: str) -> str:
    """The text itself, a country's two capital letters; raises ValueError where there is no such country."""
    if text in phonenumbers.SUPPORTED_REGIONS:
        return text
    meant = _MEANT.get(text.upper(), text.upper())
    advice = f"did you mean {meant}?" if meant in phonenumbers.SUPPORTED_REGIONS else "such as IN, AE or US"
    raise ValueError(f"{text!r} is not a country's two capital letters ({advice})")


def phone_reader(region: str | None) -> Callable[[str], str]:
    """What turns a phone number as people type it into `+91-9876543210`.

    region: the country of numbers without a country code, such as `IN`; None takes only those with one.
    Raises ValueError for a country that does not exist.
    """
    region = region and known_region(region)
    such_as = _example(region)
    country_code, usual = _usual(region)

    def phone(cell: str) -> str:
        text = cell.strip()
        bare = text.translate(_GAPS)
        for pattern in usual:
            if match := pattern.fullmatch(bare):
                return f"+{country_code}-{match[1]}"
        if trouble := _damaged(text) or _wordy(text):
            raise Bad(trouble[0], f"{quoted(cell)} {trouble[1]}")
        if region is None and not text.startswith(("+", "\uff0b")):
            raise Bad(
                "PHONE-COUNTRY",
                f"{quoted(cell)} has no country code (write it such as {such_as},"
                " or give this phone a region: in the mapping, such as IN)",
            )
        return _sent(_parsed(text, region, such_as))

    return phone


ALL_REGIONS = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
"""Every country that has phone numbers of its own."""


def phone_spellings(text: str, regions: Iterable[str]) -> frozenset[str]:
    """The number as it is sent, and as a column of plain text may have it; nothing where it is none.

    regions: the countries that it may be of where it has no country code.
    """
    found = _meant(text, regions)
    spellings = found | ({re.sub(r"\D", "", text)} if found else set())
    for sent in found:
        code, number = sent.split("-")
        spellings |= {number, f"0{number}", f"{code}{number}", f"{code[1:]}{number}", f"{code} {number}"}
    return frozenset(spellings)


def phone_digits(text: str, regions: Iterable[str] = ()) -> frozenset[str]:
    """What two spellings of a number share: its digits, and those without its country code.

    regions: as in `phone_spellings`. Nothing for a text that does not look like a phone number.
    """
    if sent := _AS_SENT.fullmatch(text):
        return frozenset({sent[2], sent[1] + sent[2]})
    if not _LIKE_A_PHONE.fullmatch(text.strip()):
        return frozenset()
    digits = phonenumbers.normalize_digits_only(text).lstrip("0")
    if not 7 <= len(digits) <= 15:
        return frozenset()
    meant = (sent.split("-") for sent in _meant(text, regions))
    return frozenset({digits}.union(*((number, f"{code[1:]}{number}") for code, number in meant)))


def _meant(text: str, regions: Iterable[str]) -> set[str]:
    """The numbers, as they are sent, that the text may mean; a country code may lack its plus."""
    digits = phonenumbers.normalize_digits_only(text).removeprefix("00")
    found: set[str] = set()
    for region, typed in ((None, text), (None, f"+{digits}"), *((region, text) for region in regions)):
        with suppress(Bad):
            found.add(phone_reader(region)(typed))
    return found


def is_mobile(sent: str) -> bool:
    """Whether the number, as `phone_reader` gives it, may be that of a mobile phone."""
    return phonenumbers.number_type(phonenumbers.parse(sent)) in _MOBILE


_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _example(region: str | None) -> str:
    number = region and phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    return _sent(number) if number else "+91-9876543210"


def _usual(region: str | None) -> tuple[int | None, list[re.Pattern[str]]]:
    """The region's country code, and its numbers with or without it: a short way, ten times as fast.

    Mobile and fixed lines, these also after the zero that is dialled within the country. Matches nothing in
    countries where the library does more with a number than to cut off a prefix, and no fixed line whose
    first digits may be the country code without its plus, or what no number of the country begins with.
    """
    country = PhoneMetadata.metadata_for_region(region) if region else None
    if country is None or country.national_prefix_for_parsing not in _PLAIN_PREFIXES:
        return None, []
    code = country.country_code
    zero = "0|" if country.national_prefix_for_parsing == "0" else ""
    ways = ((country.mobile, rf"(?:\+{code})?"), (country.fixed_line, rf"(?:\+{code}|{zero}(?!{code}))"))
    numbers = ((before, kind.national_number_pattern) for kind, before in ways if kind)
    any_number = country.general_desc.national_number_pattern if country.general_desc else ".*"
    patterns = (f"{before}(?=(?:{any_number})$)({number})" for before, number in numbers if number)
    return code, [re.compile(pattern, re.ASCII) for pattern in patterns]


def _damaged(text: str) -> tuple[str, str] | None:
    if _ROUNDED.fullmatch(text):
        return "PHONE-ROUNDED", (
            "is a phone number that Excel shortened, its last digits are gone"
            " (format the column as Text and type the number again)"
        )
    if _WITH_DECIMALS.fullmatch(text):
        return "PHONE-DECIMALS", (
            "is a phone number with decimals"
            " (format the column as Text, or as Number with 0 decimals, and save)"
        )
    return None


def _wordy(text: str) -> tuple[str, str] | None:
    # phonenumbers would dial letters (1800-FLOWERS) and take a second number for an extension.
    if any(map(str.isalpha, text)) or any(mark in text for mark in "#,;"):
        return "PHONE-UNREADABLE", "is not only a phone number (write one number, without words or extension)"
    return None


def _parsed(text: str, region: str | None, such_as: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        code, trouble = _UNPARSED.get(error.error_type, _UNREADABLE)
        raise Bad(code, f"{quoted(text)} {trouble}, such as {such_as}") from None
    if phonenumbers.is_valid_number(number) and not number.extension:
        return number
    length = phonenumbers.is_possible_number_with_reason(number)
    code, trouble = _LENGTHS.get(length, ("PHONE-INVALID", "is not a phone number that exists"))
    raise Bad(code, f"{quoted(text)} {trouble}, such as {such_as}")


_UNREADABLE = ("PHONE-UNREADABLE", "is not a phone number")
_UNPARSED = {
    NumberParseException.INVALID_COUNTRY_CODE: ("PHONE-COUNTRY", "has no country code that exists"),
    NumberParseException.TOO_SHORT_AFTER_IDD: _LENGTHS[ValidationResult.TOO_SHORT],
    NumberParseException.TOO_SHORT_NSN: _LENGTHS[ValidationResult.TOO_SHORT],
    NumberParseException.TOO_LONG: _LENGTHS[ValidationResult.TOO_LONG],
}


def _sent(number: phonenumbers.PhoneNumber) -> str:
    return f"+{number.country_code}-{phonenumbers.national_significant_number(number)}"
