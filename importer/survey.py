"""The first pass over a sheet: every row is checked, the invalid ones are settled, the rest is counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from importer import advice
from importer.carried import copied, foreign, marked_unknown, of_another
from importer.check import invalid_outcome, left_out
from importer.entries import Entries
from importer.errors import ImportStopped, Interrupted
from importer.journal import Prints
from importer.noticing import Noticing
from importer.plan import Plan
from importer.records import Capture, Carried, Ended, Invalid, LeftOut, Outcome, Verdict
from importer.repeats import Repeats
from importer.runs import Run
from importer.sent import ABSENT, Sent
from importer.summary_page import Block
from importer.tell import Tell
from importer.unsettled import already_sent

# One commit for many: a sheet of which every row is wrong should not take an hour to say so.
TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rows of a sheet by what will happen to them.

    settled:     an earlier start of the same run has ended them.
    marked_unknown: an earlier result marks them Unknown, and the journal knows nothing of them.
    unclear:     sent by an earlier start, and LeadSquared is asked how that ended.
    sent_before: earlier runs have sent the same opportunity.
    left_out:    hidden rows that the operator does not want.
    known_leads: of the rows to send, those whose lead got an opportunity of this type from here before.
    elsewhere:   rows that nobody knows the end of, and that this sheet and mapping do not send any more.
    strange_ids: rows that carry the id of an opportunity which the journal does not know.
    notices:     what the operator should know of the sheet's values, in sentences.
    blocks:      the same for the worksheet Summary.
    """

    rows: int = 0
    to_send: int = 0
    invalid: int = 0
    repeated: int = 0
    sent_before: int = 0
    left_out: int = 0
    settled: int = 0
    unclear: int = 0
    marked_unknown: int = 0
    known_leads: int = 0
    elsewhere: tuple[Sent, ...] = ()
    strange_ids: tuple[Carried, ...] = ()
    notices: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass
