"""The first pass over a sheet: every row is checked, the invalid ones are settled, the rest is counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from importer.carried import foreign, marked_unknown
from importer.check import invalid_outcome
from importer.entries import Entries
from importer.journal import Prints
from importer.plan import Plan
from importer.records import Capture, Carried, Ended, Invalid, Outcome
from importer.references import ShortenedNotes
from importer.repeats import Repeats
from importer.runs import Run
from importer.sent import ABSENT, Sent, SentRows
from importer.unsettled import already_sent

# One commit for many: a sheet of which every row is wrong should not take an hour to say so.
TOGETHER = 500

UNCLEAR = (Ended.UNKNOWN, ABSENT)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rows of a sheet by what will happen to them.

    settled:     an earlier start of the same run has ended them.
    unclear:     sent by an earlier start, and LeadSquared is asked how that ended.
    sent_before: earlier runs have sent the same opportunity.
    known_leads: of the rows to send, those whose lead got an opportunity of this type from here before.
    elsewhere:   rows of earlier runs that nobody knows the end of, and that this sheet has no more.
    strange_ids: rows that carry the id of an opportunity which the journal does not know.
    notices:     what the operator should know of the rows to send, in sentences.
    """

    rows: int = 0
    to_send: int = 0
    invalid: int = 0
    repeated: int = 0
    sent_before: int = 0
    settled: int = 0
    unclear: int = 0
    known_leads: int = 0
    elsewhere: tuple[Sent, ...] = ()
    strange_ids: tuple[Carried, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass
class Survey:
    """Goes over the rows of a plan. Nothing is sent."""

    plan: Plan
    entries: Entries
    sent_rows: SentRows
    prints: Callable[[Capture], Prints]
    run: Run
    _counts: Counter[str] = field(default_factory=Counter)
    _settled: list[Outcome] = field(default_factory=list)
    _strange_ids: list[Carried] = field(default_factory=list)

    def forecast(self, unsettled: Iterable[Sent]) -> Forecast:
        """unsettled: rows of this and earlier runs that nobody knows the end of.

        Raises SheetError where a row cannot be read, JournalError.
        """
        shortened = ShortenedNotes(self.plan.mapping.opportunity.reference)
        with Repeats() as repeats:
            for verdict in self.plan.verdicts():
                fate = self._fate(verdict, repeats)
                self._counts.update(("rows", fate))
                if fate == "to_send" and isinstance(verdict, Capture):
                    shortened.see(verdict)
            self._settle()
            elsewhere = tuple(sent for sent in unsettled if sent.fingerprint not in repeats)
        del self._counts["strange"]
        return Forecast(
            **self._counts, elsewhere=elsewhere, strange_ids=tuple(self._strange_ids),
            notices=shortened.notices,
        )  # fmt: skip

    def _fate(self, verdict: Capture | Invalid | Carried, repeats: Repeats) -> str:
        match verdict:
            case Capture():
                return self._fate_of_good(verdict, repeats)
            case Invalid():
                ended = self.entries.ended(verdict.row)
                return "settled" if ended else self._settle("invalid", invalid_outcome(verdict))
            case Carried():
                return self._fate_of_carried(verdict, repeats)

    def _fate_of_good(self, capture: Capture, repeats: Repeats) -> str:
        prints = self.prints(capture)
        is_first = repeats.is_first(prints.row)
        if ended := self.entries.ended(capture.row):
            return "unclear" if ended in UNCLEAR else "settled"
        if not is_first:
            return "repeated"
        sent = next(iter(self._sent(prints, capture.row)), None)
        if sent and sent.is_certain:
            return "repeated" if sent.run == self.entries.run else "sent_before"
        if sent:
            return "unclear"
        self._counts["known_leads"] += self.sent_rows.knows_lead(prints.lead)
        return "to_send"

    def _sent(self, prints: Prints, row: int) -> list[Sent]:
        return self.sent_rows.of(prints.row, (self.entries.run, row), self.run.again)

    def _fate_of_carried(self, carried: Carried, repeats: Repeats) -> str:
        if self.run.again and carried.opportunity_id:
            return self._fate(carried.verdict, repeats)
        ended = self.entries.ended(carried.row)
        if not carried.opportunity_id:
            is_clear = ended or self._is_known(carried.verdict)
            return (
                self._fate(carried.verdict, repeats)
                if is_clear
                else self._settle("settled", marked_unknown(carried))
            )
        return "settled" if ended else self._fate_of_id(carried)

    def _is_known(self, verdict: Capture | Invalid) -> bool:
        return isinstance(verdict, Invalid) or bool(self._sent(self.prints(verdict), verdict.row))

    def _fate_of_id(self, carried: Carried) -> str:
        sent = self.sent_rows.with_id(carried.opportunity_id)
        if not sent:
            self._strange_ids.append(carried)
            return "strange"
        if sent.account != self.run.account:
            return self._settle("invalid", foreign(carried))
        by_itself = carried.verdict
        said = self.prints(by_itself).said if isinstance(by_itself, Capture) else {}
        outcome = already_sent(carried.row, said, sent, self.run.number)
        outcome = replace(outcome, created_id=carried.created_id, conflicted_id=carried.conflicted_id)
        return self._settle("sent_before", outcome)

    def _settle(self, fate: str = "", *outcomes: Outcome) -> str:
        """Settle these soon; without any, all that are still to be settled."""
        self._settled += outcomes
        if not outcomes or len(self._settled) >= TOGETHER:
            self.entries.settle(*self._settled)
            self._settled.clear()
        return fate
