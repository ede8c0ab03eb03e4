"""Rows of a result that is run again: what they carry decides before what they say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from importer import advice
from importer.answers import Unread
from importer.asking import Asking
from importer.check import invalid_outcome
from importer.errors import Unreachable
from importer.questions import BY_ID
from importer.records import Carried, Ended, Invalid, Outcome, Problem
from importer.sent import Sent

_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def kept(carried: Carried) -> Outcome:
    """The row has its opportunity, and keeps the id."""
    return Outcome(
        carried.row, Ended.SKIPPED, created_id=carried.created_id, conflicted_id=carried.conflicted_id,
        exception_type="AlreadySent", advice=advice.ALREADY_SENT,
        exception_message=f"By an earlier result this row is opportunity {carried.opportunity_id}.",
    )  # fmt: skip


def foreign(carried: Carried) -> Outcome:
    """The id is of no opportunity of this account: the row was sent elsewhere, or in a demo."""
    return _not_its_own(
        carried,
        "ID-FOREIGN",
        "is no opportunity of this type in this account: the row comes from the result of another account or "
        "of a demo (clear the cell if the row is to be sent to this account)",
    )


def copied(carried: Carried) -> Outcome:
    """A row above has the same id and other values: one of the two is a copy, perhaps of a new deal."""
    return _not_its_own(
        carried,
        "ID-COPIED",
        "is also the opportunity of a row above that has other values (clear the cell if this row is an "
        "opportunity of its own, or delete the row)",
    )


def of_another(carried: Carried, sent: Sent) -> Outcome:
    """By the columns that the mapping names as identity, this row is not the one that got the id."""
    return _not_its_own(
        carried,
        "ID-OF-ANOTHER",
        f"is the opportunity of row {sent.row} of run {sent.run} ({sent.sent_at[:10]}), which had another "
        "identity (clear the cell if this row is an opportunity of its own, or put its identity back)",
    )


def _not_its_own(carried: Carried, code: str, why: str) -> Outcome:
    problem = Problem(carried.cell, carried.column, code, f"'{carried.opportunity_id}' {why}")
    outcome = invalid_outcome(Invalid(carried.row, (problem,)))
    # Kept in its cell, or a result of this run would be sent as if nothing had been said.
    return replace(outcome, created_id=carried.created_id, conflicted_id=carried.conflicted_id)


def marked_unknown(carried: Carried) -> Outcome:
    """Sent by somebody, who does not know how that ended, and not from this journal."""
    return Outcome(
        carried.row, Ended.UNKNOWN, exception_type="MarkedUnknown", advice=advice.MARKED_UNKNOWN,
        exception_message="An earlier result marks this row Unknown, and this computer knows nothing of it.",
    )  # fmt: skip


def asked_for(unknown: Iterable[Carried], asking: Asking, event_code: int) -> Iterator[Outcome]:
    """How the rows end whose ids the journal does not know: LeadSquared is asked whether it does.

    Raises Unreachable where it does not answer: only an answer proves that an id is not its own.
    """
    rows = iter(unknown)
    while part := list(islice(rows, BY_ID)):
        # LeadSquared might refuse a whole question for one text that is no id.
        ids = [row.opportunity_id for row in part if _ID.fullmatch(row.opportunity_id)]
        answer = asking.opportunities(ids, event_code) if ids else []
        if isinstance(answer, Unread):
            raise Unreachable(
                f"LeadSquared cannot be asked for the opportunity ids in the sheet: {answer.reason}. Nothing "
                "was sent, since rows with an id have been sent already."
            )
        known = {trace.opportunity_id.casefold() for trace in answer}
        yield from (kept(row) if row.opportunity_id.casefold() in known else foreign(row) for row in part)
