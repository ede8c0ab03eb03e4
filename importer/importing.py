"""One run at work: begin, look at the rows, send, end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from importer.carried import asked_for
from importer.entries import Entries, cut_off
from importer.errors import (
    CannotStart,
    ImportStopped,
    Interrupted,
    NoAccess,
    ResultError,
    SheetError,
    StopRule,
    strongest,
)
from importer.forecast import sentences
from importer.history import past_run, write_result_of
from importer.journal import Account, Journal, Prints
from importer.leadsquared import LeadSquared
from importer.order import Order, RunReport
from importer.original import original_of
from importer.pace import Pace
from importer.plan import Plan
from importer.records import Capture, Carried, Ended, Invalid
from importer.references import column, referenced
from importer.results import write_failed
from importer.rules import ERRORS, Rules
from importer.runs import Beginning, Runs
from importer.sender import Sender
from importer.sent import SENDING, SentRows
from importer.survey import UNCLEAR, Forecast, Survey
from importer.targets import default_target, free_target
from importer.tell import Tell
from importer.unsettled import Unsettled
from importer.verify import Verification, in_words
from importer.waiting import Ready, Waiting


class Import:
    """A sheet, its mapping and its run in the journal."""

    def __init__(
        self, order: Order, plan: Plan, journal: Journal, pace: Pace, rules: Rules, tell: Tell
    ) -> None:
        self._order = order
        self._plan = plan
        self._journal = journal
        self._runs = Runs(journal)
        self._sent_rows = SentRows(journal)
        self._pace = pace
        self._rules = rules
        self._tell = tell
        self._is_missing_some = False
        opportunity = plan.mapping.opportunity
        rules.know({*plan.mapping.lead.attributes, *opportunity.fields})

    def begin(self, beginning: Beginning, nameless: str) -> None:
        """A new run, or the unfinished one of this sheet; `nameless` as in `Runs.unfinished`."""
        unfinished = self._runs.unfinished(beginning, nameless)
        if not unfinished:
            self._run = self._runs.begin(beginning, _now())
            self._entries = Entries(self._journal, self._run.number)
            return
        self._run = self._runs.resume(unfinished, beginning)
        self._entries = Entries(self._journal, self._run.number)
        self._tell.say(f"Run {self._run.number} of this sheet was not finished: it goes on.")
        if beginning.again and not unfinished.again:
            self._tell.say("--again is left out this time: it needs a run that has finished.")
        sent = self._sent_rows.unsettled(self._run.number)
        self._entries.settle(*(cut_off(each.row) for each in sent if each.ended == SENDING))
        self._entries.forget_never_sent()
        self._entries.forget_ended(Ended.INVALID)
        if not unfinished.was_interrupted:
            self._entries.forget_ended(Ended.REJECTED)

    def survey(self) -> Forecast:
        """Check every row, and settle the invalid ones."""
        runs = [self._run, *self._runs.earlier(self._run)]
        unsettled = [sent for run in runs for sent in self._sent_rows.unsettled(run.number)]
        survey = Survey(self._plan, self._entries, self._sent_rows, self._prints, self._run)
        try:
            forecast = survey.forecast(unsettled)
        except CannotStart as fault:
            self._runs.end(self._run, _now(), fault.exit_code, str(fault), finished=False)
            raise
        self._run = self._runs.count_rows(self._run, forecast.rows)
        return replace(forecast, to_send=self._rules.at_most(forecast.to_send))

    def ask_for_ids(self, forecast: Forecast, leadsquared: LeadSquared) -> Forecast:
        """Settle the rows that carry an opportunity's id which this journal does not know.

        Raises NoAccess, StopRule.
        """
        asked = asked_for(forecast.strange_ids, leadsquared, self._run.event_code, self._pace)
        counts: Counter[str] = Counter()
        for outcome in asked:
            self._entries.settle(outcome)
            counts[outcome.ended] += 1
        return replace(
            forecast,
            sent_before=forecast.sent_before + counts[Ended.SKIPPED],
            invalid=forecast.invalid + counts[Ended.INVALID],
        )

    def refusal(self, forecast: Forecast, account: Account) -> ImportStopped | None:
        """Say what is about to be done; why it may not, or None."""
        said = sentences(forecast, self._plan, account, self._run.host, self._pace)
        for sentence in (*self._plan.notices, *forecast.notices, *said):
            self._tell.say(sentence)
        if forecast.invalid and self._order.stop_if_invalid:
            return StopRule(f"Nothing was sent: {forecast.invalid} rows are invalid (--stop-if-invalid).")
        if forecast.to_send and not self._tell.confirm(f"Send {forecast.to_send:,} rows now?"):
            return Interrupted("Nothing was sent: not confirmed.")
        return None

    def send(self, forecast: Forecast, leadsquared: LeadSquared) -> ImportStopped | None:
        """Send what is to be sent; what stopped it, or None."""
        order = self._order
        unsettled = Unsettled(
            self._journal, self._entries, self._runs.is_running, self._pace.clock, order.patience,
            self._run.again,
        )  # fmt: skip
        waiting = Waiting(self._ready())
        for sent in forecast.elsewhere:
            self._entries.remember_elsewhere(sent)
            unsettled.ask_for(sent)
            waiting.hold_back_lead({"=".join(sent.lookup).casefold()})
        self._tell.begin(forecast.rows, forecast.settled + forecast.invalid)
        sender = Sender(unsettled, self._pace, leadsquared, self._rules, self._tell, order.give_up_after)
        try:
            sender.send_all(waiting)
        except (StopRule, Interrupted, NoAccess) as stop:
            return stop
        finally:
            self._tell.end()
        return self._verify(leadsquared) if order.verify else None

    def _verify(self, leadsquared: LeadSquared) -> ImportStopped | None:
        created = {created_id: row for row, created_id in self._entries.created()}
        self._tell.say(f"Reading {len(created):,} created opportunities back.")
        event_code = self._run.event_code
        verification = Verification(
            leadsquared, event_code, self._pace, self._order.patience, self._rules.heed
        )
        try:
            missing = verification.missing(created)
        except (StopRule, Interrupted, NoAccess) as stop:
            return stop
        self._is_missing_some = bool(missing)
        self._run = self._runs.tell_verified(self._run, in_words(len(created), missing))
        self._tell.say(self._run.verified)
        return None

    def _ready(self) -> Iterator[Ready]:
        """The rows to send: first those that were sent, and nobody knows how they ended."""
        if self._sent_rows.unsettled(self._run.number):
            for verdict in self._verdicts():
                if isinstance(verdict, Capture) and self._entries.ended(verdict.row) in UNCLEAR:
                    yield self._as_ready(verdict)
        passed: list[str] = []
        for verdict in self._verdicts():
            ended = self._entries.ended(verdict.row)
            if ended:
                passed.extend([ended] if ended not in (*UNCLEAR, SENDING) else [])
            elif isinstance(verdict, Capture):
                yield self._as_ready(verdict, tuple(passed))
                passed.clear()
        self._rules.count(*passed)

    def _as_ready(self, capture: Capture, passed: tuple[str, ...] = ()) -> Ready:
        place = self._plan.mapping.opportunity.reference
        reference = self._run.reference(capture.row) if place != "none" else ""
        sent = referenced(capture, place, reference)
        return Ready(sent, self._prints(capture), reference, column(place), passed)

    def _verdicts(self) -> Iterator[Capture | Invalid]:
        """The rows that may be sent, and those that may not; what carries an id is settled or left."""
        try:
            for verdict in self._plan.verdicts():
                if not isinstance(verdict, Carried):
                    yield verdict
                elif self._run.again or not verdict.opportunity_id:
                    yield verdict.verdict
        except SheetError as fault:
            # Other than in a sheet that is unusable from the start, rows are in the air by now.
            raise StopRule(f"The sheet can no longer be read: {fault}") from fault

    def _prints(self, capture: Capture) -> Prints:
        return self._journal.prints(self._run.account, capture)

    def end(self, stop: ImportStopped | None) -> RunReport:
        """Record the end, and write the result workbook."""
        outcomes = past_run(self._journal, self._run).outcomes
        earlier = any(outcome.ended is Ended.UNKNOWN for _, outcome in self._entries.elsewhere())
        needs_a_person = earlier or any(outcomes[word] for word in ERRORS) or self._is_missing_some
        exit_code = stop.exit_code if stop else int(needs_a_person)
        finished = not stop and not outcomes[Ended.NOT_SENT]
        self._run = self._runs.end(self._run, _now(), exit_code, str(stop or ""), finished)
        result, failed, fault = self._write()
        return RunReport(
            self._run.number, self._order.sheet, self._plan.mapping.path, self._run.rows, outcomes,
            self._entries.partial_successes(), result, failed, 0.0,
            strongest(exit_code, fault.exit_code if fault else 0), str(fault or stop or "") or None,
        )  # fmt: skip

    def _write(self) -> tuple[Path | None, Path | None, ImportStopped | None]:
        order, sheet = self._order, self._plan.sheet
        result = failed = None
        try:
            original = original_of(sheet, self._run.header_row, self._plan.mapping.worksheet or "")
            target = order.output or default_target(order.sheet, order.result_name)
            result = write_result_of(self._run, original, self._journal, target, self._writing)
            outcomes = past_run(self._journal, self._run).outcomes
            if order.failed and (outcomes[Ended.INVALID] or outcomes[Ended.REJECTED]):
                target = free_target(order.failed)
                failed = write_failed(original, self._entries.outcomes(), target)
        except (ResultError, SheetError) as fault:
            later = f"To write the result workbook later: importer results {self._run.number}"
            return result, None, ResultError(f"{fault}\n{later}")
        return result, failed, None

    def _writing(self, rows: int) -> None:
        self._tell.say(f"Writing the result workbook: {rows:,} of {self._run.rows:,} rows.")


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
