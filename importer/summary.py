"""What became of a whole run, in figures: the one module that groups causes."""

from collections import Counter
from dataclasses import dataclass, field

from importer.records import OPEN_OPPORTUNITY, Ended, Outcome

# Enough to see where to look; the result workbook itself shows every one.
PLACES_SHOWN = 5

# LeadSquared may say something else about each row.
EXCEPTIONS_SHOWN = 100

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
        if outcome.exception_type == OPEN_OPPORTUNITY:
            self._exceptions.add(OPEN_OPPORTUNITY, "", f"row {outcome.row}", outcome.advice)
        elif outcome.exception_type and not outcome.problems and outcome.ended is not Ended.SKIPPED:
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


@dataclass(slots=True)
class _Met:
    """How often a cause is met, its first places, and the text at the first."""

    example: str
    count: int = 0
    places: list[str] = field(default_factory=list)


class Causes:
    """What is met again and again, grouped as it passes by."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], _Met] = {}

    def add(self, cause: str, detail: str, place: str, example: str) -> None:
        met = self._met.get((cause, detail))
        if met is None:
            met = self._met[cause, detail] = _Met(example)
        met.count += 1
        if met.count <= PLACES_SHOWN:
            met.places.append(place)

    def groups(self) -> list[Group]:
        """The most frequent first, with the text of the first place."""
        groups = sorted(self._met.items(), key=lambda item: -item[1].count)
        return [
            (cause, met.count, detail, _listed(met.places, met.count), met.example)
            for (cause, detail), met in groups
        ]


def _listed(places: list[str], count: int) -> str:
    return ", ".join(places) + (", …" if count > len(places) else "")
