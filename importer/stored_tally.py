"""How a column's cells are stored in a workbook, and which of them cannot be trusted."""

import re
from collections.abc import Iterable
from datetime import date

from importer.column_tally import Seen
from importer.records import Row

_NUMBER_OR_DATE = re.compile(r"[-+]?\d[\d.,/: \-]*")


class StoredTally:
    """Counts for one column.

    numbers, dates: cells stored as such.
    texts:          cells stored as text that read as a number or a date, with the first of them.
    fault:          cells that cannot be trusted, with the reason for the first.
    """

    def __init__(self, place: int) -> None:
        self._place = place
        self.numbers = self.dates = 0
        self.texts: Seen | None = None
        self.fault: Seen | None = None

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if fault := row.faults.get(self._place):
                self.fault = _one_more(self.fault, fault, row.number)
            elif self._place < len(row.cells):
                self._store(row.cells[self._place].value, row.number)

    def _store(self, value: object, row: int) -> None:
        match value:
            case str() if _NUMBER_OR_DATE.fullmatch(value.strip()):
                self.texts = _one_more(self.texts, value, row)
            case bool():
                pass
            case int() | float():
                self.numbers += 1
            case date():
                self.dates += 1


def _one_more(seen: Seen | None, text: str, row: int) -> Seen:
    return Seen(seen.text, seen.count + 1, seen.row) if seen else Seen(text, 1, row)
