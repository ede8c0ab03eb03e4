"""Created opportunities read back: are they really there?"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from importer.answers import OverLimit, Trace, Unread
from importer.asking import ask, pause
from importer.leadsquared import LeadSquared
from importer.pace import Pace
from importer.questions import BY_ID

# A part of the patience between two looks: what was just created may not be shown at once.
PART = 1 / 6

SHOWN = 20


class Verification:
    """Reads opportunities by their ids, 2,000 in a call.

    patience: seconds for which LeadSquared may go on not knowing one before it counts as missing.
    go_on:    may raise to end it.
    """

    def __init__(
        self,
        leadsquared: LeadSquared,
        event_code: int,
        pace: Pace,
        patience: float,
        go_on: Callable[[], None],
    ) -> None:
        self._leadsquared = leadsquared
        self._event_code = event_code
        self._pace = pace
        self._patience = patience
        self._go_on = go_on

    def missing(self, created: Mapping[str, int]) -> dict[str, int] | Unread:
        """Those of the created opportunities (id → row) that LeadSquared does not know.

        Raises AccessRefused where it refuses the keys.
        """
        until = self._pace.clock() + self._patience
        left = self._unknown(created)
        while left and self._pace.clock() < until:
            next_at = self._pace.clock() + self._patience * PART
            pause(lambda: max(0.0, next_at - self._pace.clock()), self._go_on)  # noqa: B023 (called at once)
            left = self._unknown(created if isinstance(left, Unread) else left)
        return left

    def _unknown(self, created: Mapping[str, int]) -> dict[str, int] | Unread:
        left = dict(created)
        for ids in _parts(created):
            answer = self._read(ids)
            if isinstance(answer, Unread):
                return answer
            for trace in answer:
                left.pop(trace.opportunity_id, None)
        return left

    def _read(self, ids: list[str]) -> list[Trace] | Unread:
        def question() -> list[Trace] | Unread | OverLimit:
            return self._leadsquared.opportunities(ids, self._event_code, "Status")

        return ask(self._pace, question, self._go_on)


def in_words(created: int, missing: Mapping[str, int] | Unread) -> str:
    """What came of it, in a sentence."""
    if isinstance(missing, Unread):
        return f"The created opportunities could not be read back: {missing.reason}."
    if not missing:
        return f"LeadSquared knows all {created:,} created opportunities."
    rows = sorted(missing.values())
    shown = ", ".join(map(str, rows[:SHOWN])) + (
        f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    )
    return (
        f"{len(rows):,} of {created:,} created opportunities are missing in LeadSquared when read back: "
        f"those of rows {shown}. Look for them there by their CreatedOpportunityId."
    )


def _parts(created: Mapping[str, int]) -> Iterator[list[str]]:
    ids = iter(created)
    while part := list(islice(ids, BY_ID)):
        yield part
