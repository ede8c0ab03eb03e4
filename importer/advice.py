"""What to do next, in plain words, for every way in which a row can end."""

import re

from importer.records import Ended

INVALID = "Correct the marked cells and run the corrected sheet."
CHECKED = "Good: ready to be sent."
NOT_SENT = "Not sent yet: the run ended before it was this row's turn. Run the same command again."
UNKNOWN = (
    "Nobody knows whether LeadSquared stored this row. Look for the lead in LeadSquared: if the "
    "opportunity is there, nothing is to be done; if it is not, put the row into a sheet of its own "
    "and run that with --again."
)
REPEATED = "Nothing to do: a row above is the same opportunity, and that one was sent."
ALREADY_SENT = "Nothing to do. To send it once more all the same, run the sheet with --again."
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
