"""How the runs of the past, and their rows, read in words and as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from importer.cell_text import visible
from importer.find import Found
from importer.history import PastRow, PastRun, facts, purged_in_words, since_facts
from importer.records import RESULT_HEADINGS
from importer.results import told
from importer.runs import Run
from importer.spelling import counted


def past_as_json(past: PastRun) -> dict[str, Any]:
    run = past.run
    return {
        "run": run.number,
        "started": run.started,
        "ended": run.ended or None,
        "organisation": run.organisation,
        "host": run.host,
        "sheet": run.sheet,
        "mapping": run.mapping,
        "rows": run.rows,
        "outcomes": past.outcomes,
        "undone": past.undone[0],
        "undone_at": past.undone[1] or None,
        "undo_unproven": past.unproven,
        "purged_at": past.purged_at or None,
        "result": run.result or None,
        "finished": run.finished,
        "exit_code": run.exit_code,
        "stopped": run.stopped or None,
    }


def past_in_words(past: PastRun) -> str:
    run = past.run
    state = "finished" if run.finished else f"not finished ({run.stopped or _why_unfinished(run)})"
    name = Path(run.sheet).name
    counts = outcomes_in_words(past.outcomes)
    if past.undone[0]:
        counts += f" ({past.undone[0]:,} undone)"
    if past.unproven:
        counts += f" ({past.unproven:,} perhaps undone)"
    return f"{run.number:>4}  {run.started} UTC  {name}: {counted(run.rows, 'row')}, {counts}; {state}"


def _why_unfinished(run: Run) -> str:
    return "rows left to send" if run.ended else "running now, or ended from outside"


def past_in_full(past: PastRun) -> str:
    """Everything that is known of one run."""
    rows = (("Rows", f"{past.run.rows:,}: {outcomes_in_words(past.outcomes)}"), ("Result", past.run.result))
    return "\n".join(_listed((*facts(past.run), *rows, *since_facts(past))))


def row_in_words(past: PastRow) -> str:
    """How the row ended, and LeadSquared's answer as it came; signs that nobody sees are spelt out."""
    outcome = past.outcome
    title = f"Row {past.row} of run {past.run.number}, {past.run.sheet}"
    if outcome is None:
        return f"{title}\nNothing is known of this row: it was not sent, or the sheet has no such row."
    purged = ("Purged", purged_in_words(past.purged_at))
    further = (("Reference", past.reference), ("Times sent", str(past.sends or "")), purged)
    lines = [title, *_listed((*zip(RESULT_HEADINGS, told(outcome), strict=True), *further))]
    if outcome.reply:
        lines += ["LeadSquared's answer, as it came:", *map(visible, outcome.reply.splitlines())]
    return "\n".join(lines)


def row_as_json(past: PastRow) -> dict[str, Any]:
    outcome = past.outcome
    known = dict(zip(RESULT_HEADINGS, told(outcome), strict=True)) if outcome else None
    return {
        "run": past.run.number,
        "row": past.row,
        "outcome": known,
        "reference": past.reference or None,
        "sends": past.sends,
        "reply": outcome.reply if outcome and outcome.reply else None,
    }


def found_in_words(found: Found) -> str:
    """Each row on a line; where there is none, what was looked for."""
    if not found.rows:
        return (
            f"Nothing found in {counted(found.runs, 'run')}. Looked for: {'; '.join(found.looked_for)}.\n"
            "Rows that were never sent (Invalid, NotSent) cannot be found by whose they are."
        )
    return "\n".join(map(_found_row, found.rows))


def _found_row(past: PastRow) -> str:
    if past.outcome is None:
        return ""
    parts = [f"{past.outcome.ended} {past.opportunity_id}".rstrip()]
    parts.append(f"sent {past.outcome.sent_at} UTC" if past.outcome.sent_at else "not sent by this run")
    parts += [f"undone {past.undone_at} UTC"] if past.undone_at else []
    sheet = visible(Path(past.run.sheet).name)
    return f"{past.run.number:>4}  {past.run.started} UTC  {sheet}, row {past.row}: {', '.join(parts)}"


def found_as_json(found: Found) -> dict[str, Any]:
    rows = [(past, past.outcome) for past in found.rows if past.outcome]
    return {
        "found": [
            {
                "run": past.run.number,
                "sheet": past.run.sheet,
                "row": past.row,
                "outcome": outcome.ended,
                "opportunity_id": past.opportunity_id or None,
                "sent_at": outcome.sent_at or None,
                "undone_at": past.undone_at or None,
                "reference": past.reference or None,
            }
            for past, outcome in rows
        ],
        "looked_for": found.looked_for,
        "runs": found.runs,
    }


def _listed(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    known = [(name, value) for name, value in facts if value]
    width = max(len(name) for name, _ in known)
    for name, value in known:
        yield f"  {name.ljust(width)}  {visible(value)}"


def outcomes_in_words(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{word} {count:,}" for word, count in counts.items() if count) or "nothing"
