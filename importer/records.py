"""What a row is at each step of its way: Row, then Capture, Invalid or Carried, then Outcome.

```
Row ──validate──► Capture ──capture──► Outcome
        ├───────► Invalid              NotTaken (answers.py): as if never sent
        └───────► Carried: an earlier result says how it ended
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

Stored = str | int | float | bool | datetime | date | time | timedelta | None
"""A cell's value as the file stores it; None is a blank cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file stores it, to be written again unchanged.

    `number_format` is Excel's own (`General`, `00000`, `dd/mm/yyyy`); `is_error` marks Excel's error
    values, whose `value` is then their text (`#N/A`).
    """

    value: Stored
    number_format: str = "General"
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet.

    number: as Excel shows it; the first row of the sheet is 1.
    texts:  what a person sees in each cell, by column (0 is column A); a blank cell is "".
            Numbers are their exact stored value, dates are ISO (2026-03-31, 2026-03-31 10:30:00).
    cells:  the same cells as stored. Empty where the file knows nothing but text (CSV).
    faults: column → why this cell cannot be trusted, as the end of a sentence that starts with its place.
    is_hidden: nobody sees the row in the workbook, perhaps because a filter hides it.
    """

    number: int
    texts: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.faults and not any(text.strip() for text in self.texts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell.

    cell:    its address in the sheet, `C17`; "" where the trouble is not in one cell.
    column:  the heading above it, or what the mapping says is missing.
    code:    the cause in capitals, the same for every cell with this trouble (`DATE-UNREADABLE`).
    message: what was found and what would do, as the end of a sentence that starts with the place.
    """

    cell: str
    column: str
    code: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.cell, self.column) if part)
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True)
class Remark(Problem):
    """One thing about a cell that a person should know, although the row is sent."""


@dataclass(frozen=True, slots=True)
class Field:
    """An opportunity field as it is sent; a custom field set has `fields` of its own and an empty value."""

    schema_name: str
    value: str
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class OnDuplicate:
    """The four flags of a Capture call, under LeadSquared's names; two of them are never true together."""

    overwrite_fields: bool = False
    update_empty_fields: bool = False
    do_not_post_duplicate_activity: bool = True
    do_not_change_owner: bool = True


@dataclass(frozen=True, slots=True)
class Capture:
    """One good row, ready to be sent by one Capture Opportunities call.

    row:         the row number in the sheet.
    lead:        (attribute, value) pairs in the mapping's order, without `SearchBy`.
    search_by:   as LeadSquared spells it in the value of `SearchBy`.
    date_time:   UTC, `YYYY-MM-DD HH:MM:SS`; "" is not sent. `note` "" is not sent either.
    uses_own_guid: the sheet gives the lead's id (`__UseUserDefinedGuid__`).
    identity:    what makes this row the same row elsewhere, before hashing (`Journal.prints`).
    said:        what the cells say, by column, where the identity does not hold all of it.
    remarks:     cells that look odd, and those whose values are sent in another form than they are written.
    leads:       a text for each unique value of the lead; two captures that share one are one lead.
    """

    row: int
    lead: tuple[tuple[str, str], ...]
    search_by: str
    event_code: int
    fields: tuple[Field, ...]
    identity: tuple[tuple[str, str], ...]
    leads: frozenset[str]
    said: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Remark, ...] = ()
    note: str = ""
    date_time: str = ""
    on_duplicate: OnDuplicate = OnDuplicate()
    uses_own_guid: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether it is sent in another Status than Open, which a new opportunity has by itself too."""
        statuses = [field.value.strip() for field in self.fields if field.schema_name == "Status"]
        return any(status and status.casefold() != "open" for status in statuses)

    @property
    def lookup(self) -> tuple[str, str]:
        """The attribute that finds the lead, as an attribute is spelt, and its value."""
        return next(pair for pair in self.lead if pair[0].casefold() == self.search_by.casefold())


@dataclass(frozen=True, slots=True)
class Invalid:
    """A row that must not be sent, with everything that is wrong with it."""

    row: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """A row of a result that is run again, by which it has an opportunity already, or is Unknown.

    verdict: the row by itself.
    created_id, conflicted_id: the opportunity's; both "" where the row is only marked Unknown.
    cell, column: where the id stands.
    """

    verdict: Capture | Invalid
    created_id: str
    conflicted_id: str
    cell: str
    column: str

    @property
    def row(self) -> int:
        return self.verdict.row

    @property
    def opportunity_id(self) -> str:
        return self.created_id or self.conflicted_id


LEFT_OUT = "HiddenRow"
"""The exception type of a row that was left out."""


OPEN_OPPORTUNITY = "OpenOpportunity"
"""The exception type of a row that was not sent since its lead has an open opportunity already."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A hidden row, where the operator wants only those that can be seen."""

    row: int


Verdict = Capture | Invalid | Carried | LeftOut
"""What a row is, once it was looked at by itself."""


class Ended(StrEnum):
    """How a row ended, in one word."""

    CREATED = "Created"
    DUPLICATE = "Duplicate"
    REJECTED = "Rejected"
    INVALID = "Invalid"
    SKIPPED = "Skipped"
    UNKNOWN = "Unknown"
    NOT_SENT = "NotSent"


CLEAR = (Ended.CREATED, Ended.DUPLICATE, Ended.REJECTED)
"""LeadSquared has answered, and that is all there is to know."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a row ended. The texts up to `request_id` are LeadSquared's own where it answered.

    status:   LeadSquared's `Success`, `Failure`, `PartialSuccess`; "" where it did not answer.
    advice:   what to do next, in plain words; "" where nothing is to be done.
    sent_at:  UTC, `YYYY-MM-DD HH:MM:SS`; "" for a row that never left.
    reply:    LeadSquared's whole answer as it came.
    problems: what is wrong with an Invalid row.
    """

    row: int
    ended: Ended
    created_id: str = ""
    conflicted_id: str = ""
    status: str = ""
    exception_type: str = ""
    exception_message: str = ""
    advice: str = ""
    prospect_id: str = ""
    request_id: str = ""
    sent_at: str = ""
    reply: str = ""
    problems: tuple[Problem, ...] = ()


RESULT_HEADINGS = (
    "Outcome",
    "CreatedOpportunityId",
    "ConflictedOpportunityId",
    "Status",
    "ExceptionType",
    "ExceptionMessage",
    "Advice",
    "RelatedProspectId",
    "RequestId",
    "SentAt",
)
"""The columns of a result workbook that follow the sheet's own."""

MENDING_HEADINGS = ("ExceptionMessage", "Advice")
"""The columns that follow the sheet's own in a file of the rows to mend."""
