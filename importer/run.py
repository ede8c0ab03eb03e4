"""The verb `run`: every row of a sheet gets its outcome, and a line in the result workbook."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from importer.account import identify, nameless, pace_of
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
from importer.interruption import heard_out
from importer.journal import Account, Entries, Journal, cut_off
from importer.leadsquared import LeadSquared
from importer.order import Order, RunReport
from importer.pace import Pace
from importer.plan import Plan, make_plan
from importer.records import Capture, Ended, Invalid
from importer.references import referenced
from importer.results import Original, write_failed
from importer.rules import ERRORS, Rules
from importer.runs import Beginning, Runs
from importer.sender import Sender
from importer.settings import Settings
from importer.survey import Forecast, survey
from importer.targets import check_target, default_target, free_target
from importer.tell import Tell
from importer.waiting import Ready, Waiting


def run(order: Order, settings: Settings, rules: Rules, tell: Tell) -> RunReport:
    """Send every good row that has not been sent, and write the result workbook.

    Raises CannotStart before anything is sent, AlreadyRunning, JournalError; every other end is
    in the report.
    """
    started = time.monotonic()
    plan = make_plan(order.sheet, order.mapping, order.worksheet)
    for target in filter(None, (order.output, order.failed)):
        check_target(target, order.sheet)
    with (
        Journal(settings.state) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal, order.rate) as pace,
    ):
        account, refusal = _account(leadsquared, settings, journal, pace, tell)
        beginning = _beginning(order, plan, settings, account, pace)
        with Runs(journal).alone(beginning):
            work = Import(order, plan, journal, pace, rules, tell)
            work.begin(beginning, nameless(settings).name)
            forecast = work.survey()
            stop = refusal or work.refusal(forecast, account)
            with heard_out(rules.interrupt):
                stop = stop or work.send(forecast, leadsquared)
                return replace(work.end(stop), seconds=time.monotonic() - started)


def _account(
    leadsquared: LeadSquared, settings: Settings, journal: Journal, pace: Pace, tell: Tell
) -> tuple[Account, NoAccess | StopRule | None]:
    try:
        return identify(leadsquared, settings, journal, pace, tell), None
    except (NoAccess, StopRule) as refusal:
        return journal.account_of(settings.key_hash) or nameless(settings), refusal


def _beginning(order: Order, plan: Plan, settings: Settings, account: Account, pace: Pace) -> Beginning:
    return Beginning(
        account=account.name,
        organisation=account.organisation,
        host=settings.host,
        sheet=str(plan.sheet.path.resolve()),
        worksheet=plan.sheet.worksheet,
        sheet_sha256=plan.sheet.sha256,
        header_row=plan.layout.header_row,
        mapping=str(plan.mapping.path.resolve()),
        event_code=plan.mapping.opportunity.event_code,
        rows=0,
        pace=str(pace.rate),
        again=order.again,
        details=order.details,
    )


class Import:
    """One run at work: begin, send, end."""

    def __init__(
        self, order: Order, plan: Plan, journal: Journal, pace: Pace, rules: Rules, tell: Tell
    ) -> None:
        self._order = order
        self._plan = plan
        self._journal = journal
        self._runs = Runs(journal)
        self._pace = pace
        self._rules = rules
        self._tell = tell
        self._cut_off: set[int] = set()

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
        self._cut_off = set(self._entries.left_sending())
        self._entries.settle(*map(cut_off, self._cut_off))
        self._entries.forget_ended(Ended.INVALID)
        if not unfinished.was_interrupted:
            self._entries.forget_ended(Ended.REJECTED)

    def survey(self) -> Forecast:
        """Check every row, and settle the invalid ones."""
        try:
            forecast = survey(self._plan, self._entries, self._fingerprint, self._run.again)
        except CannotStart as fault:
            self._runs.end(self._run, _now(), fault.exit_code, str(fault), finished=False)
            raise
        self._run = self._runs.count_rows(self._run, forecast.rows)
        return replace(forecast, to_send=self._rules.at_most(forecast.to_send))

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
        self._tell.begin(forecast.rows, forecast.settled + forecast.invalid)
        sender = Sender(self._entries, self._pace, leadsquared, self._rules, self._tell)
        try:
            sender.send_all(Waiting(self._ready(), self._unclear()), self._run.again)
        except (StopRule, Interrupted, NoAccess) as stop:
            return stop
        finally:
            self._tell.end()
        return None

    def _unclear(self) -> frozenset[str]:
        """The leads whose row the last start left in the air: a request of theirs may still be at work."""
        if not self._cut_off:
            return frozenset()
        captures = (verdict for verdict in self._verdicts() if isinstance(verdict, Capture))
        return frozenset().union(*(each.leads for each in captures if each.row in self._cut_off))

    def _ready(self) -> Iterator[Ready]:
        passed: list[str] = []
        for verdict in self._verdicts():
            if ended := self._entries.ended(verdict.row):
                passed.append(ended)
            elif isinstance(verdict, Capture):
                yield Ready(self._referenced(verdict), self._fingerprint(verdict), tuple(passed))
                passed.clear()
        self._rules.count(*passed)

    def _verdicts(self) -> Iterator[Capture | Invalid]:
        try:
            yield from self._plan.verdicts()
        except SheetError as fault:
            # Other than in a sheet that is unusable from the start, rows are in the air by now.
            raise StopRule(f"The sheet can no longer be read: {fault}") from fault

    def _fingerprint(self, capture: Capture) -> bytes:
        return self._journal.fingerprint(self._run.account, capture)

    def _referenced(self, capture: Capture) -> Capture:
        return referenced(capture, self._plan.mapping.opportunity.reference, self._run.reference(capture.row))

    def end(self, stop: ImportStopped | None) -> RunReport:
        """Record the end, and write the result workbook."""
        outcomes = past_run(self._journal, self._run).outcomes
        errors = any(outcomes[word] for word in ERRORS)
        exit_code = stop.exit_code if stop else int(errors)
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
        worksheet = sheet.worksheet or self._plan.mapping.worksheet or ""
        original = Original(sheet.path, sheet.rows, self._run.header_row, worksheet)
        result = failed = None
        try:
            target = order.output or default_target(order.sheet, order.result_name)
            result = write_result_of(self._run, original, self._journal, target)
            outcomes = past_run(self._journal, self._run).outcomes
            if order.failed and (outcomes[Ended.INVALID] or outcomes[Ended.REJECTED]):
                target = free_target(order.failed)
                failed = write_failed(original, self._entries.outcomes(), target)
        except (ResultError, SheetError) as fault:
            later = f"To write the result workbook later: importer results {self._run.number}"
            return result, None, ResultError(f"{fault}\n{later}")
        return result, failed, None


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
