"""Captures → outcomes: turn, journal, send, settle, in this order and in one thread."""

import math
from dataclasses import replace
from datetime import UTC, datetime

from importer import advice
from importer.air import Air, Flight, Service, Work
from importer.answers import Late, NotTaken, OverLimit, Unreached, Unread
from importer.asked import Asked
from importer.asking import NAP
from importer.decisions import Left, Next
from importer.errors import AccessRefused, JournalError, NoAccess, StopRule, Unreachable, stronger
from importer.outage import GIVE_UP_AFTER
from importer.pace import Pace
from importer.records import CLEAR, Ended, Outcome
from importer.rules import Rules
from importer.tell import Tell
from importer.troubles import Troubles, tell_stopping
from importer.unsettled import MOST_INQUIRIES, Unsettled
from importer.waiting import Ready, Waiting


class Sender:
    """Gives every waiting capture its outcome in the journal, or leaves it as if never seen."""

    def __init__(
        self, unsettled: Unsettled, pace: Pace, service: Service, rules: Rules, tell: Tell,
        give_up_after: float = GIVE_UP_AFTER,
    ) -> None:  # fmt: skip
        self._unsettled = unsettled
        self._pace = pace
        self._service = service
        self._rules = rules
        self._tell = tell
        self._troubles = Troubles(pace.clock, give_up_after, tell)
        self._air = Air(pace.clock)
        self._next: Ready | None = None
        self._is_decided = False
        self._was_answered = False
        self._stop: Exception | None = None

    def send_all(self, waiting: Waiting) -> None:
        """Send until none is waiting, the limit of rows is reached, or something stops the run.

        Raises what stopped the run: a JournalError at once, since nothing more can be settled, anything else
        after all that is in the air was answered and settled.
        """
        self._waiting = waiting
        with self._air:
            self._heed(self._rules.stop())
            while True:
                idle = self._advance_or_heed()
                if idle is None and not self._air:
                    break
                self._hear(NAP if idle is None else min(idle, NAP))
                self._heed(self._rules.stop())
        self._heed(self._rules.stop())
        if self._stop:
            raise self._stop

    def _advance_or_heed(self) -> float | None:
        try:
            return self._advance()
        except StopRule as stop:  # the day's calls are spent, or the sheet can no longer be read
            self._heed(stop)
            return None

    def _advance(self) -> float | None:
        """Do the next thing, if its time has come.

        Answers the seconds after which to try again; None while only an answer can change anything.
        """
        if self._stop or self._air.is_full:
            return None
        if not self._troubles.may_send:
            return None if self._air.holds_probe else self._ask_whether_it_is_there()
        if self._next and self._may_capture():
            # What LeadSquared surely does not have must go before that is no longer sure.
            return self._pace.wait or self._consider(self._next)
        asked = self._unsettled.inquiries.next()
        idle = asked.due_at - self._pace.clock() if asked else math.inf
        if asked and idle <= 0:
            return self._ask(asked)
        if self._may_capture():
            if ready := self._take():
                return self._consider(ready)
            idle = min(idle, max(0.0, self._waiting.parked_until() - self._pace.clock()))
        return None if idle == math.inf else idle

    def _may_capture(self) -> bool:
        # Alone until answered: wrong keys or a wrong host must not cost more than one call.
        is_first = not self._was_answered and self._air.holds_capture
        is_enough = self._rules.limit_is_reached or len(self._unsettled.inquiries) >= MOST_INQUIRIES
        return not is_first and not is_enough

    def _take(self) -> Ready | None:
        if ready := self._waiting.take(self._pace.clock()):
            self._rules.count(*ready.passed)
            # It may be put back and taken again, and what it passed is counted once.
            self._next = replace(ready, passed=())
        return self._next

    def _consider(self, ready: Ready) -> float:
        # What happens while it waits for its turn is seen once more as it departs.
        decision = Next.SEND if self._is_decided else self._unsettled.decide(ready)
        if decision is Next.SEND:
            return self._launch(ready)
        self._next = None
        self._follow(ready, decision)
        return 0.0

    def _follow(self, ready: Ready, decision: Next | Outcome | Left) -> None:
        match decision:
            case Outcome():
                self._settle(ready, decision)
            case Left(outcome):
                self._settle(ready, outcome)
                self._waiting.hold_back(ready)
            case Next.HOLD:
                self._waiting.hold_back(ready)
            case Next.WAIT:
                self._waiting.park(ready, self._pace.clock())
            case Next.DECIDE if self._next is None:
                self._next = ready
            case Next.DECIDE:
                self._waiting.put_back(ready)

    def _launch(self, ready: Ready) -> float:
        self._is_decided = bool(pause := self._pace.turn(self._waiting.goes_on))
        if pause:
            return pause
        flight = Flight(ready, self._pace.clock(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
        # Another run may have sent it since it was looked up: then it is decided anew.
        if self._unsettled.depart(ready, flight.sent_at):
            self._next = None
            self._air.start(flight, lambda: self._service.capture(ready.capture))
            self._rules.sent()
        else:
            self._pace.unused()
        return 0.0

    def _ask(self, asked: Asked) -> float:
        if pause := self._pace.turn():
            return pause
        question = asked.question()
        self._air.start(Flight(asked, self._pace.clock()), lambda: question(self._service))
        return 0.0

    def _ask_whether_it_is_there(self) -> float:
        if pause := self._troubles.wait() or self._pace.turn():
            return pause
        self._air.start(Flight(None, self._pace.clock()), self._service.user)
        return 0.0

    def _hear(self, seconds: float) -> None:
        """Settle the answers that are there, waiting that long for one."""
        if not (landed := self._air.landed(seconds)):
            return
        with self._unsettled.journal.together():
            for flight, call in landed:
                try:
                    self._heard(flight, call.result())
                except (AccessRefused, Unreachable) as trouble:
                    self._refused(flight, trouble)
                except JournalError:
                    raise
                except Exception as bug:
                    # Raised in the end: the other answers in the air are still worth settling.
                    self._heed(bug)

    def _heard(self, flight: Flight, answer: object) -> None:
        if isinstance(answer, OverLimit | Late | Unreached):
            self._not_taken(flight, answer)
            return
        self._troubles.let_through(isinstance(flight.work, Ready))
        if isinstance(flight.work, Asked):
            self._cleared(flight.work, answer)
        elif flight.work is None:
            self._troubles.harmless_answered()
            self._was_answered = False
        elif isinstance(flight.work, Ready) and isinstance(answer, Outcome):
            self._answered(flight.work, replace(answer, sent_at=flight.sent_at))

    def _answered(self, ready: Ready, outcome: Outcome) -> None:
        self._rules.hear(outcome)
        if outcome.ended is Ended.UNKNOWN:
            self._unsettled.entries.settle(outcome)
            if self._unsettled.lost(ready):
                self._troubles.answer_lost(self._unsettled.patience)
            else:
                self._follow(ready, Left(replace(outcome, advice=advice.UNKNOWN_WITHOUT_REFERENCE)))
        else:
            self._settle(ready, outcome)
        if outcome.ended in CLEAR:
            self._was_answered = True
            self._troubles.capture_answered()
        elif outcome.exception_type == "NoAnswer":
            self._heed(self._troubles.capture_failed(outcome.exception_message))

    def _cleared(self, asked: Asked, answer: object) -> None:
        decision = self._unsettled.hear(asked, answer)
        if decision and asked.ready:
            self._follow(asked.ready, decision)
        elif decision:
            self._waiting.let_go(asked.holds)
            if isinstance(decision, Left):
                self._waiting.hold_back_lead(asked.holds)
        if not isinstance(answer, Unread):
            self._troubles.question_answered()
        elif not answer.is_refused:
            self._heed(self._troubles.question_failed(answer.reason))

    def _not_taken(self, flight: Flight, answer: NotTaken) -> None:
        self._take_back(flight.work)
        match answer:
            case Late():
                self._pace.unused()
            case OverLimit():
                lowered = self._pace.rate if self._pace.refused(flight.taken_at, answer.rate) else None
                self._heed(self._troubles.refused(isinstance(flight.work, Ready), lowered))
            case Unreached():
                self._heed(self._troubles.unreached(isinstance(flight.work, Ready), answer.reason))

    def _refused(self, flight: Flight, trouble: NoAccess) -> None:
        self._take_back(flight.work)
        is_away = isinstance(trouble, Unreachable)
        self._heed(self._troubles.harmless_failed(str(trouble)) if is_away else trouble)

    def _take_back(self, work: Work) -> None:
        match work:
            case Ready():
                self._unsettled.entries.forget(work.capture.row)
                self._waiting.put_back(work)
                self._rules.not_sent_after_all()
            case Asked():
                work.unheard()

    def _settle(self, ready: Ready, outcome: Outcome) -> None:
        self._unsettled.entries.settle(outcome)
        self._rules.count(outcome.ended)
        self._tell.ended(outcome.ended)
        self._waiting.release(ready)

    def _heed(self, stop: Exception | None) -> None:
        """Take no more turns. Of several reasons to stop the strongest is told."""
        if stop and not self._stop and self._air:
            tell_stopping(self._tell, len(self._air))
        if stop and (not self._stop or stronger(stop, self._stop)):
            self._stop = stop
