"""Whether a column holds phone numbers, and of which country those without a country code are."""

import re
from collections.abc import Callable, Sequence

from importer.cell_text import Bad
from importer.phones import phone_reader

# Of equals the first.
_REGIONS = (
    *("IN", "AE", "US", "GB", "SG", "AU", "SA", "MY", "ZA", "PH", "ID", "LK", "NP", "BD", "KE", "NG"),
    *("DE", "FR", "NZ", "IE"),
)
_LOOKED_AT = 200
_HEADED = re.compile(r"phone|mobile|\bmob\b|\bcell|\btel\b|telephone|whats ?app|contact\s*(no|num|#)", re.I)
_HEADED_OTHERWISE = re.compile(
    r"\b(id|code|no|num|number|ref|reference|account|a/c|pin|zip|amount|fee|price|value|salary|income)\b",
    re.I,
)
_SHAPED = re.compile(r"(?:\+|00)?[\d\s().\-/]{7,24}")
_SHORTENED = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d+|\d{6,}\.0+")
_MOSTLY, _NEARLY_ALL = 0.6, 0.95


def guess_phones(heading: str, texts: Sequence[str]) -> dict[str, object] | None:
    """What the mapping would say of these phone numbers; None where they are none."""
    texts = texts[:: 1 + len(texts) // _LOOKED_AT]
    shaped = [text for text in texts if _is_shaped(text)]
    shortened = [text for text in texts if _SHORTENED.fullmatch(text)]
    is_headed = _HEADED.search(heading) is not None
    if len(shaped) + (len(shortened) if is_headed else 0) < _MOSTLY * len(texts):
        return None
    abroad = [text for text in shaped if text.startswith("+")]
    home = [text for text in shaped if not text.startswith("+")]
    region, valid = _likeliest_region(home)
    if not is_headed and not _is_plain(heading, len(texts), valid, _valid(abroad, None)):
        return None
    return {"region": region} if region and valid >= _MOSTLY * len(home) / 2 else {}


def _is_plain(heading: str, count: int, valid: int, valid_abroad: int) -> bool:
    """Without a heading that says so, nearly all have to be numbers that exist."""
    if valid + valid_abroad < _NEARLY_ALL * count:
        return False
    return valid_abroad > valid or not _HEADED_OTHERWISE.search(heading)


def _is_shaped(text: str) -> bool:
    return bool(_SHAPED.fullmatch(text)) and 7 <= sum(map(str.isdigit, text)) <= 15


def _likeliest_region(texts: Sequence[str]) -> tuple[str | None, int]:
    """The country in which most of these exist, and how many that are."""
    if not texts:
        return None, 0
    counts = {region: _valid(texts, region) for region in _REGIONS}
    best = max(counts, key=counts.__getitem__)
    return (best if counts[best] else None), counts[best]


def _valid(texts: Sequence[str], region: str | None) -> int:
    return sum(map(is_read_by(phone_reader(region)), texts))


def is_read_by(read: Callable[[str], str]) -> Callable[[str], bool]:
    """Whether that function takes a text."""

    def takes(text: str) -> bool:
        try:
            read(text)
        except Bad:
            return False
        return True

    return takes
