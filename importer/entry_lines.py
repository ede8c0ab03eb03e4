"""A row's line in the journal, read as its outcome, and written."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from importer import advice
from importer.records import Ended, Outcome, Problem
from importer.sent import ABSENT, SENDING

COLUMNS = (
    "row, ended, created_id, conflicted_id, status, exception_type, exception_message, advice, "
    "prospect_id, request_id, sent_at, reply, problems"
)
"""The columns of a line, in the order of an Outcome's attributes."""


def line_of(outcome: Outcome) -> list[object]:
    """A value for each of COLUMNS."""
    problems = [(p.cell, p.column, p.code, p.message) for p in outcome.problems]
    return [
        outcome.row, outcome.ended.value, outcome.created_id, outcome.conflicted_id,
        outcome.status, outcome.exception_type, outcome.exception_message, outcome.advice,
        outcome.prospect_id, outcome.request_id, outcome.sent_at, outcome.reply,
        json.dumps(problems, ensure_ascii=False) if problems else "",
    ]  # fmt: skip


def outcome_of(line: Sequence[Any]) -> Outcome:
    """The outcome that a line of COLUMNS tells; one that is not settled yet reads as what is known of it."""
    row, ended, *known, problems = line
    if unsettled := _UNSETTLED.get(ended):
        return unsettled(row, known[-2])
    outcome = Outcome(row, Ended(ended), *known)
    return replace(outcome, problems=_problems(problems)) if problems else outcome


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(Problem(*problem) for problem in json.loads(text))


def cut_off(row: int, sent_at: str = "") -> Outcome:
    """A row whose request may have left when the program died."""
    return Outcome(
        row,
        Ended.UNKNOWN,
        exception_type="NoAnswer",
        exception_message="The importer was ended before LeadSquared's answer had come.",
        advice=advice.UNKNOWN,
        sent_at=sent_at,
    )


def proven_absent(row: int, sent_at: str = "") -> Outcome:
    """A row that was sent, asked for, and is not in LeadSquared."""
    return Outcome(row, Ended.NOT_SENT, advice=advice.ABSENT, sent_at=sent_at)


_UNSETTLED = {SENDING: cut_off, ABSENT: proven_absent}
