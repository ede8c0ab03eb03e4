"""Opportunities deleted one by one: turn, journal, call, what LeadSquared says, in this order."""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, datetime

from importer.air import Air, Flight
from importer.answers import Deletion, Late, OverLimit, Unread
from importer.asking import NAP
from importer.cell_text import quoted
from importer.errors import (
    AccessRefused,
    ImportStopped,
    StopRule,
    Unreachable,
    UsageError,
    stronger,
)
from importer.journal import Journal
from importer.leadsquared import LeadSquared
from importer.outage import Outage
from importer.pace import Pace
from importer.replies import CALL_REFUSED
from importer.rules import Rules
from importer.tell import Tell
from importer.troubles import tell_over, tell_stopping
from importer.undone import DELETING, REFUSED, Made, UndoneRows

# What LeadSquared says where the opportunity type allows no delete, or these keys may not.
FORBIDDEN = ("MXInvalidOperationException", CALL_REFUSED)
# So many refusals in the same words, with nothing between them, are of more than one opportunity.
HOPELESS_FROM = 5


class Undoing:
    """Deletes what a run created. An opportunity may be deleted twice, which harms nobody."""

    def __init__(
        self, journal: Journal, run: int, pace: Pace, leadsquared: LeadSquared, rules: Rules, tell: Tell
    ) -> None:
        self._journal = journal
        self._rows = UndoneRows(journal, run)
        self._pace = pace
        self._leadsquared = leadsquared
        self._rules = rules
        self._tell = tell
        self._air = Air(pace.clock)
        self._stop: ImportStopped | None = None
        self._is_any_gone = False
        self._refusals: list[Deletion] = []

    def delete_all(self, made: Iterable[Made], give_up_after: float) -> None:
        """Until LeadSquared has said something to each, or something stops it: that is raised.

        It is raised after everything that is in the air was heard. give_up_after: seconds without an answer.
        """
        self._left = deque(made)
        self._outage = Outage(self._pace.clock, give_up_after)
        with self._air:
            while self._air or (self._left and not self._stop):
                pause = self._launch_or_heed()
                self._hear(NAP if pause is None else min(pause, NAP))
                self._heed(self._rules.stop())
        if self._stop:
            raise self._stop

    def _launch_or_heed(self) -> float | None:
        try:
            return self._launch()
        except StopRule as spent:
            self._heed(spent)
            return None

    def _launch(self) -> float | None:
        """Delete the next. Seconds after which to try again; None while only an answer changes anything."""
        if self._stop or not self._left or self._air.is_full or (self._air and not self._is_answered):
            return None
        if pause := (self._outage.wait() if self._outage.is_on else 0.0) or self._pace.turn():
            return pause
        made = self._left.popleft()
        flight = Flight(made, self._pace.clock())
        self._rows.put([made], DELETING, now(), "")
        self._air.start(flight, lambda: self._leadsquared.delete(made.opportunity_id))
        return 0.0

    @property
    def _is_answered(self) -> bool:
        """Else one goes alone: a wrong host, or a type that allows no delete, costs no more than one call."""
        return self._is_any_gone and not self._outage.is_on

    def _hear(self, seconds: float) -> None:
        landed = self._air.landed(seconds)
        with self._journal.together():
            for flight, call in landed:
                if isinstance(flight.work, Made):
                    self._heard(flight.work, flight.taken_at, call)

    def _heard(self, made: Made, taken_at: float, call: Future[object]) -> None:
        try:
            answer = call.result()
        except AccessRefused as refused:
            self._left.appendleft(made)
            self._heed(refused)
            return
        match answer:
            case Deletion():
                tell_over(self._outage, "deletes", self._tell)
                self._outage.over()
                self._said(made, answer)
            case Late():
                self._pace.unused()
                self._left.appendleft(made)
            case OverLimit(rate):
                self._pace.refused(taken_at, rate)
                self._failed(made, "it refuses every call for the limit: others use the account too")
            case Unread(reason):
                self._failed(made, reason)

    def _said(self, made: Made, deletion: Deletion) -> None:
        if not deletion.exception:
            self._refusals.clear()
            self._is_any_gone = True
            self._rows.put([made], DELETING, now(), deletion.said)
            self._tell.ended("deleted")
            return
        self._rows.put([made], REFUSED, now(), f"{deletion.exception}: {deletion.said}")
        self._tell.ended("refused")
        alike = self._refusals[-1:] in ([], [deletion])
        self._refusals = [*self._refusals, deletion] if alike else [deletion]
        if deletion.exception in FORBIDDEN or len(self._refusals) >= HOPELESS_FROM:
            self._heed(self._hopeless(deletion))

    def _hopeless(self, deletion: Deletion) -> ImportStopped:
        said = f"LeadSquared refuses to delete these opportunities. It says: {quoted(deletion.said)}. "
        cure = (
            "Whoever administers LeadSquared can allow it, for the opportunity type or for the user of these "
            "keys; then the same command deletes them."
        )
        any_gone = self._is_any_gone or any(
            made.state == DELETING or made.is_gone for made in self._rows.all()
        )
        if any_gone:
            return StopRule(f"{said}The others stay. {cure}")
        return UsageError(f"{said}Nothing was deleted. {cure}")

    def _failed(self, made: Made, reason: str) -> None:
        self._left.appendleft(made)
        is_lasting = self._outage.unanswered() if not self._air else self._outage.trouble()
        if is_lasting:
            said = f"LeadSquared does not answer ({reason}): trying again, with pauses."
            self._tell.event("outage.began", said, "warning", calls="deletes")
        if self._outage.is_hopeless:
            self._heed(Unreachable(f"LeadSquared has deleted nothing for long: {reason}."))

    def _heed(self, stop: ImportStopped | None) -> None:
        """Take no more turns. Of several reasons to stop the strongest is told."""
        if stop and not self._stop and self._air:
            tell_stopping(self._tell, len(self._air))
        if stop and (not self._stop or stronger(stop, self._stop)):
            self._stop = stop


def now() -> str:
    """UTC, as the journal spells a moment."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
