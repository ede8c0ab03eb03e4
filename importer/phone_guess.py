"""Whether a column holds phone numbers, and of which country those without a country code are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importer.cell_text import Bad
from importer.phones import is_mobile, phone_reader

# Of equals the first.
_REGIONS = ("IN", "AE", "US", "GB", "SG", "AU", "SA", "MY", "ZA", "PH", "ID", "LK", "NP", "BD", "KE", "NG")
_LOOKED_AT = 200
_HEADED = re.compile(r"phone|mobile|\bmob\b|\bcell|\btel\b|telephone|whats ?app|contact\s*(no|num|#)", re.I)
_HEADED_OTHERWISE = re.compile(
    r"\b(id|code|no|num|number|ref|reference|account|a/c|pin|zip|amount|fee|price|value|salary|income)\b",
    re.I,
)
_SHAPED = re.compile(r"(?:\+|00)?[\d\s().\-/]{7,24}")
_SHORTENED = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d+|\d{6,}\.0+")
_MOSTLY, _NEARLY_ALL = 0.6, 0.95


@dataclass(frozen=True, slots=True)
class Phones:
    """The country of the numbers without a country code, "" where it cannot be told.

    as_likely: other countries in which as many of them exist.
    """

    region: str = ""
    as_likely: tuple[str, ...] = ()


def guess_phones(heading: str, texts: Sequence[str]) -> Phones | None:
    """None where most of the texts are no phone numbers."""
    texts = texts[:: 1 + len(texts) // _LOOKED_AT]
    shaped = [text for text in texts if _is_shaped(text)]
    shortened = [text for text in texts if _SHORTENED.fullmatch(text)]
    is_headed = _HEADED.search(heading) is not None
    if len(shaped) + (len(shortened) if is_headed else 0) < _MOSTLY * len(texts):
        return None
    home = [text for text in shaped if not text.startswith("+")]
    counts = {region: _valid(home, region) for region in _REGIONS}
    region = max(counts, key=lambda region: sum(counts[region]))
    valid, mobile = counts[region]
    if not is_headed:
        abroad, _ = _valid([text for text in shaped if text.startswith("+")], None)
        # Other numbers are as long, and some of them exist: nearly all have to, as mobile phones.
        sure = abroad + (0 if _HEADED_OTHERWISE.search(heading) else mobile)
        if sure < _NEARLY_ALL * len(texts):
            return None
    if not home or 2 * valid < len(home):
        return Phones()
    # Mobile numbers of one country are seldom all good in another; those of landlines often are.
    likely = [other for other in _REGIONS if counts[other] == counts[region] and not mobile]
    return Phones(region, tuple(other for other in likely if other != region))


def _is_shaped(text: str) -> bool:
    return bool(_SHAPED.fullmatch(text)) and 7 <= sum(map(str.isdigit, text)) <= 15


def _valid(texts: Sequence[str], region: str | None) -> tuple[int, int]:
    """How many exist there, and how many of them may be mobile phones."""
    read = phone_reader(region)
    sent = [read(text) for text in filter(is_read_by(read), texts)]
    return len(sent), sum(map(is_mobile, sent))


def is_read_by(read: Callable[[str], str]) -> Callable[[str], bool]:
    """Whether that function takes a text."""

    def takes(text: str) -> bool:
        try:
            read(text)
        except Bad:
            return False
        return True

    return takes
