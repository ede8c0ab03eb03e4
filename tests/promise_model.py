"""LeadSquared as a plain list, and a process that imports a sheet step by step, for test_promises."""

from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from importer.answers import Listed, Standing, Trace
from importer.asked import Asked
from importer.decisions import Left, Next
from importer.entries import Entries
from importer.entry_lines import cut_off
from importer.inquiry import Inquiry
from importer.journal import Journal, Prints
from importer.records import Capture, Ended, Outcome
from importer.runs import Beginning, Runs
from importer.sent import ABSENT, SENDING, SentRows
from importer.unsettled import Unsettled
from importer.waiting import Ready, Waiting

PATIENCE = 90.0
LATEST = 80
"""Seconds after which a capture has landed, if it ever does: within the patience."""
LIST_LAGS = 30.0

EPOCH = datetime(2026, 11, 24, tzinfo=UTC)
BEGINNING = Beginning(
    "a", "DEMO", "h", "", "", "", 1, "", "", "/m.yaml", 12000, 0, "25/5", False, False, False
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    @property
    def utc(self) -> str:
        return f"{EPOCH + timedelta(seconds=self.now):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Turns:
    """A pace that takes no time."""

    clock: Clock

    own_spacing = 0.0

    def seconds_for(self, calls: int) -> float:
        return 0.0


@dataclass(frozen=True)
class Landing:
    """A capture that LeadSquared has stored, or will have at `at`."""

    id: str
    what: str
    lead: str
    reference: str
    at: float


class Stored:
    """What LeadSquared has, as its reads show it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.landings: list[Landing] = []
        self.unasked: set[str] = set()

    def store(self, ready: Ready, what: str, later: float) -> str:
        landing = Landing(
            f"o-{len(self.landings)}", what, ready.capture.lookup[1], ready.reference, self._clock() + later
        )
        self.landings.append(landing)
        return landing.id

    def opportunities_with(self, lookup: tuple[str, str], column: str) -> list[Trace]:
        return [_trace(each) for each in self._of(lookup[1], LIST_LAGS)]

    def standings(self, lookup: tuple[str, str], page: int) -> Listed:
        of_lead = self._of(lookup[1], LIST_LAGS) if page == 1 else []
        return Listed(tuple(Standing(each.id, each.lead, "12000", "Open") for each in of_lead), None)

    def leads_with(self, lookup: tuple[str, str]) -> list[str]:
        return sorted({each.lead for each in self._of(lookup[1])})

    def trail(self, lead: str, event_code: int) -> list[Trace]:
        return [replace(_trace(each), texts=()) for each in self._of(lead)]

    def opportunities(self, ids: list[str], event_code: int, column: str) -> list[Trace]:
        return [_trace(each) for each in self.landings if each.id in ids]

    def _of(self, lead: str, lag: float = 0.0) -> list[Landing]:
        return [each for each in self.landings if each.lead == lead and each.at + lag <= self._clock()]


def _trace(landing: Landing) -> Trace:
    return Trace(
        landing.id,
        landing.lead,
        EPOCH + timedelta(seconds=landing.at),
        (f"From the fair {landing.reference}",),
    )


@dataclass(frozen=True)
class Line:
    """A row of a sheet. `what` is the opportunity that it means, `lead` whose it is."""

    row: int
    what: str
    lead: str


@dataclass(frozen=True)
class Sheet:
    """`recipe`: changes what the fingerprint of `recipe_of` is made of, as another mapping would."""

    name: str
    lines: tuple[Line, ...]
    recipe: str = ""
    recipe_of: str = ""

    def edited(self) -> "Sheet":
        """With one more row on top that is blank, so that all row numbers are others."""
        by = 1 if self.lines[0].row == 2 else -1
        return replace(self, lines=tuple(replace(line, row=line.row + by) for line in self.lines))

    @property
    def beginning(self) -> Beginning:
        return replace(
            BEGINNING, sheet=f"/{self.name}.csv", sheet_sha256=f"{self.name} starts at {self.lines[0].row}"
        )

    def fingerprint(self, line: Line) -> bytes:
        return f"{line.what} {self.recipe if line.what == self.recipe_of else ''}".encode()


class Process:
    """One start of the importer on one sheet; without a sheet it is `reconcile`. In the Sender's order."""

    def __init__(self, folder: Path, clock: Clock, stored: Stored, sheet: Sheet | None) -> None:
        self.sheet = sheet
        self.clock = clock
        self.stored = stored
        self.next: Ready | None = None
        self.parked: deque[Ready] = deque()
        self.air: deque[tuple[Ready, Outcome | None]] = deque()
        self.questions: dict[Asked, object] = {}
        self.stack = ExitStack()
        self.journal = self.stack.enter_context(Journal(folder))
        # What a power cut leaves behind is not at stake here, and this is much faster.
        self.journal.database.execute("PRAGMA synchronous = OFF")
        self.runs = Runs(self.journal)
        self.sent_rows = SentRows(self.journal)
        if sheet:
            self._begin(sheet)
        else:
            self._begin_to_reconcile()

    def _begin(self, sheet: Sheet) -> None:
        """As `Import.begin` and `Import.send`."""
        self.stack.enter_context(self.runs.alone(sheet.beginning))
        unfinished = self.runs.unfinished(sheet.beginning)
        if unfinished:
            self.run = self.runs.resume(unfinished, sheet.beginning)
        else:
            self.run = self.runs.begin(replace(sheet.beginning, rows=len(sheet.lines)), self.clock.utc)
        self.entries = Entries(self.journal, self.run.number)
        for sent in self.sent_rows.unsettled(self.run.number):
            if sent.ended == SENDING:
                self.entries.settle_sent(sent, cut_off(sent.row))
        self.entries.forget_never_sent()
        if unfinished and not unfinished.was_interrupted:
            self.entries.forget_ended(Ended.REJECTED)
        self._stand_between(self.entries)
        self.waiting = Waiting(self._ready(sheet))

    def _begin_to_reconcile(self) -> None:
        runs = [run for run in self.runs.all() if not self.runs.is_running(run.number)]
        self._stand_between(Entries(self.journal, 0))
        for run in runs:
            for sent in self.sent_rows.unsettled(run.number):
                self.unsettled.ask_for(sent)
        self.waiting = Waiting(iter(()))

    def _stand_between(self, entries: Entries) -> None:
        self.unsettled = Unsettled(self.journal, entries, self.runs.is_running, Turns(self.clock), PATIENCE)

    def _ready(self, sheet: Sheet):
        for line in sheet.lines:
            if self.entries.ended(line.row) in (Ended.UNKNOWN, ABSENT):
                yield self._as_ready(sheet, line)
        for line in sheet.lines:
            if not self.entries.ended(line.row):
                yield self._as_ready(sheet, line)

    def _as_ready(self, sheet: Sheet, line: Line) -> Ready:
        lookup = ("EmailAddress", line.lead)
        capture = Capture(
            line.row, (lookup,), "EmailAddress", 12000, (), (), frozenset({f"emailaddress={line.lead}"})
        )
        prints = Prints(sheet.fingerprint(line), (b"lead",), {})
        return Ready(capture, prints, self.run.reference(line.row), "OpportunityNote")

    def what(self, ready: Ready) -> str:
        assert self.sheet
        return next(line.what for line in self.sheet.lines if line.row == ready.capture.row)

    def consider(self) -> bool:
        """Take the next row and decide; one that is to be sent stands in `next` until it departs."""
        if self.next:
            return True
        ready = self.waiting.take()
        if not ready and self.parked:
            self.waiting.put_back(self.parked.popleft())
            ready = self.waiting.take()
        if ready:
            self.follow(ready, self.unsettled.decide(ready))
        return ready is not None

    def follow(self, ready: Ready, decision: object) -> None:
        match decision:
            case Outcome():
                self._settle(ready, decision)
            case Left(outcome):
                self._settle(ready, outcome)
                self.waiting.hold_back(ready)
            case Next.SEND:
                self.next = ready
            case Next.WAIT:
                self.parked.append(ready)
            case Next.DECIDE:
                self.waiting.put_back(ready)

    def depart(self) -> Ready | None:
        """The row that leaves now; None where it is to be decided anew."""
        ready, self.next = self.next, None
        if ready and not self.unsettled.depart(ready, self.clock.utc):
            self.follow(ready, self.unsettled.decide(ready))
            return None
        return ready

    def hear_capture(self) -> None:
        """The oldest capture in the air comes back: an outcome, or (None) a refusal by the limit."""
        ready, outcome = self.air.popleft()
        self.stored.unasked.discard(ready.reference)
        if outcome is None:
            self.entries.forget(ready.capture.row)
            self.waiting.put_back(ready)
        elif outcome.ended is Ended.UNKNOWN:
            self.entries.settle(outcome)
            self.stored.unasked.add(ready.reference)
            assert self.unsettled.lost(ready)
        else:
            self._settle(ready, outcome)

    def ask(self) -> bool:
        """Ask the next question that is due; LeadSquared reads at once, and the answer is on its way."""
        inquiry = self.unsettled.inquiries.next()
        if not inquiry or inquiry.due_at > self.clock():
            return False
        self.questions[inquiry] = inquiry.question()(self.stored)
        return True

    def hear_question(self, answer: object) -> None:
        """`answer` in place of the true one, or (None) that one."""
        inquiry = next(reversed(self.questions))
        truth = self.questions.pop(inquiry)
        if answer is None and isinstance(inquiry, Inquiry):
            self.stored.unasked.discard(inquiry.sent.reference)
        decision = self.unsettled.hear(inquiry, truth if answer is None else answer)
        if inquiry.ready and decision:
            self.follow(inquiry.ready, decision)

    def unheard(self) -> None:
        inquiry = next(iter(self.questions))
        del self.questions[inquiry]
        inquiry.unheard()

    def _settle(self, ready: Ready, outcome: Outcome) -> None:
        self.entries.settle(outcome)
        self.waiting.release(ready)

    @property
    def has_ended(self) -> bool:
        return not (self.next or self.air or self.questions or self.parked or self.unsettled.inquiries)

    def end(self) -> None:
        """As `Import.end`."""
        if self.sheet:
            counts = self.entries.counts()
            is_whole = sum(counts.values()) - counts[Ended.NOT_SENT] == len(self.sheet.lines)
            code = int(bool(counts[Ended.UNKNOWN] or counts[Ended.REJECTED]))
            self.runs.end(self.run, self.clock.utc, code, "", finished=is_whole)
        self.stack.close()

    def die(self) -> None:
        """As by kill -9: nothing more is written, and the system frees the lock."""
        self.stack.close()