class Survey:
    """Goes over the rows of a plan. Nothing is sent.

    stop: why to go no further, or None; asked now and then.
    """

    plan: Plan
    tell: Tell
    entries: Entries
    prints: Callable[[Capture], Prints]
    run: Run
    stop: Callable[[], ImportStopped | None]
    _counts: Counter[str] = field(default_factory=Counter)
    _queue: list[Outcome] = field(default_factory=list)
    _known_by: dict[int, bytes] = field(default_factory=dict)
    _strange_ids: list[Carried] = field(default_factory=list)
    _no_more_good: set[int] = field(default_factory=set)

    def forecast(self, unsettled: Iterable[Sent]) -> Forecast:
        """unsettled: rows of this and earlier runs that nobody knows the end of.

        Raises SheetError where a row cannot be read, Interrupted, JournalError.
        """
        noticing = Noticing(self.plan)
        with Repeats() as repeats:
            for row, verdict in self.tell.watching(self.plan.judged()):
                fate = self._fate(verdict, repeats)
                self._counts.update(("rows", fate))
                noticing.see(row, verdict, is_to_send=fate == "to_send")
                self._heed()
            self._flush()
            elsewhere = tuple(sent for sent in unsettled if self._is_elsewhere(sent, repeats))
        counts = {fate: count for fate, count in self._counts.items() if fate != "strange"}
        return Forecast(
            **counts, elsewhere=elsewhere, strange_ids=tuple(self._strange_ids),
            notices=noticing.sentences, blocks=noticing.blocks,
        )  # fmt: skip

    @property
    def rows(self) -> int:
        """How many it has seen so far."""
        return self._counts["rows"]

    def _heed(self) -> None:
        if self.rows % TOGETHER == 0 and (stop := self.stop()):
            raise Interrupted(f"{stop} The check of the rows had not ended: nothing was sent.")

    def _is_elsewhere(self, sent: Sent, repeats: Repeats) -> bool:
        """Whether nobody else asks for it: a row of this run is asked for in its place, if it is still good.

        What LeadSquared surely does not have is not asked for once more for a sheet that does not have it.
        """
        if sent.run == self.entries.run:
            return sent.row in self._no_more_good
        return sent.fingerprint not in repeats and sent.ended != ABSENT

    def _fate(self, verdict: Verdict, repeats: Repeats) -> str:
        match verdict:
            case Capture():
                return self._fate_of_good(verdict, repeats)
            case Invalid():
                return self._fate_of_unfit("invalid", invalid_outcome(verdict))
            case Carried():
                return self._fate_of_carried(verdict, repeats)
            case LeftOut():
                return self._fate_of_unfit("left_out", left_out(verdict))

    def _fate_of_unfit(self, fate: str, outcome: Outcome) -> str:
        """Of a row that may not be sent now, though it may have been when an earlier start sent it."""
        ended = self.entries.ended(outcome.row)
        if ended == Ended.UNKNOWN:
            self._no_more_good.add(outcome.row)
            return "unclear"
        return "settled" if ended else self._settle(fate, outcome)

    def _fate_of_good(self, capture: Capture, repeats: Repeats) -> str:
        prints = self.prints(capture)
        is_first = repeats.is_first(prints.row)
        if ended := self.entries.ended(capture.row):
            return {ABSENT: "to_send", Ended.UNKNOWN: "unclear"}.get(ended, "settled")
        if not is_first:
            return "repeated"
        sent = next(iter(self._sent(prints, capture.row)), None)
        if sent and sent.is_certain:
            return "repeated" if sent.run == self.entries.run else "sent_before"
        if sent:
            return "unclear"
        self._counts["known_leads"] += self.entries.sent_rows.knows_lead(prints.leads, self.run.event_code)
        return "to_send"

    def _sent(self, prints: Prints, row: int) -> list[Sent]:
        return self.entries.sent_rows.of(prints.row, (self.entries.run, row), self.run.again)

    def _fate_of_carried(self, carried: Carried, repeats: Repeats) -> str:
        is_gone = self.run.again or self.entries.sent_rows.is_undone(carried.opportunity_id)
        if is_gone and carried.opportunity_id:
            return self._fate(carried.verdict, repeats)
        ended = self.entries.ended(carried.row)
        if carried.opportunity_id:
            fingerprint = self._print(carried, repeats)
            return "settled" if ended else self._fate_of_id(carried, fingerprint, repeats)
        if ended or self._is_known(carried.verdict):
            return self._fate(carried.verdict, repeats)
        return self._settle("marked_unknown", marked_unknown(carried), self._print(carried, repeats))

    def _is_known(self, verdict: Capture | Invalid) -> bool:
        return isinstance(verdict, Invalid) or bool(self._sent(self.prints(verdict), verdict.row))

    def _fate_of_id(self, carried: Carried, fingerprint: bytes, repeats: Repeats) -> str:
        sent = self.entries.sent_rows.with_id(carried.opportunity_id)
        if sent and sent.account != self.run.account:
            return self._settle("invalid", foreign(carried))
        by_itself = carried.verdict
        said = self.prints(by_itself).said if isinstance(by_itself, Capture) else {}
        if sent and said and sent.said and fingerprint != sent.fingerprint:
            return self._settle("invalid", of_another(carried, sent))
        own_id = carried.created_id.encode()
        is_new, is_new_here = repeats.is_first(own_id), repeats.is_first(own_id + fingerprint)
        if own_id and not is_new and is_new_here:
            return self._settle("invalid", copied(carried))
        if not sent:
            self._strange_ids.append(carried)
            return "strange"
        outcome = already_sent(carried.row, said, sent, self.run.number)
        outcome = replace(outcome, created_id=carried.created_id, conflicted_id=carried.conflicted_id)
        if fingerprint and fingerprint != sent.fingerprint and outcome.advice == advice.ALREADY_SENT:
            outcome = replace(outcome, advice=advice.SENT_OTHERWISE)
        return self._settle("sent_before", outcome, fingerprint)

    def _print(self, carried: Carried, repeats: Repeats) -> bytes:
        """The fingerprint, by which later rows are known; nothing where the row by itself is invalid."""
        if isinstance(carried.verdict, Invalid):
            return b""
        fingerprint = self.prints(carried.verdict).row
        repeats.is_first(fingerprint)
        return fingerprint

    def _settle(self, fate: str, outcome: Outcome, known_by: bytes = b"") -> str:
        """Settle this soon."""
        self._queue.append(outcome)
        if known_by:
            self._known_by[outcome.row] = known_by
        if len(self._queue) >= TOGETHER:
            self._flush()
        return fate

    def _flush(self) -> None:
        self.entries.settle(*self._queue, known_by=self._known_by)
        self._queue.clear()
        self._known_by.clear()
