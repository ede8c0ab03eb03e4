"""Rows of a result that is run again: what they carry decides before what they say."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from importer import advice
from importer.answers import OverLimit, Trace, Unread
from importer.asking import ask
from importer.check import invalid_outcome
from importer.errors import Unreachable
from importer.leadsquared import LeadSquared
from importer.pace import Pace
from importer.questions import BY_ID
from importer.records import Carried, Ended, Invalid, Outcome, Problem


def kept(carried: Carried) -> Outcome:
    """The row has its opportunity, and keeps the id."""
    return Outcome(
        carried.row, Ended.SKIPPED, created_id=carried.created_id, conflicted_id=carried.conflicted_id,
        exception_type="AlreadySent", advice=advice.ALREADY_SENT,
        exception_message=f"By an earlier result this row is opportunity {carried.opportunity_id}.",
    )  # fmt: skip


def foreign(carried: Carried) -> Outcome:
    """The id is of no opportunity of this account: the row was sent elsewhere, or in a demo."""
    message = (
        f"'{carried.opportunity_id}' is no opportunity of this type in this account: the row comes from the "
        "result of another account or of a demo (clear the cell if the row is to be sent to this account)"
    )
    problem = Problem(carried.cell, carried.column, "ID-FOREIGN", message)
    outcome = invalid_outcome(Invalid(carried.row, (problem,)))
    # Kept in its cell, or a result of this run would be sent as if nothing had been said.
    return replace(outcome, created_id=carried.created_id, conflicted_id=carried.conflicted_id)


def marked_unknown(carried: Carried) -> Outcome:
    """Sent by somebody, who does not know how that ended, and not from this journal."""
    return Outcome(
        carried.row, Ended.UNKNOWN, exception_type="MarkedUnknown", advice=advice.MARKED_UNKNOWN,
        exception_message="An earlier result marks this row Unknown, and this computer knows nothing of it.",
    )  # fmt: skip


def asked_for(
    unknown: Iterable[Carried], leadsquared: LeadSquared, event_code: int, pace: Pace
) -> Iterator[Outcome]:
    """How the rows end whose ids the journal does not know: LeadSquared is asked whether it does.

    Raises Unreachable where it does not answer, AccessRefused where it refuses the keys.
    """
    rows = iter(unknown)
    while part := list(islice(rows, BY_ID)):
        question = _question([row.opportunity_id for row in part], leadsquared, event_code)
        answer = ask(pace, question, lambda: None)
        if isinstance(answer, Unread) and not answer.is_refused:
            raise Unreachable(f"LeadSquared cannot be asked for the ids in the sheet: {answer.reason}.")
        known = {trace.opportunity_id for trace in answer} if isinstance(answer, list) else set()
        yield from (kept(row) if row.opportunity_id in known else foreign(row) for row in part)


def _question(
    ids: list[str], leadsquared: LeadSquared, event_code: int
) -> Callable[[], list[Trace] | Unread | OverLimit]:
    return lambda: leadsquared.opportunities(ids, event_code, "Status")
