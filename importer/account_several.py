"""What parts several options in the cells of a column, told by the options themselves."""

from importer.account_schema import SchemaField
from importer.choice_guess import SEPARATORS
from importer.choices import fold
from importer.profile import ColumnProfile

USUAL = SEPARATORS[0]


def separator_of(column: ColumnProfile, field: SchemaField | None) -> str:
    """ "" where the cells that are known do not show it."""
    if said := column.options.get("separator"):
        return str(said)
    options = {fold(option) for option in field.options} if field else set()
    texts = _texts(column)
    if texts and len(texts) >= column.distinct and options.issuperset(map(fold, texts)):
        # One to a cell: whatever it is, it is not needed.
        return USUAL
    for separator in SEPARATORS:
        if any(_is_parted(text, separator, options) for text in texts):
            return separator
    return ""


def words_of(column: ColumnProfile, separator: str) -> tuple[str, ...]:
    """The different words of its cells, as far as they are known; none of a column of free text."""
    words = [value for value, _ in column.values]
    if column.kind != "multi_choice":
        words = [part for word in words for part in word.split(separator or USUAL)]
    return tuple({fold(word): word.strip() for word in reversed(words) if word.strip()}.values())[::-1]


def _texts(column: ColumnProfile) -> list[str]:
    return [value for value, _ in column.values] or list(column.samples)


def _is_parted(text: str, separator: str, options: set[str]) -> bool:
    parts = text.split(separator)
    return len(parts) > 1 and fold(text) not in options and any(fold(part) in options for part in parts)
