"""What became of a whole run, in figures: the one module that groups causes, with pandas."""

from collections import Counter

import pandas as pd

from importer.records import Ended, Outcome

# Enough to see where to look; the result workbook itself shows every one.
PLACES_SHOWN = 5

# LeadSquared may say something else about each row.
EXCEPTIONS_SHOWN = 100

# Grouped in portions of this size, so that a long sheet does not fill the memory.
PORTION = 50_000

CAUSE = ["cause", "detail"]
COLUMNS = [*CAUSE, "place", "example", "count"]

Group = tuple[str, int, str, str, str]
"""A cause, how often it is met, its detail, the first places, and the text at the first."""


class Tally:
    """Outcomes counted and grouped by cause as they pass by."""

    def __init__(self) -> None:
        self._ended: Counter[Ended] = Counter()
        self._problems = Causes()
        self._exceptions = Causes()

    def add(self, outcome: Outcome) -> None:
        self._ended[outcome.ended] += 1
        for problem in outcome.problems:
            place = problem.cell or f"row {outcome.row}"
            self._problems.add(problem.code, problem.column, place, problem.message)
        # That a row was sent before is no trouble, and each says so in words of its own.
        if outcome.exception_type and not outcome.problems and outcome.ended is not Ended.SKIPPED:
            self._exceptions.add(
                outcome.exception_type, outcome.exception_message, f"row {outcome.row}", outcome.advice
            )

    def outcomes(self) -> dict[Ended, int]:
        """How many rows ended in each word, those with none included."""
        return {ended: self._ended[ended] for ended in Ended}

    def problems(self) -> list[Group]:
        """By code and column, the most frequent first; the example is the first cell's message."""
        return self._problems.groups()

    def exceptions(self) -> list[Group]:
        """By type and message, the most frequent first; the example is the first row's advice."""
        groups = self._exceptions.groups()
        if hidden := groups[EXCEPTIONS_SHOWN:]:
            more = (f"{len(hidden)} more causes", sum(count for _, count, *_ in hidden), "", "", "")
            return [*groups[:EXCEPTIONS_SHOWN], more]
        return groups


class Causes:
    """What is met again and again, grouped as it passes by."""

    def __init__(self) -> None:
        # Of each group the first few places are kept, and the first of them carries the count.
        self._fresh: list[tuple[str, str, str, str, int]] = []
        self._known = pd.DataFrame(columns=COLUMNS)

    def add(self, cause: str, detail: str, place: str, example: str) -> None:
        self._fresh.append((cause, detail, place, example, 1))
        if len(self._fresh) == PORTION:
            self._fold()

    def groups(self) -> list[Group]:
        """The most frequent first, with the text of the first place."""
        self._fold()
        if self._known.empty:
            return []
        grouped = self._known.groupby(CAUSE, sort=False, as_index=False)
        table = grouped.agg(count=("count", "sum"), places=("place", list), example=("example", "first"))
        table = table.sort_values("count", ascending=False, kind="stable")
        return [
            (cause, int(count), detail, _listed(places, int(count)), example)
            for cause, detail, count, places, example in table.itertuples(index=False)
        ]

    def _fold(self) -> None:
        if not self._fresh:
            return
        fresh = pd.DataFrame(self._fresh, columns=COLUMNS)
        both = fresh if self._known.empty else pd.concat([self._known, fresh], ignore_index=True)
        grouped = both.groupby(CAUSE, sort=False)
        position = grouped.cumcount()
        both["count"] = grouped["count"].transform("sum").where(position == 0, 0)
        self._known = both[position < PLACES_SHOWN]
        self._fresh = []


def _listed(places: list[str], count: int) -> str:
    return ", ".join(places) + (", …" if count > len(places) else "")
