"""Every shape in which LeadSquared is known to answer a Capture call, and what it means for the row."""

import json

import pytest

from importer.answers import OverLimit, Rate
from importer.errors import AccessRefused
from importer.records import Ended, Outcome
from importer.replies import read_reply

ANSWER = {
    "AdditionalDetails": [{"ActivityId": "a-1", "PostDeDupActionPerformed": 1}],
    "ConflictedOpportunityId": None,
    "CreatedOpportunityId": "o-1",
    "ExceptionMessage": None,
    "ExceptionType": None,
    "IsUnique": True,
    "PrimaryAction": 1,
    "RelatedProspectId": "p-1",
    "RequestId": "r-1",
    "SecondaryAction": 2,
    "Status": 0,
}
NO_ID = ANSWER | {"CreatedOpportunityId": None}
CONFLICTED = NO_ID | {"ConflictedOpportunityId": "o-9", "IsUnique": False}
REFUSED = {
    "ExceptionType": "MXDuplicateEntryException",
    "ExceptionMessage": "A Lead with same Email already exists.",
}
ENVELOPE = {"Status": "Error", **REFUSED}
LIMIT = "API calls exceeded the limit of 10 in 5 second(s)"
OVER = {"Status": "Error", "ExceptionType": "MXAPIRateLimitExceededException", "ExceptionMessage": LIMIT}
HTML = "<html><body>Service unavailable</body></html>"


@pytest.mark.parametrize(
    ("http_status", "answer", "ended", "status"),
    [
        pytest.param(200, ANSWER, Ended.CREATED, "Success", id="created"),
        pytest.param(200, CONFLICTED, Ended.DUPLICATE, "Success", id="duplicate by rule"),
        pytest.param(
            200, ANSWER | {"Status": 2}, Ended.CREATED, "PartialSuccess", id="created, activity failed"
        ),
        pytest.param(
            200,
            ANSWER | {"Status": 2, **REFUSED},
            Ended.CREATED,
            "PartialSuccess",
            id="created, exception in the activity",
        ),
        pytest.param(
            200,
            CONFLICTED | {"Status": 2},
            Ended.DUPLICATE,
            "PartialSuccess",
            id="duplicate, activity failed",
        ),
        pytest.param(500, ANSWER, Ended.CREATED, "Success", id="an id proves it in any code"),
        pytest.param(429, ANSWER, Ended.CREATED, "Success", id="an id proves it even behind a limit's code"),
        pytest.param(200, NO_ID | {"Status": 1}, Ended.REJECTED, "Failure", id="refused"),
        pytest.param(
            200, NO_ID | {"Status": 1, **REFUSED}, Ended.REJECTED, "Failure", id="refused with exception"
        ),
        pytest.param(200, NO_ID | REFUSED, Ended.REJECTED, "Success", id="refused, yet Status 0"),
        pytest.param(200, ENVELOPE, Ended.REJECTED, "Failure", id="general envelope"),
        pytest.param(500, ENVELOPE, Ended.REJECTED, "Failure", id="general envelope in 500"),
        pytest.param(500, REFUSED, Ended.REJECTED, "", id="envelope without Status"),
        pytest.param(500, REFUSED | {"IsMXException": True}, Ended.REJECTED, "", id="IsMXException"),
        pytest.param(403, ENVELOPE, Ended.REJECTED, "Failure", id="the body decides before 403"),
        pytest.param(
            200, NO_ID | {"Status": 2, **REFUSED}, Ended.UNKNOWN, "", id="partial success without an id"
        ),
        pytest.param(408, {"ExceptionMessage": "Late"}, Ended.UNKNOWN, "", id="408 of a gateway"),
        pytest.param(
            302, {"ExceptionType": "Moved"}, Ended.UNKNOWN, "", id="302 with an exception of a gateway"
        ),
        pytest.param(
            200, "\ufeff" + json.dumps(ANSWER), Ended.CREATED, "Success", id="a mark before the JSON"
        ),
        pytest.param(400, HTML, Ended.REJECTED, "", id="malformed"),
        pytest.param(200, NO_ID, Ended.UNKNOWN, "", id="Status 0 with neither id nor exception"),
        pytest.param(
            200, NO_ID | {"Status": 2}, Ended.UNKNOWN, "", id="Status 2 with neither id nor exception"
        ),
        pytest.param(200, {"Status": "Success"}, Ended.UNKNOWN, "", id="success without an id"),
        pytest.param(200, HTML, Ended.UNKNOWN, "", id="HTML 200"),
        pytest.param(200, "", Ended.UNKNOWN, "", id="empty 200"),
        pytest.param(200, "[]", Ended.UNKNOWN, "", id="a list"),
        pytest.param(200, '{"Created', Ended.UNKNOWN, "", id="half a body"),
        pytest.param(302, HTML, Ended.UNKNOWN, "", id="redirect"),
        pytest.param(403, HTML, Ended.UNKNOWN, "", id="403 without the limit's sentence"),
        pytest.param(500, HTML, Ended.UNKNOWN, "", id="500 without a body of LeadSquared's"),
        pytest.param(502, HTML, Ended.UNKNOWN, "", id="502"),
        pytest.param(503, {"ExceptionType": "TimeoutException"}, Ended.UNKNOWN, "", id="503 of a gateway"),
        pytest.param(418, HTML, Ended.UNKNOWN, "", id="any other code"),
    ],
)
def test_a_reply_ends_the_row(http_status, answer, ended, status):
    text = answer if isinstance(answer, str) else json.dumps(answer)
    outcome = read_reply(7, http_status, text)
    assert isinstance(outcome, Outcome)
    assert (outcome.row, outcome.ended, outcome.status) == (7, ended, status)
    assert outcome.reply == text


