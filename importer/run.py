"""The verb `run`: every row of a sheet gets its outcome, and a line in the result workbook."""

import time
from dataclasses import replace

from importer.account import Waits, nameless, pace_of, pauses_of
from importer.asking import Asking
from importer.cell_text import visible
from importer.errors import (
    STOPPED_BY,
    ImportStopped,
    MappingError,
    NoAccess,
    StopRule,
    UsageError,
    UsersUnknown,
    level_of,
)
from importer.importing import Import
from importer.interruption import heard_out
from importer.journal import Journal
from importer.knowing import Knowing, plan_for_demo
from importer.leadsquared import LeadSquared
from importer.learning import Lately
from importer.mapping import Mapping
from importer.order import Order, RunReport
from importer.pace import Pace
from importer.plan import Plan
from importer.rules import Rules
from importer.runs import Beginning, Runs
from importer.settings import Settings
from importer.spelling import counted
from importer.survey import Forecast
from importer.targets import check_target
from importer.tell import Tell


def run(
    order: Order, settings: Settings, rules: Rules, tell: Tell, lately: Lately | None = None
) -> RunReport:
    """Send every good row that has not been sent, and write the result workbook.

    lately: what other runs of this process have asked of the account just now, and this one need not ask.
    Raises CannotStart, or Interrupted while the rows are checked, before anything is sent; AlreadyRunning,
    JournalError; every other end is in the report.
    """
    started = time.monotonic()
    report = replace(
        _run(order, settings, rules, tell, lately or Lately()), seconds=time.monotonic() - started
    )
    _write_down(report, tell)
    return report


def _run(order: Order, settings: Settings, rules: Rules, tell: Tell, lately: Lately) -> RunReport:
    what = order.sheet, order.mapping, order.reading
    plan = plan_for_demo(what, order.kept)
    if plan:
        _refuse(order, plan)
    with (
        Journal(settings.state) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal, order.rate) as pace,
    ):
        waits = _waits(order, leadsquared, pace, rules)
        knowing = Knowing(
            leadsquared, settings, journal, pace, tell, order.offline or order.demo, lately, waits
        )
        if plan is None:
            plan = knowing.plan(what)
            _refuse(order, plan)
        beginning = _beginning(order, plan, settings)
        with Runs(journal).alone(beginning):
            account, refusal = knowing.account()
            plan, refusal = _held(order, plan, knowing, refusal)
            work = Import(order, plan, journal, pace, rules, tell)
            work.begin(beginning.under(account, str(pace.rate)), nameless(settings).name)
            forecast = work.survey()
            if not refusal:
                forecast, refusal = _ask_for_ids(work, forecast, leadsquared)
            stop = refusal or work.refusal(forecast, account)
            if not stop:
                knowing.use(plan.mapping)
            with heard_out(rules.interrupt):
                stop = stop or work.send(forecast, leadsquared)
                return work.end(stop)


def _waits(order: Order, leadsquared: LeadSquared, pace: Pace, rules: Rules) -> Waits | None:
    asking = Asking(leadsquared, pace, order.give_up_after, rules.heed)
    return Waits(pauses_of(order.give_up_after), asking.wait) if order.waits else None


def _write_down(report: RunReport, tell: Tell) -> None:
    tell.write_down(
        "run.ended",
        report.stopped or "",
        level_of(report.exit_code),
        run=report.run,
        outcomes=report.outcomes,
        result=report.result,
        failed=report.failed,
        seconds=round(report.seconds, 3),
        exit_code=report.exit_code,
        stopped=STOPPED_BY.get(report.exit_code),
    )


def _refuse(order: Order, plan: Plan) -> None:
    """Raises CannotStart where something that needs no account forbids to send."""
    if not order.demo:
        _refuse_guesses(plan.mapping)
    for target in filter(None, (order.output, order.failed)):
        check_target(target, order.sheet)


def _held(
    order: Order, plan: Plan, knowing: Knowing, refusal: ImportStopped | None
) -> tuple[Plan, ImportStopped | None]:
    """The plan held against the account, whose changes are told; what forbids to send by it, or None."""
    if order.demo:
        return plan, refusal
    try:
        plan = knowing.held(plan)
    except StopRule as stop:
        return plan, refusal or stop
    if order.unless_open:
        _refuse_without_open(plan.mapping)
    owners = [keys for keys, source in plan.sources_in_use() if source.kind == "owner"]
    if owners and plan.mapping.users is None and not refusal:
        cure = (
            "leave --offline out"
            if order.offline
            else "have the user of these keys allowed to read users in LeadSquared, or try again later"
        )
        refusal = UsersUnknown(
            f"{plan.mapping.path}, line {plan.mapping.line(*owners[0])}: kind owner needs the users of the "
            f"account, which are not known, so nothing was sent ({cure})."
        )
    return plan, refusal


def _refuse_without_open(mapping: Mapping) -> None:
    """Raises UsageError where the opportunity type knows no status Open, so that none could be found."""
    code = mapping.opportunity.event_code
    fields = mapping.account.fields.get(code, ()) if mapping.account else ()
    for field in fields:
        is_open = "open" in map(str.casefold, field.options)
        if field.schema_name == "Status" and field.options and not is_open:
            raise UsageError(
                f"--unless-open: opportunity type {code} has no status Open (it has "
                f"{', '.join(map(visible, field.options))}), so no open opportunity could be found. Leave "
                "the option out."
            )


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
        unless_open=order.unless_open,
    )
