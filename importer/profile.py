"""What the columns of a sheet hold, as far as can be told without a mapping. Counts with pandas."""

from collections.abc import Mapping
from dataclasses import dataclass

from importer.mapping import Kind
from importer.sheet import Sheet


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column, below its heading.

    place:     0 is column A.
    heading:   as the sheet has it, without outer space; "" where there is none.
    filled, blank, distinct: cells, of which `distinct` counts the different texts of filled ones.
    kind:      the mapping's kind that it looks like; `text` where nothing else fits.
    fits:      the share of the different values that are of this kind, 0 to 1.
    options:   what else the mapping would say of it so that the values are read, by the words of the mapping
               file: {"region": "IN"}, {"day_first": True}, {"formats": ("%d.%m.%y",)}, {"separator": "|"}.
    values:    of a choice, each value with its count, the commonest first; else ().
    samples:   up to three different values, shortened where they are long.
    oddities:  what a person should know of it, each a whole sentence with the first cell (`C14`).
    """

    place: int
    heading: str
    filled: int
    blank: int
    distinct: int
    kind: Kind
    fits: float
    options: Mapping[str, object]
    values: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
    oddities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetProfile:
    """A whole sheet. `rows` are those below the headings that hold anything; `hidden` are among them."""

    header_row: int
    rows: int
    hidden: int
    columns: tuple[ColumnProfile, ...]
    notices: tuple[str, ...]


def profile_of(sheet: Sheet, header_row: int | None = None) -> SheetProfile:
    """Read the whole sheet once. Raises SheetError where it has no headings, or a row cannot be read."""
    raise NotImplementedError