@pytest.mark.parametrize(
    ("http_status", "answer", "rate"),
    [
        pytest.param(429, {"Status": "Error"}, None, id="429 without the sentence"),
        pytest.param(429, HTML, None, id="429 of a gateway"),
        pytest.param(429, OVER, Rate(10, 5), id="429"),
        pytest.param(403, LIMIT, Rate(10, 5), id="403 with the sentence"),
        pytest.param(200, OVER, Rate(10, 5), id="200 with the exception"),
        pytest.param(
            500, OVER | {"ExceptionMessage": "…limit of 0 in 0 second(s)"}, None, id="numbers without sense"
        ),
    ],
)
def test_a_refusal_by_the_limit_takes_nothing(http_status, answer, rate):
    text = answer if isinstance(answer, str) else json.dumps(answer)
    assert read_reply(7, http_status, text) == OverLimit(rate)


@pytest.mark.parametrize(
    ("http_status", "answer", "named"),
    [
        (
            401,
            {"ExceptionType": "MXInvalidAccessDetailsException", "ExceptionMessage": "Wrong."},
            "LSQ_ACCESS_KEY",
        ),
        (401, HTML, "LSQ_SECRET_KEY"),
        (200, {"Status": "Error", "ExceptionType": "MXUnAuthorizedAccessException"}, "LSQ_ACCESS_KEY"),
        (404, HTML, "LSQ_API_HOST"),
        (404, ENVELOPE, "LSQ_API_HOST"),
        (405, HTML, "LSQ_API_HOST"),
    ],
)
def test_refused_keys_and_a_wrong_host_stop_the_run(http_status, answer, named):
    with pytest.raises(AccessRefused, match=named):
        read_reply(7, http_status, answer if isinstance(answer, str) else json.dumps(answer))


def test_what_leadsquared_says_is_kept_word_for_word():
    outcome = read_reply(
        7, 200, json.dumps(ANSWER | {"ExceptionType": "MXOther", "ExceptionMessage": "As it is.  "})
    )
    assert isinstance(outcome, Outcome)
    assert (outcome.created_id, outcome.prospect_id, outcome.request_id) == ("o-1", "p-1", "r-1")
    assert (outcome.exception_type, outcome.exception_message) == ("MXOther", "As it is.  ")


def test_half_a_character_in_a_reply_does_not_lose_the_id():
    text = json.dumps(ANSWER | {"ExceptionMessage": "\ud83d"})
    outcome = read_reply(7, 200, text)
    assert isinstance(outcome, Outcome)
    assert (outcome.created_id, outcome.exception_message) == ("o-1", "?")


def test_the_advice_for_a_mandatory_field_is_the_line_to_add_to_the_mapping():
    message = "Field name : 'mx_Custom_19' of datatype : 'String' is mandatory."
    reply = {"ExceptionType": "MXInvalidActivityFieldsException", "ExceptionMessage": message}
    outcome = read_reply(7, 500, json.dumps(reply))
    assert isinstance(outcome, Outcome)
    assert "mx_Custom_19: {column: HEADING}" in outcome.advice
    assert "status change" in outcome.advice


@pytest.mark.parametrize(
    "exception",
    [
        "MXDuplicateEntryException",
        "MXInvalidActivityFieldsException",
        "MXInvalidInputException",
        "MXInvalidActivityException",
        "MXUnknownAttributeException",
        "MXMandatoryAttributeMissingException",
        "MXMandatoryFieldMissingException",
        "MXInvalidDataTypeException",
        "MXXSSException",
        "MXNeverSeenBeforeException",
    ],
)
def test_every_refusal_comes_with_advice(exception):
    outcome = read_reply(7, 500, json.dumps({"ExceptionType": exception, "ExceptionMessage": "No."}))
    assert isinstance(outcome, Outcome)
    assert outcome.advice
