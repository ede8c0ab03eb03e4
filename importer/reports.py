"""How the report of each verb reads, in words and as JSON."""

import sys
from argparse import Namespace
from typing import Any

from importer.history_words import outcomes_in_words
from importer.order import RunReport
from importer.reconcile import ReconcileReport
from importer.records import Ended
from importer.spelling import as_typed, counted
from importer.streams import out
from importer.undo import UndoReport
from importer.undo_words import counts_of, opportunities


def tell_run(report: RunReport, options: Namespace) -> None:
    out(f"Run {report.run}: {report.rows:,} rows: {outcomes_in_words(report.outcomes)}.")
    if report.partial_successes:
        out(f"{report.partial_successes:,} of them are PartialSuccess: their Advice says what to look at.")
    if report.failed:
        out(f"Rows to mend: {report.failed}")
    if report.result:
        out(f"Result workbook: {report.result}")
    if report.stopped:
        out(report.stopped, stream=sys.stderr)
    if report.outcomes[Ended.NOT_SENT] and not options.demo:
        out(f"To continue: {_same_command()}")


def _same_command() -> str:
    return as_typed(["importer", *sys.argv[1:]])


def tell_reconcile(report: ReconcileReport) -> None:
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
    if report.stopped:
        out(str(report.stopped), stream=sys.stderr)


def tell_undo(report: UndoReport) -> None:
    out(f"Run {report.run}: {opportunities(len(report.made))}: {outcomes_in_words(counts_of(report.made))}.")
    if report.result:
        out(f"What was deleted: {report.result}")
    if any(made.is_gone for made in report.made):
        out(f"To have it in the run's result workbook too: importer results {report.run}")
    if report.stopped:
        out(str(report.stopped), stream=sys.stderr)
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
