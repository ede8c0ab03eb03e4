"""Rows of which nobody knows how they ended: what they hold up, and what is done about them."""

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace

from importer import advice
from importer.asked import Asked, Inquiries
from importer.decisions import NONE, Left, Next, Wishes
from importer.entries import Entries
from importer.freshness import Freshness, Turns
from importer.inquiry import Absent, Found, Inquiry, Unclear
from importer.journal import Journal
from importer.open_opportunities import Search, Searches
from importer.questions import is_its_own
from importer.records import Ended, Outcome
from importer.replies import unknown
from importer.sent import ABSENT, SENDING, Sent, SentRows
from importer.waiting import Ready

PATIENCE = 90.0
"""Seconds for which LeadSquared must go on having nothing of a row before the row counts as absent."""

MOST_SENDS = 5

# More than these open, and something is wrong that more captures would only make worse.
MOST_INQUIRIES = 200


class Unsettled:
    """Stands between the waiting rows of one run and the sender.

    is_running: whether a run (by number) is at work now, in this process or another.
    """

    def __init__(
        self, journal: Journal, entries: Entries, is_running: Callable[[int], bool],
        pace: Turns, patience: float = PATIENCE, wishes: Wishes = NONE,
    ) -> None:  # fmt: skip
        self.entries = entries
        self.inquiries = Inquiries()
        self.journal = journal
        self._sent_rows = SentRows(journal)
        self._is_running = is_running
        self._freshness = Freshness(pace)
        self._clock = pace.clock
        self.patience = patience
        self._again = wishes.again
        searches = Searches(entries, self.inquiries, pace, patience)
        self._searches = searches if wishes.unless_open else None
        self._absent: dict[tuple[int, int, int], float] = {}
        self._let_be: set[tuple[int, int, int]] = set()

    def decide(self, ready: Ready) -> Next | Outcome | Left:
        """What is to be done with a row, by all that the journal knows of the same opportunity."""
        own = (self.entries.run, ready.capture.row)
        for sent in self._sent_rows.of(ready.prints.row, own, self._again):
            if sent.is_certain and self._sent_rows.is_being_undone(sent.opportunity_id):
                self.entries.leave(_being_undone(ready.capture.row, sent))
                return Next.HOLD
            if sent.is_certain:
                return self._repeated(ready, sent)
            if sent.ended == SENDING and self._is_running(sent.run):
                return Next.WAIT
            if not self._is_surely_absent(sent):
                return self._cleared_up(ready, sent)
            if self._is_own(ready, sent) and sent.sends >= MOST_SENDS:
                text = advice.sent_too_often(sent.reference, sent.sends)
                return Left(_still_unknown(ready.capture.row, text))
        return self._decide_by_lead(ready)

    def _decide_by_lead(self, ready: Ready) -> Next | Outcome:
        """Another capture of the lead may be on its way, and then both might make the lead."""
        in_the_air = self._sent_rows.in_the_air(ready.prints.leads, self.entries.run)
        if any(self._is_running(sent.run) for sent in in_the_air):
            return Next.WAIT
        for sent in filter(self._is_in_the_way, in_the_air):
            # Its run was killed, and nobody else asks for it.
            self.inquiries.open(Inquiry(sent, ready, self.patience, self._clock))
            return Next.ASK
        return self._searches.decide(ready) if self._searches else Next.SEND

    def _is_in_the_way(self, sent: Sent) -> bool:
        return self._is_running(sent.run) or bool(sent.reference and sent.send not in self._let_be)

    def depart(self, ready: Ready, sent_at: str) -> bool:
        """Write down that the row is sent now; False where that must be decided anew."""
        absent = {send for send, at in self._absent.items() if self._freshness.holds(at)}
        # In one transaction: another run may have made the lead's opportunity meanwhile.
        with self.journal.together() if self._searches else nullcontext():
            if self._searches and not self._searches.lets_go(ready):
                return False
            return self.entries.sending(ready, sent_at, absent, self._again, self._is_in_the_way)

    def lost(self, ready: Ready) -> bool:
        """The row's answer was lost, and that is settled: ask for it. False where it cannot be asked for."""
        if self._searches:
            self._searches.forget(ready)
        if ready.reference:
            sent = self._sent_rows.row(self.entries.run, ready.capture.row)
            self.inquiries.open(Inquiry(sent, ready, self.patience, self._clock))
        return bool(ready.reference)

    def ask_for(self, sent: Sent) -> bool:
        """Ask for a row that is in no sheet any more. False where it cannot be asked for."""
        if sent.reference:
            self.inquiries.open(Inquiry(sent, None, self.patience, self._clock))
        return bool(sent.reference)

    def hear(self, asked: Asked, answer: object) -> Next | Outcome | Left | None:
        """LeadSquared's answer to a question; what it means for the rows that wait, None where it goes on."""
        if self._searches and isinstance(asked, Search):
            return self._searches.hear(asked, answer)
        return self._hear(asked, answer) if isinstance(asked, Inquiry) else None

    def _hear(self, inquiry: Inquiry, answer: object) -> Next | Outcome | Left | None:
        verdict = inquiry.hear(answer)
        if verdict is None:
            return None
        self.inquiries.close(inquiry)
        ready, sent = inquiry.ready, inquiry.sent
        match verdict:
            case Found():
                outcome = self._found(sent, verdict)
                if ready and self._is_own(ready, sent):
                    return outcome
                Entries(self.journal, sent.run).settle_sent(sent, outcome)
            case Absent():
                self._sent_rows.absent(sent)
                self._absent[sent.send] = self._clock()
            case Unclear() if ready and not self._is_same(ready, sent):
                self._let_be.add(sent.send)
            case Unclear():
                text = advice.still_unknown(sent.reference, verdict.reason)
                if ready and not self._is_own(ready, sent):
                    return Left(self._repeated(ready, sent))
                return Left(_still_unknown(sent.row, text))
        return Next.DECIDE

    def _found(self, sent: Sent, found: Found) -> Outcome:
        return _landed(sent, found, self._sent_rows.with_id(found.traces[0].opportunity_id) is not None)

    def _cleared_up(self, ready: Ready, sent: Sent) -> Next | Left:
        if not sent.reference:
            own = self._is_own(ready, sent)
            text = advice.UNKNOWN_WITHOUT_REFERENCE
            return Left(_still_unknown(sent.row, text) if own else self._repeated(ready, sent))
        once = sent.ended == ABSENT
        self.inquiries.open(Inquiry(sent, ready, self.patience, self._clock, once))
        return Next.ASK

    def _is_surely_absent(self, sent: Sent) -> bool:
        return sent.ended == ABSENT and self._freshness.holds(self._absent.get(sent.send, -math.inf))

    def _is_own(self, ready: Ready, sent: Sent) -> bool:
        return (sent.run, sent.row) == (self.entries.run, ready.capture.row)

    def _is_same(self, ready: Ready, sent: Sent) -> bool:
        """Whether they are one opportunity; else only of one lead."""
        return sent in self._sent_rows.of(ready.prints.row, (self.entries.run, ready.capture.row))

    def _repeated(self, ready: Ready, sent: Sent) -> Outcome:
        return already_sent(ready.capture.row, ready.prints.said, sent, self.entries.run)


