"""The shapes in which LeadSquared answers: the Capture answer, the error envelopes, the limit, HTML pages."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any

from importer.simulator.messages import Reply

KEYS_REFUSED = "MXInvalidAccessDetailsException"
CALL_REFUSED = "MXUnAuthorizedAccessException"
LIMIT_EXCEEDED = "MXAPIRateLimitExceededException"


@dataclass(frozen=True, slots=True)
class Refusal:
    """LeadSquared's no: the type and the text of its exception."""

    exception: str
    message: str


KEYS_ARE_WRONG = Refusal(KEYS_REFUSED, "Invalid Access Details provided.")
CALL_IS_NOT_ALLOWED = Refusal(CALL_REFUSED, "Invalid Access Details provided.")


def wrong_region(host: str) -> Refusal:
    """For keys of another region: the message names the right host."""
    return Refusal(KEYS_REFUSED, f"Invalid Access Details provided. Use the API host https://{host}/v2/")


def as_json(body: Any, status: int = 200, exception: str = "") -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), exception=exception)


def page(status: int, text: str = "") -> Reply:
    """An HTML page, as servers between the client and LeadSquared write them."""
    phrase = HTTPStatus(status).phrase
    head = f"<!DOCTYPE html><html><head><title>{phrase}</title></head>"
    body = f"<body><h1>{phrase}</h1><p>{escape(text)}</p></body></html>"
    return Reply(status, (head + body).encode(), "text/html; charset=utf-8")


def capture_answer(request_id: str, **members: Any) -> dict[str, Any]:
    """The body of a Capture answer with all its members; those not given say that nothing was done."""
    nothing: dict[str, Any] = {
        "AdditionalDetails": [],
        "ConflictedOpportunityId": None,
        "CreatedOpportunityId": None,
        "ExceptionMessage": None,
        "ExceptionType": None,
        "IsUnique": False,
        "PrimaryAction": 0,
        "RelatedProspectId": None,
        "RequestId": request_id,
        "SecondaryAction": 0,
        "Status": 0,
    }
    return nothing | members


def created(request_id: str, prospect_id: str, opportunity_id: str, activity_id: str) -> Reply:
    return as_json(
        capture_answer(
            request_id,
            AdditionalDetails=[{"ActivityId": activity_id, "PostDeDupActionPerformed": 1}],
            CreatedOpportunityId=opportunity_id,
            IsUnique=True,
            PrimaryAction=1,
            RelatedProspectId=prospect_id,
            SecondaryAction=2,
        )
    )


def duplicate(request_id: str, prospect_id: str, opportunity_id: str, activity_id: str) -> Reply:
    return as_json(
        capture_answer(
            request_id,
            AdditionalDetails=[{"ActivityId": activity_id, "PostDeDupActionPerformed": 3}],
            ConflictedOpportunityId=opportunity_id,
            PrimaryAction=2,
            RelatedProspectId=prospect_id,
            SecondaryAction=3,
        )
    )


def _capture_refused(status: int) -> Callable[[Refusal, str], Reply]:
    def refuse(refusal: Refusal, request_id: str) -> Reply:
        said = {"ExceptionType": refusal.exception, "ExceptionMessage": refusal.message}
        return as_json(capture_answer(request_id, Status=status, **said), 200, refusal.exception)

    return refuse


def envelope(http_status: int, **members: Any) -> Callable[[Refusal, str], Reply]:
    """The general error envelope with these members ahead of the exception."""

    def refuse(refusal: Refusal, request_id: str = "") -> Reply:
        said = {"ExceptionType": refusal.exception, "ExceptionMessage": refusal.message}
        return as_json(members | said, http_status, refusal.exception)

    return refuse


REFUSALS: dict[str, Callable[[Refusal, str], Reply]] = {
    "refused": _capture_refused(1),
    "refused_status_0": _capture_refused(0),
    "envelope_200": envelope(200, Status="Error"),
    "envelope_500": envelope(500, Status="Error"),
    "envelope_without_status": envelope(500),
    "is_mx_exception": envelope(500, Status="Error", IsMXException=True),
}
"""The shapes in which a capture is refused; an envelope knows no request id."""

CAPTURE_SHAPES = ("refused", "refused_status_0")
"""Those of them in which no other call can be refused."""


def access_refused(refusal: Refusal = KEYS_ARE_WRONG) -> Reply:
    return envelope(401, Status="Error")(refusal, "")


def limit_sentence(calls: int, seconds: float) -> str:
    return f"API calls exceeded the limit of {calls} in {seconds:g} second(s)"


def _limit_in_envelope(http_status: int) -> Callable[[str], Reply]:
    return lambda sentence: envelope(http_status, Status="Error")(Refusal(LIMIT_EXCEEDED, sentence), "")


def _limit_in_words(sentence: str) -> Reply:
    return Reply(403, sentence.encode(), "text/plain; charset=utf-8")


LIMITS: dict[str, Callable[[str], Reply]] = {
    "limit_429": _limit_in_envelope(429),
    "limit_403": _limit_in_words,
    "limit_200": _limit_in_envelope(200),
}
"""The three shapes of a refusal by the rate limit, each with the sentence."""
