"""Captures → outcomes: turn, journal, send, settle, in this order and in one thread."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from importer import advice
from importer.errors import AccessRefused, JournalError, NoAccess, StopRule, Unreachable, stronger
from importer.journal import Entries, Sent
from importer.leadsquared import IN_THE_AIR
from importer.outage import Outage
from importer.pace import Pace
from importer.records import Capture, Ended, Late, NotTaken, Outcome, OverLimit, Unreached
from importer.replies import unknown
from importer.rules import Rules
from importer.tell import Tell
from importer.waiting import Ready, Waiting

# Seconds: a request that starts later may come to LeadSquared together with the next ones, over the limit.
FRESH = 0.05
# A machine that is so slow time and again delays all requests alike, which harms nobody.
MOST_LATE = 20

# A signal is only seen between two sleeps.
NAP = 0.2

CLEAR = (Ended.CREATED, Ended.DUPLICATE, Ended.REJECTED)


@dataclass(frozen=True, slots=True)
class Flight:
    """A capture in the air, or LeadSquared's harmless question (`ready` None).

    taken_at is the pace's clock, sent_at is UTC.
    """

    ready: Ready | None
    taken_at: float
    sent_at: str = ""


class Service(Protocol):
    """What the sender needs of LeadSquared: the capture, and a read that changes nothing."""

    def capture(self, capture: Capture) -> Outcome | NotTaken: ...
    def user(self) -> object: ...


class Sender:
    """Gives every waiting capture its outcome in the journal, or leaves it as if never seen."""

    def __init__(self, entries: Entries, pace: Pace, service: Service, rules: Rules, tell: Tell) -> None:
        self._entries = entries
        self._pace = pace
        self._service = service
        self._rules = rules
        self._tell = tell
        self._outage = Outage(pace.clock)
        self._flying: dict[Future[object], Flight] = {}
        self._next: Ready | None = None
        self._was_answered = False
        self._late = 0
        self._wants_fresh_turns = True
        self._stop: Exception | None = None

    def send_all(self, waiting: Waiting, again: bool = False) -> None:
        """Send until none is waiting, the limit of rows is reached, or something stops the run.

        again: rows that earlier runs have sent are sent once more; repeats within this run are not.
        Raises what stopped the run, after everything in the air was answered and settled.
        """
        self._waiting = waiting
        self._again = again
        with ThreadPoolExecutor(IN_THE_AIR, "capture") as self._pool:
            while True:
                try:
                    idle = self._advance()
                except StopRule as stop:
                    self._heed(stop)
                    continue
                if idle is None and not self._flying:
                    break
                self._hear(NAP if idle is None else min(idle, NAP))
                self._heed(self._rules.stop())
        self._heed(self._rules.stop())
        if self._stop:
            raise self._stop

    def _advance(self) -> float | None:
        """Do the next thing, if its time has come.

        Answers the seconds after which to try again; None while only an answer can change anything.
        """
        if self._stop or len(self._flying) >= IN_THE_AIR:
            return None
        if not self._outage.may_send:
            return None if self._flying else self._ask()
        # Alone until answered: wrong keys or a wrong host must not cost more than one call.
        if self._flying and not self._was_answered:
            return None
        if self._rules.limit_is_reached or not (ready := self._next or self._take()):
            return None
        if sent := self._entries.sent(ready.fingerprint, here_only=self._again):
            return self._skip(ready, sent)
        return self._launch(ready)

    def _take(self) -> Ready | None:
        try:
            self._next = self._waiting.take()
        except StopRule as stop:
            self._heed(stop)
        if self._next:
            self._rules.count(*self._next.passed)
            # It may be put back and taken again, and what it passed is counted once.
            self._next = replace(self._next, passed=())
        return self._next

    def _skip(self, ready: Ready, sent: Sent) -> float:
        self._next = None
        self._settle(ready, already_sent(ready.capture.row, sent, self._entries.run))
        return 0.0

    def _launch(self, ready: Ready) -> float:
        if pause := self._pace.turn():
            return pause
        flight = Flight(ready, self._pace.clock(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
        row = ready.capture.row
        # Another run may have sent it since it was looked up.
        if sent := self._entries.sending(row, ready.fingerprint, flight.sent_at, here_only=self._again):
            return self._skip(ready, sent)
        self._next = None
        self._flying[self._pool.submit(self._send, ready.capture, flight.taken_at)] = flight
        self._rules.sent()
        return 0.0

    def _send(self, capture: Capture, taken_at: float) -> Outcome | NotTaken:
        """One POST, once; in a thread of its own."""
        is_fresh = self._pace.clock() - taken_at <= FRESH
        return self._service.capture(capture) if is_fresh or not self._wants_fresh_turns else Late()

    def _ask(self) -> float:
        pause = self._outage.wait() or self._pace.turn()
        if not pause:
            self._flying[self._pool.submit(self._service.user)] = Flight(None, self._pace.clock())
        return pause

    def _hear(self, seconds: float) -> None:
        """Settle the answers that are there, waiting that long for one."""
        if not self._flying:
            time.sleep(seconds)
            return
        for future in wait(self._flying, seconds, FIRST_COMPLETED).done:
            flight = self._flying.pop(future)
            try:
                self._heard(flight, future.result())
            except (AccessRefused, Unreachable) as trouble:
                self._refused(flight, trouble)
            except JournalError:
                raise
            except Exception as bug:
                # Raised in the end: the other answers in the air are still worth settling.
                self._heed(bug)

    def _heard(self, flight: Flight, answer: object) -> None:
        ready = flight.ready
        if isinstance(answer, OverLimit):
            self._slow_down(flight, answer)
        elif ready is None:
            self._outage.answered()
            self._was_answered = False
        elif isinstance(answer, Outcome):
            self._rules.hear(answer)
            self._settle(ready, replace(answer, sent_at=flight.sent_at))
        elif isinstance(answer, Late):
            self._late += 1
            self._wants_fresh_turns = self._late < MOST_LATE
            self._take_back(ready)
        elif isinstance(answer, Unreached):
            self._take_back(ready)
            self._suffer(answer.reason)

    def _refused(self, flight: Flight, trouble: NoAccess) -> None:
        if flight.ready:
            self._take_back(flight.ready)
        if isinstance(trouble, Unreachable):
            self._suffer(str(trouble))
        else:
            self._heed(trouble)

    def _slow_down(self, flight: Flight, refusal: OverLimit) -> None:
        if flight.ready:
            self._take_back(flight.ready)
        if self._pace.refused(flight.taken_at, refusal.rate):
            self._tell.say(f"LeadSquared allows only {self._pace.rate} calls: going on at that pace.")

    def _take_back(self, ready: Ready) -> None:
        self._entries.forget(ready.capture.row)
        self._waiting.put_back(ready)
        self._rules.not_sent_after_all()

    def _settle(self, ready: Ready, outcome: Outcome) -> None:
        self._entries.settle(outcome)
        self._rules.count(outcome.ended)
        self._tell.ended(outcome.ended)
        if outcome.ended is Ended.UNKNOWN:
            self._waiting.hold_back(ready)
        else:
            self._waiting.release(ready)
        if outcome.ended in CLEAR:
            self._was_answered = True
            self._outage.over()
        elif outcome.exception_type == "NoAnswer":
            self._suffer(outcome.exception_message)

    def _suffer(self, reason: str) -> None:
        if self._outage.trouble():
            self._tell.say(f"LeadSquared does not answer ({reason}): waiting, and asking again now and then.")
        if self._outage.is_hopeless:
            minutes = self._outage.give_up_after / 60
            self._heed(Unreachable(f"LeadSquared has not answered for {minutes:.0f} minutes."))

    def _heed(self, stop: Exception | None) -> None:
        """Take no more turns. Of several reasons to stop the strongest is told."""
        if stop and not self._stop and self._flying:
            self._tell.say(f"Stopping: waiting for {len(self._flying)} answers that are on their way.")
        if stop and (not self._stop or stronger(stop, self._stop)):
            self._stop = stop


def already_sent(row: int, sent: Sent, run: int) -> Outcome:
    """What to say of a row whose opportunity was sent before, by this run or an earlier one."""
    here = sent.run == run
    where = f"row {sent.row}" if here else f"row {sent.row} of run {sent.run} ({sent.sent_at[:10]})"
    if sent.ended not in (Ended.CREATED, Ended.DUPLICATE):
        return unknown(
            row,
            f"The same opportunity was sent as {where}, and nobody knows how that ended.",
            "",
            "SentBefore",
        )
    return Outcome(
        row, Ended.SKIPPED, created_id=sent.created_id, conflicted_id=sent.conflicted_id,
        exception_type="RepeatedRow" if here else "AlreadySent",
        exception_message=f"The same opportunity as {where}, which ended {sent.ended}.",
        advice=advice.REPEATED if here else advice.ALREADY_SENT,
    )  # fmt: skip