def already_sent(row: int, said: Mapping[str, str], sent: Sent, run: int) -> Outcome:
    """What to say of a row whose opportunity was sent before, by this run or an earlier one.

    said: keyed hashes of what its cells say now, by column.
    """
    here = sent.run == run
    date = f" ({sent.sent_at[:10]})" if sent.sent_at else ""
    where = f"row {sent.row}" if here else f"row {sent.row} of run {sent.run}{date}"
    if not sent.is_certain:
        return Outcome(
            row, Ended.UNKNOWN, exception_type="SentBefore", advice=advice.UNKNOWN_BEFORE,
            exception_message=f"The same opportunity was sent as {where}, and nobody knows how that ended.",
        )  # fmt: skip
    changed = sorted(name for name, now in said.items() if sent.said.get(name, now) != now)
    if changed:
        told = advice.differs_from_row(sent.row, changed) if here else advice.changed_since(changed)
    else:
        told = advice.REPEATED if here else advice.ALREADY_SENT
    return Outcome(
        row, Ended.SKIPPED, created_id=sent.created_id, conflicted_id=sent.conflicted_id,
        exception_type="RepeatedRow" if here else "AlreadySent",
        exception_message=f"The same opportunity as {where}, which ended {sent.ended}.",
        advice=told,
    )  # fmt: skip


def _being_undone(row: int, sent: Sent) -> Outcome:
    return Outcome(
        row, Ended.NOT_SENT, exception_type="UndoNotProven", advice=advice.undo_not_proven(sent.run),
        exception_message=f"The same opportunity, {sent.opportunity_id}, was to be deleted by an undo of run "
        f"{sent.run}, and it is not proven that it is gone.",
    )  # fmt: skip


def _still_unknown(row: int, text: str) -> Outcome:
    return replace(unknown(row, "LeadSquared's answer was lost."), advice=text)


def _landed(sent: Sent, found: Found, is_another_s: bool) -> Outcome:
    """How a row ended that was asked for: what is older, or another row's, it met and did not create."""
    first, *others = found.traces
    created = is_its_own(first, sent) and not is_another_s
    others_too = advice.landed_more_than_once(other.opportunity_id for other in others) if others else ""
    return Outcome(
        sent.row, Ended.CREATED if created else Ended.DUPLICATE,
        created_id=first.opportunity_id if created else "",
        conflicted_id="" if created else first.opportunity_id,
        prospect_id=first.prospect_id, advice=others_too,
    )  # fmt: skip
