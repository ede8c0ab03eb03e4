"""How the report of each verb reads, in words and as JSON."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from importer.errors import ImportStopped
from importer.history_words import outcomes_in_words
from importer.order import RunReport
from importer.passes import PassReport
from importer.purge import PurgeReport
from importer.purge_words import kept_lines, left_out
from importer.reconcile import ReconcileReport
from importer.records import Ended
from importer.spelling import as_typed, counted
from importer.streams import out
from importer.trays import SUMMARY
from importer.undo import UndoReport
from importer.undo_words import counts_of, opportunities


def tell_stopped(stop: ImportStopped | str | None, options: Namespace) -> None:
    """What ended it early, on stderr, where that holds sentences; a log has an event of it."""
    if stop and options.log == "plain":
        out(str(stop), stream=sys.stderr)


def tell_run(report: RunReport, options: Namespace) -> None:
    out(f"Run {report.run}: {counted(report.rows, 'row')}: {outcomes_in_words(report.outcomes)}.")
    if report.partial_successes:
        out(f"{report.partial_successes:,} of them are PartialSuccess: their Advice says what to look at.")
    if report.failed:
        out(f"Rows to mend: {report.failed}")
    if report.result:
        out(f"Result workbook: {report.result}")
    tell_stopped(report.stopped, options)
    if report.outcomes[Ended.NOT_SENT] and not options.demo:
        out(f"To continue: {_same_command()}")


def _same_command() -> str:
    return as_typed(["importer", *sys.argv[1:]])


def tell_pass(report: PassReport, options: Namespace) -> None:
    for file in report.files:
        counts = f"{counted(file.rows, 'row')}: {outcomes_in_words(file.outcomes)}; " if file.run else ""
        out(f"{file.name}: {counts}{file.place}: {file.path.parent}")
    if not report.files and not report.stopped:
        if options.quiet and not report.needs_person:
            return
        out(f"Nothing to import in {report.folder}.")
    if (report.folder / SUMMARY).exists():
        out(f"Summary: {report.folder / SUMMARY}")
    tell_stopped(report.stopped, options)


def tell_reconcile(report: ReconcileReport, options: Namespace) -> None:
    asked = sum(report.outcomes.values())
    if not asked:
        out("No row is Unknown.")
        return
    out(f"Asked for {counted(asked, 'row')}: {outcomes_in_words(report.outcomes)}.")
    for result in report.results:
        out(f"Result workbook: {result}")
    if report.outcomes[Ended.NOT_SENT]:
        out("NotSent: LeadSquared does not have these. To send them, run again:")
        for sheet in report.to_run:
            out(f"  {sheet}")
    tell_stopped(report.stopped, options)


def tell_undo(report: UndoReport, options: Namespace) -> None:
    out(f"Run {report.run}: {opportunities(len(report.made))}: {outcomes_in_words(counts_of(report.made))}.")
    if report.result:
        out(f"What was deleted: {report.result}")
    if any(made.is_gone for made in report.made):
        out(f"To have it in the run's result workbook too: importer results {report.run}")
    tell_stopped(report.stopped, options)
    if report.exit_code:
        out(f"To continue: {_same_command()}")


def undo_as_json(report: UndoReport) -> dict[str, Any]:
    return {
        "run": report.run,
        "opportunities": len(report.made),
        "outcomes": counts_of(report.made),
        "result": str(report.result) if report.result else None,
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "stopped": str(report.stopped) if report.stopped else None,
    }


def reconcile_as_json(report: ReconcileReport) -> dict[str, Any]:
    return {
        "runs": report.runs,
        "rows": sum(report.outcomes.values()),
        "outcomes": report.outcomes,
        "results": [str(path) for path in report.results],
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "stopped": str(report.stopped) if report.stopped else None,
    }


def tell_purge(report: PurgeReport) -> None:
    for line in _purge_lines(report):
        out(line)


def _purge_lines(report: PurgeReport) -> Iterator[str]:
    if report.runs:
        yield f"Cleared: {counted(report.rows, 'row')} of {counted(len(report.runs), 'run')}."
    else:
        yield f"Nothing to remove of runs that ended before {report.before} UTC."
    if report.kept:
        yield "Kept is the value that finds the lead of rows for which LeadSquared is still to be asked:"
        yield from kept_lines(report.kept)
    if report.left_out:
        yield left_out(report.left_out)
    if report.not_rewritten:
        yield report.not_rewritten


def purge_as_json(report: PurgeReport) -> dict[str, Any]:
    return {
        "before": report.before or None,
        "rows": report.rows,
        "runs": report.runs,
        "kept": {kept.run: kept.rows for kept in report.kept},
        "left_out": report.left_out,
        "not_rewritten": report.not_rewritten or None,
        "exit_code": report.exit_code,
        "stopped": str(report.stopped) if report.stopped else None,
    }
