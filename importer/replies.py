"""LeadSquared's answer to a Capture call → what it means. Pure; the body decides before the HTTP code."""

import json
import re
from typing import Any

from importer import advice
from importer.answers import Deletion, NotTaken, OverLimit, Rate, Unread
from importer.errors import AccessRefused
from importer.records import Ended, Outcome

LIMIT_SENTENCE = re.compile(
    r"exceeded the limit of (?P<calls>\d+) in (?P<seconds>\d+(?:\.\d+)?) second", re.IGNORECASE
)

# A number in a Capture answer, a word in every other.
STATUS_WORDS = {"0": "Success", "1": "Failure", "2": "PartialSuccess", "Error": "Failure"}

# Keys, rights or host are wrong, so every row would be refused alike.
CALL_REFUSED = "MXUnAuthorizedAccessException"
# How LeadSquared may name the host of another region, in a link or by itself.
HOST = re.compile(r"https?://([\w.:-]+)|\b(api[\w-]*\.leadsquared\.com)")

ACCESS_EXCEPTIONS = ("MXInvalidAccessDetailsException", CALL_REFUSED)


def read_reply(row: int, http_status: int, text: str) -> Outcome | NotTaken:
    """What became of the row. Raises AccessRefused where LeadSquared refuses every call from here.

    In the order of certainty: an id proves what was stored, whatever the rest says; an exception of
    LeadSquared's is its verdict in any HTTP code; without either, only a code that cannot come after the
    work is a verdict.
    """
    reply = read_object(text)
    if _text(reply, "CreatedOpportunityId"):
        return _outcome(row, Ended.CREATED, reply, text)
    if limit := over_limit(http_status, text):
        return limit
    _refuse_keys(http_status, reply)
    _refuse_host(http_status)
    if ended := _verdict(http_status, reply):
        return _outcome(row, ended, reply, text)
    if http_status == 400:
        return Outcome(
            row, Ended.REJECTED, exception_type="BadRequest", reply=text,
            exception_message="LeadSquared could not read the call.", advice=advice.BAD_REQUEST,
        )  # fmt: skip
    return unknown(
        row, f"LeadSquared's answer does not say what became of the row (code {http_status}).", text
    )


def over_limit(http_status: int, text: str) -> OverLimit | None:
    """The refusal by the rate limit in its three shapes; such a call did nothing."""
    exception, message = _exception(read_object(text))
    named = LIMIT_SENTENCE.search(message or text)
    by_code = http_status == 429 or (http_status == 403 and named)
    if exception != "MXAPIRateLimitExceededException" and not by_code:
        return None
    rate = Rate(int(named["calls"]), float(named["seconds"])) if named else None
    return OverLimit(rate if rate and rate.calls and rate.seconds else None)


def read_deletion(http_status: int, text: str) -> Deletion | OverLimit | Unread:
    """What became of a delete, as LeadSquared says. Raises AccessRefused as `read_reply` does."""
    if limit := over_limit(http_status, text):
        return limit
    reply = read_object(text)
    exception, message = _exception(reply)
    # Good keys get it too, where their user may not delete.
    if exception != CALL_REFUSED:
        refuse_access(http_status, text)
    if exception.startswith("MX") or (http_status == 200 and _status(reply) == "Failure"):
        return Deletion(exception or "Failure", message or exception or "Failure")
    done = reply.get("Message")
    if http_status == 200 and _status(reply) == "Success" and isinstance(done, dict):
        if done.get("IsSuccessful") is True:
            return Deletion("", "Success")
        return Deletion("IsSuccessful", "IsSuccessful is not true")
    return Unread(f"it answers something else, code {http_status}")


def unknown(row: int, message: str, reply: str = "", exception_type: str = "NoAnswer") -> Outcome:
    """A row that was sent, and nobody knows how it ended."""
    return Outcome(
        row, Ended.UNKNOWN, exception_type=exception_type, exception_message=message,
        advice=advice.UNKNOWN, reply=reply,
    )  # fmt: skip


def right_host(http_status: int, text: str) -> str:
    """The host to which LeadSquared sends these keys, where it refuses them for their region; else ""."""
    message = _exception(read_object(text))[1]
    named = HOST.search(message) if http_status == 401 else None
    return named[1] or named[2] if named else ""


def refuse_access(http_status: int, text: str) -> None:
    """Raises AccessRefused where this answer to any call means that no call from here will be served."""
    _refuse_keys(http_status, read_object(text))
    _refuse_host(http_status)


def _refuse_keys(http_status: int, reply: dict[str, Any]) -> None:
    exception, message = _exception(reply)
    if exception in ACCESS_EXCEPTIONS or http_status == 401:
        said = f" LeadSquared says: {message or exception}" if message or exception else ""
        raise AccessRefused(
            "LeadSquared refuses the keys: check LSQ_ACCESS_KEY and LSQ_SECRET_KEY, that their user "
            f"is active, and that LSQ_API_HOST is the host of your region.{said}"
        )


def _refuse_host(http_status: int) -> None:
    if http_status in (404, 405):
        raise AccessRefused(
            f"The host answers that it has no such call (code {http_status}): check LSQ_API_HOST. "
            "LeadSquared names it under My Profile > Settings > API and Webhooks."
        )


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that this text is; an empty one where it is something else."""
    try:
        reply = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return reply if isinstance(reply, dict) else {}


def _text(reply: dict[str, Any], member: str) -> str:
    value = reply.get(member)
    # Half a character, as JSON can spell it, can be neither stored nor shown.
    return (
        ""
        if value is None or isinstance(value, dict | list)
        else str(value).encode(errors="replace").decode()
    )


def _exception(reply: dict[str, Any]) -> tuple[str, str]:
    return _text(reply, "ExceptionType"), _text(reply, "ExceptionMessage")


def _verdict(http_status: int, reply: dict[str, Any]) -> Ended | None:
    exception, message = _exception(reply)
    status = _status(reply)
    if _text(reply, "ConflictedOpportunityId") and status != "Failure":
        return Ended.DUPLICATE
    # A partial success was created, so without an id nobody knows as what.
    if status == "PartialSuccess":
        return None
    # Behind a fault or a gateway there can be any text; LeadSquared's own exceptions mean that it refused.
    if exception.startswith("MX") or (
        http_status in (200, 400) and (exception or message or status == "Failure")
    ):
        return Ended.REJECTED
    return None


def _outcome(row: int, ended: Ended, reply: dict[str, Any], text: str) -> Outcome:
    exception, message = _exception(reply)
    status = _status(reply)
    return Outcome(
        row, ended, status=status, exception_type=exception, exception_message=message,
        created_id=_text(reply, "CreatedOpportunityId"),
        conflicted_id=_text(reply, "ConflictedOpportunityId"),
        prospect_id=_text(reply, "RelatedProspectId"), request_id=_text(reply, "RequestId"),
        advice=advice.for_reply(ended, status, exception, message), reply=text,
    )  # fmt: skip


def _status(reply: dict[str, Any]) -> str:
    status = _text(reply, "Status")
    return STATUS_WORDS.get(status, status)
