"""Whether a column holds few words again and again, one or several to a cell."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from importer.choices import fold
from importer.column_tally import Seen

Counts = tuple[tuple[str, int], ...]

MOST_CHOICES = 30
_AGAIN = 3
_LONGEST = 60
_LEAST_FILLED = 10
SEPARATORS = (";", "|", ",")
_OF_PEOPLE = re.compile(
    r"(?:(?:first|last|middle|full|sur|given|family|customer|student|lead|father|mother)\S*\s*)?name", re.I
)


def guess_choice(heading: str, values: Sequence[Seen]) -> Counts:
    """Each word in its commonest spelling with its cells, the commonest first; () where it is no choice."""
    if sum(value.count for value in values) < _LEAST_FILLED or _OF_PEOPLE.fullmatch(heading.strip()):
        return ()
    counts = _counted((value.text, value.count) for value in values)
    return counts if len(counts) > 1 and _is_closed(counts) else ()


def guess_several(values: Sequence[Seen]) -> tuple[str, Counts]:
    """What parts several words in a cell, and the words; "" where it is one to a cell, or free text."""
    for separator in SEPARATORS:
        cells = [([part.strip() for part in one.text.split(separator)], one.count) for one in values]
        several = [parts for parts, _ in cells if len(parts) > 1]
        if 5 * len(several) < max(len(cells), 1) or not _change_places(several, cells):
            continue
        counts = _counted((part, count) for parts, count in cells for part in parts if part)
        if _is_closed(counts):
            return separator, counts
    return "", ()


def _is_closed(counts: Counts) -> bool:
    return (
        0 < len(counts) <= MOST_CHOICES
        and sum(count for _, count in counts) >= _AGAIN * len(counts)
        and all(len(word) <= _LONGEST for word, _ in counts)
    )


def _change_places(several: Sequence[list[str]], cells: Sequence[tuple[list[str], int]]) -> bool:
    """Whether a word stands first in one cell and later in another: in `Pune, Maharashtra` none does."""
    later = {fold(part) for parts in several for part in parts[1:] if part}
    return any(fold(parts[0]) in later for parts, _ in cells)


def _counted(words: Iterable[tuple[str, int]]) -> Counts:
    spellings: dict[str, Counter[str]] = {}
    for word, count in words:
        spellings.setdefault(fold(word), Counter())[word] += count
    counts = [(spelt.most_common(1)[0][0], spelt.total()) for spelt in spellings.values()]
    return tuple(sorted(counts, key=lambda counted: -counted[1]))
