"""The verb `run`: every row of a sheet gets its outcome, and a line in the result workbook."""

import time
from dataclasses import replace

from importer.account import identify, nameless, pace_of
from importer.errors import ImportStopped, MappingError, NoAccess, StopRule
from importer.importing import Import
from importer.interruption import heard_out
from importer.journal import Account, Journal
from importer.leadsquared import LeadSquared
from importer.mapping import Mapping
from importer.order import Order, RunReport
from importer.pace import Pace
from importer.plan import Plan, make_plan
from importer.rules import Rules
from importer.runs import Beginning, Runs
from importer.settings import Settings
from importer.spelling import counted
from importer.survey import Forecast
from importer.targets import check_target
from importer.tell import Tell


def run(order: Order, settings: Settings, rules: Rules, tell: Tell) -> RunReport:
    """Send every good row that has not been sent, and write the result workbook.

    Raises CannotStart before anything is sent, AlreadyRunning, JournalError; every other end is
    in the report.
    """
    started = time.monotonic()
    plan = make_plan(order.sheet, order.mapping, order.reading)
    if not order.demo:
        _refuse_guesses(plan.mapping)
    for target in filter(None, (order.output, order.failed)):
        check_target(target, order.sheet)
    with Journal(settings.state) as journal, LeadSquared(settings) as leadsquared:
        beginning = _beginning(order, plan, settings)
        with Runs(journal).alone(beginning), pace_of(settings, journal, order.rate) as pace:
            account, refusal = _account(leadsquared, settings, journal, pace, tell)
            work = Import(order, plan, journal, pace, rules, tell)
            work.begin(beginning.under(account, str(pace.rate)), nameless(settings).name)
            forecast = work.survey()
            if not refusal:
                forecast, refusal = _ask_for_ids(work, forecast, leadsquared)
            stop = refusal or work.refusal(forecast, account)
            with heard_out(rules.interrupt):
                stop = stop or work.send(forecast, leadsquared)
                return replace(work.end(stop), seconds=time.monotonic() - started)


def _refuse_guesses(mapping: Mapping) -> None:
    """Raises MappingError that names every line of the mapping that is still marked as a guess."""
    guesses = [
        f"{mapping.path}, line {line}: {guessed} is still to be confirmed "
        "(see whether it is right, then remove confirm: true)"
        for line, guessed in mapping.unconfirmed
    ]
    if guesses:
        title = f"{mapping.path} has {counted(len(guesses), 'guess', 'guesses')}; nothing was sent:"
        raise MappingError(title, guesses)


def _account(
    leadsquared: LeadSquared, settings: Settings, journal: Journal, pace: Pace, tell: Tell
) -> tuple[Account, ImportStopped | None]:
    try:
        return identify(leadsquared, settings, journal, pace, tell), None
    except (NoAccess, StopRule) as refusal:
        return journal.account_of(settings.key_hash) or nameless(settings), refusal


def _ask_for_ids(
    work: Import, forecast: Forecast, leadsquared: LeadSquared
) -> tuple[Forecast, ImportStopped | None]:
    try:
        return work.ask_for_ids(forecast, leadsquared), None
    except (NoAccess, StopRule) as refusal:
        return forecast, refusal


def _beginning(order: Order, plan: Plan, settings: Settings) -> Beginning:
    return Beginning(
        account="",
        organisation="",
        host=settings.host,
        sheet=str(plan.sheet.path.resolve()),
        worksheet=plan.sheet.worksheet,
        sheet_sha256=plan.sheet.sha256,
        header_row=plan.layout.header_row,
        encoding=order.reading.encoding or "",
        delimiter=order.reading.delimiter or "",
        mapping=str(plan.mapping.path.resolve()),
        event_code=plan.mapping.opportunity.event_code,
        rows=0,
        pace="",
        again=order.again,
        details=order.details or bool(plan.layout.results and plan.layout.results.has_details),
    )
