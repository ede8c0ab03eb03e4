"""What to do next, in plain words, for every way in which a row can end."""

import re
from collections.abc import Iterable, Sequence

from importer.records import Ended

# A whole sheet that is run with --again would send all its rows once more.
AGAIN = "put the row into a sheet of its own: importer run SHEET --mapping FILE --again"

INVALID = "Correct the cells that ExceptionMessage names, and run the corrected sheet."
CHECKED = "Good: ready to be sent."
NOT_SENT = (
    "Not sent yet: the run ended before it was this row's turn, or an earlier row of the same lead is "
    "Unknown or waits too. Run the same command again."
)
UNKNOWN = (
    "Nobody knows yet whether LeadSquared stored this row. Run the same command again, or importer "
    "reconcile: LeadSquared is asked for it. It is not sent again before that."
)
UNKNOWN_WITHOUT_REFERENCE = (
    "Nobody knows whether LeadSquared stored this row, and it carries nothing to find it by (reference: none "
    "in the mapping). Look for the lead in LeadSquared: if the opportunity is there, nothing is to be "
    f"done; if it is not, {AGAIN}"
)
ABSENT = (
    "Sent, but LeadSquared was asked several times and does not have it. "
    "Run the same command again to send it."
)
REPEATED = "Nothing to do: another row of this sheet is the same opportunity, and that one was sent."
UNKNOWN_BEFORE = (
    "Nobody knows whether LeadSquared stored the earlier row, so this one is not sent. See the advice there."
)
MARKED_UNKNOWN = (
    "Run it where it was sent from, or look for the lead in LeadSquared: if the opportunity is there, "
    "nothing is to be done; if it is not, clear the Outcome cell of this row and run the file again."
)
CARRIES_ID = "Has an opportunity id by an earlier result: a run skips it."
ALREADY_SENT = f"Nothing to do. To send it once more all the same, {AGAIN}"
SENT_OTHERWISE = (
    "LeadSquared keeps what was sent then, and this row would send something else by now: a cell or the "
    "mapping has changed. Change it in LeadSquared too, where it matters."
)
HAS_OPEN = (
    "Nothing to do. If it is another deal all the same, once this run has finished: importer run SHEET "
    "--mapping FILE, without --unless-open."
)
OPEN_NOT_TOLD = (
    "Not sent, since the lead may have an open opportunity. Run the same command again: LeadSquared is asked "
    "anew. If it refuses the question time and again, have these keys' user allowed to read opportunities."
)
LEFT_OUT = "Nothing to do. To send it, show the row in Excel, or run the sheet without --visible-only."
MORE_THAN_ONCE = "LeadSquared stored this row more than once"
BAD_REQUEST = "LeadSquared could not read what was sent. Look for unusual characters in this row."
PARTIAL = "Stored, but LeadSquared could not finish what belongs to it: check the opportunity's activities."
REFUSED = (
    "LeadSquared refuses this row as it is. Mend what the message names, in the sheet or in the mapping."
)

MANDATORY = re.compile(r"Field name\s*:\s*'(?P<field>[^']+)'.*mandatory", re.IGNORECASE | re.DOTALL)

