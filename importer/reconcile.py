"""The verb `reconcile`: LeadSquared is asked for the rows of which nobody knows how they ended."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from importer.account import identify, pace_of
from importer.answers import Rate
from importer.entries import Entries
from importer.errors import (
    STOPPED_BY,
    AlreadyRunning,
    ImportStopped,
    Interrupted,
    NoAccess,
    ResultError,
    SheetError,
    StopRule,
    UsageError,
    level_of,
    strongest_of,
)
from importer.history import remake
from importer.interruption import heard_out
from importer.journal import Account, Journal
from importer.leadsquared import LeadSquared
from importer.outage import GIVE_UP_AFTER
from importer.records import Ended
from importer.rules import Rules
from importer.runs import Run, Runs
from importer.sender import Sender
from importer.sent import ABSENT, Sent, SentRows
from importer.settings import Settings
from importer.spelling import counted
from importer.tell import Tell
from importer.unsettled import PATIENCE, Unsettled
from importer.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What the operator asks: of one run, or (None) of all runs of these keys' account. Times in seconds."""

    run: int | None = None
    patience: float = PATIENCE
    give_up_after: float = GIVE_UP_AFTER
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """How the rows ended that LeadSquared was asked for; NotSent are those that it does not have.

    to_run: the sheets that have such rows. stopped: what ended it early, or kept a result from being written.
    """

    runs: tuple[int, ...] = ()
    outcomes: dict[Ended, int] = field(default_factory=lambda: dict.fromkeys(Ended, 0))
    results: tuple[Path, ...] = ()
    to_run: tuple[str, ...] = ()
    seconds: float = 0.0
    stopped: ImportStopped | None = None

    @property
    def exit_code(self) -> int:
        return self.stopped.exit_code if self.stopped else int(self.outcomes[Ended.UNKNOWN] > 0)


def reconcile(asked: Reconciling, settings: Settings, tell: Tell) -> ReconcileReport:
    """Nothing is sent. Raises UsageError for a run of another account, AlreadyRunning, NoAccess."""
    started = time.monotonic()
    report = replace(_reconcile(asked, settings, tell), seconds=time.monotonic() - started)
    tell.write_down(
        "reconcile.ended",
        str(report.stopped or ""),
        level_of(report.exit_code),
        runs=report.runs,
        outcomes=report.outcomes,
        results=report.results,
        seconds=round(report.seconds, 3),
        exit_code=report.exit_code,
        stopped=STOPPED_BY.get(report.exit_code),
    )
    return report


def _reconcile(asked: Reconciling, settings: Settings, tell: Tell) -> ReconcileReport:
    with (
        Journal(settings.state) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal, asked.rate) as pace,
        ExitStack() as held,
    ):
        account = identify(leadsquared, settings, journal, pace, tell)
        runs = _resting(asked.run, journal, account, held, tell)
        rows = [sent for run in runs for sent in _unknown(run, journal)]
        if not rows:
            return ReconcileReport()
        can_be_asked_for = sum(bool(sent.reference) for sent in rows)
        tell.event(
            "reconcile.began",
            f"Unknown: {counted(len(rows), 'row')}. LeadSquared is asked for {can_be_asked_for:,} of them.",
            runs=[run.number for run in runs],
            unknown=len(rows),
            asked_for=can_be_asked_for,
            rate=str(pace.rate),
        )
        rules = Rules()
        unsettled = Unsettled(
            journal, Entries(journal, runs[0].number), Runs(journal).is_running, pace, asked.patience
        )
        for sent in rows:
            unsettled.ask_for(sent)
        with heard_out(rules.interrupt):
            sender = Sender(unsettled, pace, leadsquared, rules, tell, asked.give_up_after)
            stopped = _send_nothing(sender)
            report = _report(rows, journal, tell)
        return replace(report, stopped=strongest_of(stopped, report.stopped))


def _unknown(run: Run, journal: Journal) -> list[Sent]:
    return [sent for sent in SentRows(journal).unsettled(run.number) if sent.ended != ABSENT]


def _resting(
    number: int | None, journal: Journal, account: Account, held: ExitStack, tell: Tell
) -> list[Run]:
    """The runs to ask for, whose sheets no other process works on until `held` is closed."""
    runs = Runs(journal)
    if number is not None:
        run = runs.numbered(number)
        if run.account != account.name:
            raise UsageError(
                f"Run {number} went to another account ({run.organisation or run.host}): use its keys."
            )
        if not held.enter_context(runs.lock(run).tried()):
            raise AlreadyRunning(
                f"Run {number}, or another run of its sheet, is at work right now, and asks for its Unknown "
                "rows itself."
            )
        return [run]
    own = [run for run in runs.all() if run.account == account.name and _unknown(run, journal)]
    locks = dict.fromkeys(map(runs.lock, own))
    ours = {lock for lock in locks if held.enter_context(lock.tried())}
    busy = [run.number for run in own if runs.lock(run) not in ours]
    if busy:
        tell.say(f"Left out, since they are at work right now: runs {', '.join(map(str, busy))}.")
    return [run for run in own if run.number not in busy]


def _send_nothing(sender: Sender) -> ImportStopped | None:
    try:
        sender.send_all(Waiting(iter(())))
    except (StopRule, Interrupted, NoAccess) as stop:
        return stop
    return None


def _report(rows: Sequence[Sent], journal: Journal, tell: Tell) -> ReconcileReport:
    runs = Runs(journal)
    counts: Counter[str] = Counter()
    results: list[Path] = []
    to_run: list[str] = []
    unwritten: ImportStopped | None = None
    numbers = sorted({sent.run for sent in rows})
    for number in numbers:
        run, entries = runs.numbered(number), Entries(journal, number)
        ended = Counter(entries.ended(sent.row) or "" for sent in rows if sent.run == number)
        counts += ended
        if ended[ABSENT] and run.sheet not in to_run:
            to_run.append(run.sheet)
        try:
            results.append(remake(run, journal))
        except SheetError as fault:
            said = f"The result workbook of run {number} stays as it was: {fault}"
            tell.event("result.unwritten", said, "warning", run=number)
        except ResultError as fault:
            unwritten = ResultError(f"{fault}\nTo write the result workbook later: importer results {number}")
    outcomes = {word: counts[word] for word in Ended}
    outcomes[Ended.NOT_SENT] += counts[ABSENT]
    outcomes[Ended.UNKNOWN] = len(rows) - sum(outcomes.values()) + outcomes[Ended.UNKNOWN]
    return ReconcileReport(tuple(numbers), outcomes, tuple(results), tuple(to_run), 0.0, unwritten)
