"""Whether the lead of a row has an open opportunity of its type already: how it is asked, and what counts."""

import math
from collections.abc import Iterable

from importer import advice
from importer.ages import may_lag_since
from importer.answers import PAGE, Listed, Standing, Unread
from importer.asked import Asked, Inquiries
from importer.decisions import Next
from importer.entries import Entries
from importer.errors import AccessRefused
from importer.freshness import Freshness, Turns
from importer.questions import Question
from importer.records import OPEN_OPPORTUNITY, Ended, Outcome
from importer.sent import Sent
from importer.waiting import Ready

OPEN = "open"

# So many rows refused alike, and no other row fares better.
MOST_REFUSED = 20


class Search(Asked):
    """Asks how the opportunities of the row's lead stand, page after page."""

    ready: Ready

    def __init__(self, ready: Ready, patience: float, turns: Turns) -> None:
        super().__init__(ready, patience, turns.clock)
        self._begin(self.due_at)

    def _begin(self, at: float) -> None:
        self.due_at = at
        self._page = 1
        self._seen: tuple[Standing, ...] = ()

    @property
    def holds(self) -> frozenset[str]:
        return self.ready.holds

    def question(self) -> Question:
        self.due_at = math.inf
        lookup, page = self.ready.capture.lookup, self._page
        return lambda reads: reads.standings(lookup, page)

    def hear(self, answer: object) -> tuple[Standing, ...] | Unread | None:
        """How they stand: all of them, or the newest up to one that may be open.

        Unread where LeadSquared could not be asked, which never means that there is none. None: it goes on.
        """
        if not isinstance(answer, Listed):
            return self._failed(answer if isinstance(answer, Unread) else Unread("its answer cannot be read"))
        new = tuple(standing for standing in answer.standings if standing not in self._seen)
        self._seen += new
        is_short = answer.total is not None and answer.total > len(self._seen)
        is_last = not is_short and (not new or len(answer.standings) < PAGE)
        if is_last or any(may_be_open(standing, self.ready.capture.event_code) for standing in new):
            return self._seen
        if not new:
            return self._failed(Unread(f"it shows only {len(self._seen)} of {answer.total} opportunities"))
        self._page += 1
        self.due_at = self._clock()
        return None

    def _failed(self, unread: Unread) -> Unread | None:
        if unread.is_refused or self._is_failed_for_good():
            return unread
        self._begin(self._pause())
        return None


def may_be_open(standing: Standing, event_code: int) -> bool:
    """Whether this is of the type and Open, in any case of letters.

    What LeadSquared does not tell counts as if it were: a row that is Skipped can still be sent, and one that
    was sent cannot be taken back.
    """
    is_of_type = standing.event_code in ("", str(event_code))
    return is_of_type and standing.status.casefold() in ("", OPEN)


class Searches:
    """Lets a row go while it is known that its lead has no open opportunity of the type.

    Raises AccessRefused where LeadSquared refuses the question for row after row.
    """

    def __init__(self, entries: Entries, inquiries: Inquiries, turns: Turns, patience: float) -> None:
        self._entries = entries
        self._inquiries = inquiries
        self._turns = turns
        self._freshness = Freshness(turns)
        self._patience = patience
        self._seen: dict[int, tuple[float, tuple[Standing, ...]]] = {}
        self._refused: set[int] = set()

    def decide(self, ready: Ready) -> Next | Outcome:
        """What is to be done with a row that nothing else keeps from being sent."""
        seen = self._fresh(ready)
        if seen is None:
            self._inquiries.open(Search(ready, self._patience, self._turns))
            return Next.ASK
        return self._open_one(ready, seen) or Next.SEND

    def lets_go(self, ready: Ready) -> bool:
        """Whether that still holds, as the row departs."""
        seen = self._fresh(ready)
        return seen is not None and self._open_one(ready, seen) is None

    def forget(self, ready: Ready) -> None:
        """The row may have landed: what was known before is no longer so."""
        self._seen.pop(ready.capture.row, None)

    def hear(self, search: Search, answer: object) -> Next | None:
        """LeadSquared's answer to a question; None where it goes on."""
        self._count_refusals(search.ready.capture.row, answer)
        found = search.hear(answer)
        if found is None:
            return None
        self._inquiries.close(search)
        row = search.ready.capture.row
        if isinstance(found, Unread):
            self._entries.leave(_not_told(row, found.reason))
            return Next.HOLD
        self._forget_stale()
        self._seen[row] = (self._turns.clock(), found)
        return Next.DECIDE

    def _count_refusals(self, row: int, answer: object) -> None:
        if not isinstance(answer, Unread):
            self._refused.clear()
        elif answer.is_refused:
            self._refused.add(row)
        if len(self._refused) >= MOST_REFUSED:
            raise AccessRefused(
                f"LeadSquared refuses to say which leads have an open opportunity, {MOST_REFUSED} rows in a "
                "row, so none of these was sent (--unless-open). Have these keys' user allowed to read "
                "opportunities; then the same command continues."
            )

    def _fresh(self, ready: Ready) -> tuple[Standing, ...] | None:
        heard_at, seen = self._seen.get(ready.capture.row, (-math.inf, ()))
        return seen if self._freshness.holds(heard_at) else None

    def _forget_stale(self) -> None:
        """The oldest answers come first."""
        while self._seen and not self._freshness.holds(next(iter(self._seen.values()))[0]):
            del self._seen[next(iter(self._seen))]

    def _open_one(self, ready: Ready, seen: Iterable[Standing]) -> Outcome | None:
        """How the row ends for an open opportunity of its lead; None where there is none."""
        capture = ready.capture
        for standing in seen:
            if may_be_open(standing, capture.event_code):
                return _listed(capture.row, standing)
        # The list lags behind, so what it does not show yet counts as it was sent.
        since = may_lag_since()
        shown = {standing.opportunity_id.casefold() for standing in seen}
        for sent in self._entries.sent_rows.opened(ready.prints.leads, capture.event_code, since):
            if sent.opportunity_id.casefold() not in shown:
                return _own(capture.row, sent, self._entries.run)
        return None


def _listed(row: int, standing: Standing) -> Outcome:
    named = standing.opportunity_id or "whose id LeadSquared does not tell"
    untold = "" if standing.status else " LeadSquared does not say how it stands, so it counts as open."
    return Outcome(
        row, Ended.SKIPPED, conflicted_id=standing.opportunity_id, prospect_id=standing.prospect_id,
        exception_type=OPEN_OPPORTUNITY, advice=advice.HAS_OPEN,
        exception_message=f"The lead has an open opportunity of this type already: {named}.{untold}",
    )  # fmt: skip


def _own(row: int, sent: Sent, run: int) -> Outcome:
    where = f"row {sent.row}" if sent.run == run else f"row {sent.row} of run {sent.run}"
    said = (
        f"The lead has an open opportunity of this type by {where}: {sent.opportunity_id}."
        if sent.is_certain
        else f"The lead may have an open opportunity of this type by {where}, of which nobody knows how it "
        "ended."
    )
    return Outcome(
        row, Ended.SKIPPED, conflicted_id=sent.opportunity_id,
        exception_type=OPEN_OPPORTUNITY, advice=advice.HAS_OPEN, exception_message=said,
    )  # fmt: skip


def _not_told(row: int, reason: str) -> Outcome:
    return Outcome(
        row, Ended.NOT_SENT, exception_type="OpenNotTold", advice=advice.OPEN_NOT_TOLD,
        exception_message=f"LeadSquared did not say whether the lead has an open opportunity: {reason}.",
    )  # fmt: skip