BY_EXCEPTION = {
    "MXDuplicateEntryException": (
        "Another lead in LeadSquared already has this e-mail or phone number. Search LeadSquared for both, "
        "merge the two leads or correct the cell, then run the sheet again."
    ),
    "MXInvalidActivityFieldsException": (
        "LeadSquared does not take one of the fields: compare the schema names under opportunity > fields "
        "in the mapping with those in LeadSquared, and the cell with what the field may hold."
    ),
    "MXInvalidInputException": (
        "LeadSquared does not take a value of this call: check lead > search_by and on_duplicate in "
        "the mapping."
    ),
    "MXInvalidActivityException": (
        "LeadSquared knows no such opportunity type: correct opportunity > event_code in the mapping."
    ),
    "MXUnknownAttributeException": (
        "The mapping names a lead attribute that LeadSquared does not have: correct its schema name "
        "under lead > attributes in the mapping."
    ),
    "MXMandatoryAttributeMissingException": (
        "LeadSquared wants a lead attribute that was not sent: add it under lead > attributes in the "
        "mapping, or fill its cell in this row."
    ),
    "MXMandatoryFieldMissingException": (
        "LeadSquared wants a field that was not sent: add it under opportunity > fields in the mapping, "
        "or fill its cell in this row."
    ),
    "MXInvalidDataTypeException": (
        "A cell holds the wrong kind of value, such as text where LeadSquared wants a number: "
        "correct the cell, and give the column its kind in the mapping so that it is found before sending."
    ),
    "MXXSSException": "A cell holds what looks like program code (such as <script>): remove it from "
    "the cell.",
}


def undo_not_proven(run: int) -> str:
    """What to do about a row whose opportunity may be deleted, or not; `run` created it."""
    return (
        f"Not sent, since it might be there twice. Run: importer undo {run}. What is gone already is not "
        "deleted again. Then run the same command again, and the row is sent if its opportunity is gone."
    )


def still_unknown(reference: str, reason: str) -> str:
    """LeadSquared was asked for the row, in vain."""
    return (
        f"LeadSquared was asked for this row and gave no clear answer ({reason}). Run importer "
        f"reconcile later, or look in the lead's opportunities for {reference}: if it is there, nothing is "
        "to be done."
    )


def sent_too_often(reference: str, sends: int) -> str:
    """LeadSquared never has it, however often it is sent."""
    return (
        f"Sent {sends} times, and each time LeadSquared gave no answer and did not store it. Look in the "
        f"lead's opportunities for {reference}; if it is not there, ask LeadSquared's support why, with the "
        "time in SentAt."
    )


def landed_more_than_once(others: Iterable[str]) -> str:
    return (
        f"{MORE_THAN_ONCE}, since an answer was lost and the row was sent again. "
        f"Delete the others in LeadSquared: {', '.join(others)}"
    )


def changed_since(columns: Sequence[str]) -> str:
    """The same row as one that was sent earlier, by its identity, with other values."""
    return (
        f"Sent earlier with other values in: {', '.join(columns)}. Change these in LeadSquared; to send "
        f"it as one more opportunity all the same, {AGAIN}"
    )


def differs_from_row(row: int, columns: Sequence[str]) -> str:
    """The same row as another of this sheet, by its identity, with other values."""
    return (
        f"Row {row} of this sheet was sent, with other values in: {', '.join(columns)}. Change these in "
        "LeadSquared where this row has the right ones; if it is another opportunity, the columns under "
        "identity in the mapping should tell the two apart."
    )


def undone(at: str, before: str) -> str:
    """at: UTC; before: its advice until then, which holds on where it names others to be deleted."""
    told = f"Undone: the opportunity was deleted again ({at} UTC). To send the row again, run the sheet."
    return f"{told} {before}" if before.startswith(MORE_THAN_ONCE) else told


def for_reply(ended: Ended, status: str, exception_type: str, exception_message: str) -> str:
    """The advice for what LeadSquared answered; "" where nothing is to be done."""
    if ended is not Ended.REJECTED:
        return PARTIAL if status == "PartialSuccess" else ""
    mandatory = MANDATORY.search(exception_message)
    if mandatory:
        return _mandatory(mandatory["field"])
    return BY_EXCEPTION.get(exception_type, REFUSED)


def _mandatory(field: str) -> str:
    hint = (
        " (a comment, since LeadSquared wants one on every status change)" if field == "mx_Custom_19" else ""
    )
    return (
        f"LeadSquared wants a value for {field}{hint}. Add this line under opportunity > fields in "
        f"the mapping, with the heading of your column: {field}: {{column: HEADING}}. If the line is "
        "there, fill the cell."
    )
