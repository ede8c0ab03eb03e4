"""A finished run in a journal, without a call: `python -m tests.bench.past SHEET MAPPING STATE`.

Most rows are Created, some Duplicate or Rejected, and the faulty ones Invalid, as after a usual run.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from importer.check import invalid_outcome
from importer.entries import Entries
from importer.journal import Journal
from importer.plan import Plan, make_plan
from importer.reading import AS_FOUND
from importer.records import Ended, Invalid, Outcome
from importer.runs import Beginning, Runs

AT = "2026-11-24 04:00:00"
SETTLED_AT_ONCE = 5_000

REJECTED: dict[str, Any] = {
    "ended": Ended.REJECTED,
    "created_id": "",
    "status": "Failure",
    "exception_type": "MXInvalidInputException",
    "exception_message": "The value of mx_Custom_1 is not among its options.",
    "advice": "Correct the value, or add it to the field's options in LeadSquared.",
    "prospect_id": "",
}


def past_run(sheet: Path, mapping: Path, state: Path) -> int:
    """The number of the run."""
    plan = make_plan(sheet, mapping, AS_FOUND)
    with Journal(state) as journal:
        runs = Runs(journal)
        run = runs.begin(_beginning(plan), AT)
        entries = Entries(journal, run.number)
        outcomes, rows = _outcomes(plan), 0
        while some := list(islice(outcomes, SETTLED_AT_ONCE)):
            entries.settle(*some)
            rows += len(some)
        runs.tell_surveyed(run, rows, "[]")
        return runs.end(run, AT, 1, "", finished=True).number


def _beginning(plan: Plan) -> Beginning:
    return Beginning(
        account="api.example.com DEMO",
        organisation="DEMO",
        host="api.example.com",
        sheet=str(plan.sheet.path.resolve()),
        worksheet=plan.sheet.worksheet,
        sheet_sha256=plan.sheet.sha256,
        header_row=plan.layout.header_row,
        encoding="",
        delimiter="",
        mapping=str(plan.mapping.path.resolve()),
        event_code=plan.mapping.opportunity.event_code,
        rows=0,
        pace="25/5",
        again=False,
        details=False,
        unless_open=False,
    )


def _outcomes(plan: Plan) -> Iterator[Outcome]:
    chance = Random(1)  # noqa: S311 (no secret, and to be the same each time)
    for verdict in plan.verdicts():
        if isinstance(verdict, Invalid):
            yield invalid_outcome(verdict)
        else:
            yield _answered(verdict.row, chance)


def _answered(row: int, chance: Random) -> Outcome:
    lead, call, opportunity = (str(UUID(int=chance.getrandbits(128))) for _ in range(3))
    created = Outcome(
        row,
        Ended.CREATED,
        created_id=opportunity,
        status="Success",
        prospect_id=lead,
        request_id=call,
        sent_at=AT,
    )
    match chance.randrange(100):
        case 0:
            return replace(created, **REJECTED)
        case 1 | 2 | 3:
            return replace(created, ended=Ended.DUPLICATE, created_id="", conflicted_id=opportunity)
        case _:
            return created


if __name__ == "__main__":
    print(past_run(*map(Path, sys.argv[1:])))
