"""How often each value stands in a column, by blocks of rows: the module that counts with pandas."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from importer.cell_text import clean
from importer.remarks import oddity

# So many different values are kept as texts: of a column with more, an even choice among them, and beside
# these the commonest.
MOST_TEXTS = 10_000
_MOST_COMMON = 1_000
_IS_COMMON = 3

# What is met anew is counted together with the known when it is this long, or as long as the known.
_PORTION = 100_000

OUTER_SPACE, UNSEEN = "OUTER-SPACE", "UNSEEN"


@dataclass(frozen=True, slots=True)
class Seen:
    """A value, without outer space and what nobody sees: in how many cells, and in which row first."""

    text: str
    count: int
    row: int


class ColumnTally:
    """The values of one column.

    filled: cells in which a person sees something.
    marks:  a code of `remarks`, OUTER_SPACE or UNSEEN → the cells that have it, their text as it stands.
    """

    def __init__(self) -> None:
        self.filled = 0
        self.marks: dict[str, Seen] = {}
        self._known = _table([], [], [])
        self._fresh: list[pd.DataFrame] = []
        self._texts: dict[int, str] = {}
        self._below = 1 << 64
        self._common: Counter[int] = Counter()

    def add(self, texts: "pd.Series[str]") -> None:
        """One more block of the column, by row number."""
        rows = pd.Series(texts.index, dtype="uint32")
        found = rows.groupby(texts.to_numpy(), sort=False).agg(["size", "min"])
        raw = found.index.tolist()
        found.index = pd.Index([clean(text).strip() for text in raw], dtype=object)
        self._mark(raw, found)
        found = found[found.index != ""]
        self.filled += int(found["size"].sum())
        self._count(found)

    @property
    def distinct(self) -> int:
        return len(self._folded())

    @property
    def is_sampled(self) -> bool:
        """Whether `values` leaves some out."""
        self._forget()
        return len(self._texts) < self.distinct

    def values(self) -> tuple[Seen, ...]:
        """Different values with all their cells, by their first rows; about MOST_TEXTS at most."""
        self._forget()
        table = self._folded()
        table = table[table["hash"].isin(list(self._texts))].sort_values("row", kind="stable")
        return tuple(
            Seen(self._texts[key], count, row) for key, count, row in table.itertuples(index=False, name=None)
        )

    def repeated(self, apart_from: Iterable[str]) -> tuple[int, int]:
        """How many other values stand in more than one cell, and the first row of the first of them."""
        table = self._folded()
        several = table[(table["count"] > 1) & ~table["hash"].isin(_hashes(apart_from))]
        return len(several), int(several["row"].min()) if len(several) else 0

    def _mark(self, raw: Sequence[str], found: pd.DataFrame) -> None:
        for text, (value, count, row) in zip(raw, found.itertuples(name=None), strict=True):
            # Nearly all texts are as they are kept, and none of those that could be odd.
            if value and (text != value or "#" in text or "<" in text or "{" in text):
                for code in _codes(text):
                    first = self.marks.get(code, Seen(text, 0, row))
                    self.marks[code] = Seen(first.text, first.count + count, first.row)

    def _count(self, found: pd.DataFrame) -> None:
        texts = found.index.tolist()
        hashes = _hashes(texts)
        self._fresh.append(_table(hashes, found["size"].to_numpy(), found["min"].to_numpy()))
        # The lowest hashes are an even choice of values, whatever their order in the sheet.
        for key, text, count in zip(hashes.tolist(), texts, found["size"].tolist(), strict=True):
            if count >= _IS_COMMON:
                self._common[key] += count
            if key < self._below or count >= _IS_COMMON:
                self._texts[key] = text
        if len(self._texts) > 2 * MOST_TEXTS:
            self._forget()
        if sum(map(len, self._fresh)) > max(_PORTION, len(self._known)):
            self._folded()

    def _forget(self) -> None:
        if len(self._texts) > MOST_TEXTS + len(self._common):
            lowest = sorted(self._texts)[:MOST_TEXTS]
            self._below = lowest[-1] + 1
            self._common = Counter(dict(self._common.most_common(_MOST_COMMON)))
            self._texts = {key: self._texts[key] for key in {*lowest, *self._common}}

    def _folded(self) -> pd.DataFrame:
        if self._fresh:
            both = pd.concat([self._known, *self._fresh], ignore_index=True)
            grouped = both.groupby("hash", sort=False, as_index=False)
            table = grouped.agg(count=("count", "sum"), row=("row", "min"))
            self._known = table.astype({"count": "uint32", "row": "uint32"})
            self._fresh = []
        return self._known


def _hashes(texts: Iterable[str]) -> "np.ndarray[Any, np.dtype[np.uint64]]":
    return pd.util.hash_array(np.array(list(texts), dtype=object), categorize=False)


def _table(hashes: object, counts: object, rows: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "hash": np.asarray(hashes, dtype="uint64"),
            "count": np.asarray(counts, dtype="uint32"),
            "row": np.asarray(rows, dtype="uint32"),
        }
    )


def _codes(text: str) -> Iterator[str]:
    if code := oddity(text):
        yield code
    if text != text.strip():
        yield OUTER_SPACE
    if not text.isprintable() and clean(text) != text:
        yield UNSEEN
