"""One run at work: begin, look at the rows, send, end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from importer.ages import now_written
from importer.asking import Asking
from importer.carried import asked_for
from importer.decisions import Wishes
from importer.entries import Entries
from importer.entry_lines import cut_off
from importer.errors import (
    CannotStart,
    ImportStopped,
    Interrupted,
    NoAccess,
    SheetError,
    StopRule,
    strongest,
)
from importer.forecast import tell_forecast
from importer.history import past_run
from importer.journal import Account, Journal, Prints
from importer.leadsquared import LeadSquared
from importer.order import Order, RunReport
from importer.pace import Pace
from importer.plan import Plan
from importer.records import Capture, Carried, Ended, Invalid
from importer.references import column, note_length, referenced
from importer.result_files import write_files
from importer.rules import ERRORS, Rules
from importer.runs import Beginning, Runs
from importer.sender import Sender
from importer.sent import SENDING, SentRows
from importer.spelling import counted
from importer.summary_page import as_json
from importer.survey import Forecast, Survey
from importer.tell import Tell
from importer.unsettled import Unsettled
from importer.verify import in_words, missing
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
        self._note_length = note_length(plan.mapping.account, opportunity.event_code)
        rules.know({*plan.mapping.lead.attributes, *opportunity.fields})

    def begin(self, beginning: Beginning, nameless: str) -> None:
        """A new run, or the unfinished one of this sheet; `nameless` as in `Runs.unfinished`."""
        unfinished = self._runs.unfinished(beginning, nameless)
        if not unfinished:
            self._run = self._runs.begin(beginning, now_written())
            self._entries = Entries(self._journal, self._run.number)
            return
        self._run = self._runs.resume(unfinished, beginning)
        self._entries = Entries(self._journal, self._run.number)
        self._tell.event(
            "run.resumed", f"Run {self._run.number} of this sheet was not finished: it goes on.",
            run=self._run.number,
        )  # fmt: skip
        if beginning.again and not unfinished.again:
            self._tell.say("--again is left out this time: it needs a run that has finished.")
        if unfinished.again and not beginning.again:
            self._tell.say(
                "It was started with --again; without it, what earlier runs have sent is not sent once more."
            )
        if unfinished.unless_open and not beginning.unless_open:
            self._tell.say(
                "It was started with --unless-open, and goes on so: rows whose lead has an open opportunity "
                "of this type are Skipped."
            )
        sent = self._sent_rows.unsettled(self._run.number)
        self._entries.settle(*(cut_off(each.row) for each in sent if each.ended == SENDING))
        self._entries.forget_never_sent()
        self._entries.forget_left_out()
        self._entries.forget_ended(Ended.INVALID)
        if not unfinished.was_interrupted:
            self._entries.forget_ended(Ended.REJECTED)

    def survey(self) -> Forecast:
        """Check every row, and settle the invalid ones. Raises Interrupted, SheetError."""
        runs = [self._run, *self._runs.earlier(self._run)]
        unsettled = [sent for run in runs for sent in self._sent_rows.unsettled(run.number)]
        survey = Survey(self._plan, self._tell, self._entries, self._prints, self._run, self._rules.stop)
        try:
            forecast = survey.forecast(unsettled)
        except CannotStart as fault:
            # The sheet has no rows that could be counted, and these are settled anew by the next start.
            self._entries.forget_ended(Ended.INVALID)
            self._runs.end(self._run, now_written(), fault.exit_code, str(fault), finished=False)
            raise
        except Interrupted as stop:
            seen = self._runs.tell_surveyed(self._run, max(survey.rows, self._run.rows), self._run.noticed)
            self._runs.end(seen, now_written(), stop.exit_code, str(stop), finished=False)
            raise
        self._run = self._runs.tell_surveyed(self._run, forecast.rows, as_json(forecast.blocks))
        return replace(forecast, to_send=self._rules.at_most(forecast.to_send))

    def ask_for_ids(self, forecast: Forecast, leadsquared: LeadSquared) -> Forecast:
        """Settle the rows that carry an opportunity's id which this journal does not know.

        Raises NoAccess, StopRule.
        """
        asked = asked_for(forecast.strange_ids, self._asking(leadsquared), self._run.event_code)
        counts: Counter[str] = Counter()
        carried = {row.row: row for row in forecast.strange_ids}
        for outcome in asked:
            known_by = {}
            verdict = carried[outcome.row].verdict
            if outcome.ended is Ended.SKIPPED and isinstance(verdict, Capture):
                known_by[outcome.row] = self._prints(verdict).row
            self._entries.settle(outcome, known_by=known_by)
            counts[outcome.ended] += 1
        return replace(
            forecast,
            sent_before=forecast.sent_before + counts[Ended.SKIPPED],
            invalid=forecast.invalid + counts[Ended.INVALID],
        )

    def refusal(self, forecast: Forecast, account: Account) -> ImportStopped | None:
        """Say what is about to be done; why it may not, or None."""
        tell_forecast(forecast, self._plan, account, self._run, self._pace, self._tell)
        if forecast.invalid and self._order.stop_if_invalid:
            return StopRule(f"Nothing was sent: invalid rows: {forecast.invalid:,} (--stop-if-invalid).")
        if stop := self._rules.too_many_invalid(forecast.invalid, forecast.rows):
            return stop
        unclear = forecast.unclear + len(forecast.elsewhere)
        question = f"Send {counted(forecast.to_send, 'row')} now?"
        if unclear and not forecast.to_send:
            question = f"Ask for {counted(unclear, 'row')} now, and send again what is not there?"
        if (forecast.to_send or unclear) and not self._tell.confirm(question):
            return Interrupted("Nothing was sent: not confirmed.")
        return None

    def send(self, forecast: Forecast, leadsquared: LeadSquared) -> ImportStopped | None:
        """Send what is to be sent; what stopped it, or None."""
        order = self._order
        unsettled = Unsettled(
            self._journal, self._entries, self._runs.is_running, self._pace, order.patience,
            Wishes(self._run.again, self._run.unless_open),
        )  # fmt: skip
        waiting = Waiting(self._ready())
        for sent in forecast.elsewhere:
            if sent.run != self._run.number:
                self._entries.remember_elsewhere(sent)
            if unsettled.ask_for(sent):
                waiting.hold(sent.holds)
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
        try:
            gone = missing(created, self._run.event_code, self._asking(leadsquared), self._order.patience)
        except (StopRule, Interrupted, NoAccess) as stop:
            return stop
        self._is_missing_some = bool(gone)
        self._run = self._runs.tell_verified(self._run, in_words(len(created), gone))
        not_there = len(gone) if isinstance(gone, dict) else None
        self._tell.event("run.verified", self._run.verified, created=len(created), missing=not_there)
        return None

    def _asking(self, leadsquared: LeadSquared) -> Asking:
        return Asking(leadsquared, self._pace, self._order.give_up_after, self._rules.heed)

    def _ready(self) -> Iterator[Ready]:
        """The rows to send: first those that were sent, and nobody knows how they ended."""
        unsettled = {sent.row for sent in self._sent_rows.unsettled(self._run.number)}
        if unsettled:
            for verdict in self._verdicts():
                if isinstance(verdict, Capture) and verdict.row in unsettled:
                    yield self._as_ready(verdict)
        passed: list[str] = []
        for verdict in self._verdicts():
            if verdict.row in unsettled:
                continue
            if ended := self._entries.ended(verdict.row):
                passed.append(ended)
            elif isinstance(verdict, Capture):
                yield self._as_ready(verdict, tuple(passed))
                passed.clear()
        self._rules.count(*passed)

    def _as_ready(self, capture: Capture, passed: tuple[str, ...] = ()) -> Ready:
        place = self._plan.mapping.opportunity.reference
        reference = self._run.reference(capture.row) if place != "none" else ""
        sent = referenced(capture, place, reference, self._note_length)
        return Ready(sent, self._prints(capture), reference, column(place), passed)

    def _verdicts(self) -> Iterator[Capture | Invalid]:
        """The rows that may be sent, and those that may not; what carries an id is settled or left."""
        try:
            for verdict in self._plan.verdicts():
                if isinstance(verdict, Capture | Invalid):
                    yield verdict
                elif isinstance(verdict, Carried) and self._may_go(verdict):
                    yield verdict.verdict
        except SheetError as fault:
            # Other than in a sheet that is unusable from the start, rows are in the air by now.
            raise StopRule(f"The sheet can no longer be read: {fault}") from fault

    def _may_go(self, carried: Carried) -> bool:
        is_without = self._run.again or not carried.opportunity_id
        return is_without or self._sent_rows.is_undone(carried.opportunity_id)

    def _prints(self, capture: Capture) -> Prints:
        return self._journal.prints(self._run.account, capture)

    def end(self, stop: ImportStopped | None) -> RunReport:
        """Record the end, and write the result workbook."""
        outcomes = past_run(self._journal, self._run).outcomes
        earlier = any(outcome.ended is Ended.UNKNOWN for _, outcome in self._entries.elsewhere())
        is_held_back = outcomes[Ended.NOT_SENT] > 0 and not self._rules.limit_is_reached
        is_unclear = earlier or is_held_back or self._is_missing_some
        exit_code = stop.exit_code if stop else int(is_unclear or any(outcomes[word] for word in ERRORS))
        finished = not stop and not outcomes[Ended.NOT_SENT]
        # Killed while the workbook is written, it is a run that goes on, and ends in the same workbook.
        self._run = self._runs.end(self._run, now_written(), None, str(stop or ""), finished=False)
        files = write_files(self._order, self._plan, self._run, self._journal, self._tell)
        self._run = self._runs.end(self._run, self._run.ended, exit_code, str(stop or ""), finished)
        return RunReport(
            self._run.number, self._order.sheet, self._plan.mapping.path, self._run.rows, outcomes,
            self._entries.partial_successes(), files.result, files.failed, 0.0,
            strongest(exit_code, files.fault.exit_code if files.fault else 0),
            files.fault or stop, self._pace.calls, self._pace.refusals,
        )  # fmt: skip
