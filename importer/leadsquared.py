"""LeadSquared's API, one method per call that is used: the only module that knows httpx."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

import httpx

from importer.account_schema import AccountUser, OpportunityType, SchemaField
from importer.answers import PAGE, Deletion, Listed, NotTaken, OverLimit, Trace, Unreached, Unread
from importer.capture_body import capture_json
from importer.errors import Unreachable
from importer.http_client import (
    METADATA_TIMEOUTS,
    QUESTION_TIMEOUTS,
    READ_TIMEOUTS,
    client,
    in_words,
    text_of,
    told_at,
)
from importer.metadata import read_attributes, read_fields, read_types, read_users
from importer.records import Capture, Outcome
from importer.replies import (
    over_limit,
    read_deletion,
    read_object,
    read_reply,
    refuse_access,
    right_host,
    unknown,
)
from importer.settings import Settings
from importer.traces import read_by_id, read_leads, read_list, read_standings, read_trail

CAPTURE = "/v2/OpportunityManagement.svc/Capture"
USER_BY_ACCESS_KEY = "/v2/Authentication.svc/UserByAccessKey.Get"
OPPORTUNITIES_OF_LEAD = "/v2/OpportunityManagement.svc/GetOpportunitiesByUniqueLeadField"
OPPORTUNITIES_BY_ID = "/v2/OpportunityManagement.svc/GetOpportunitiesById"
DELETE = "/v2/OpportunityManagement.svc/Delete"
LEADS = "/v2/LeadManagement.svc/Leads.Get"
TRAIL = "/v2/ProspectActivity.svc/Retrieve"
TYPES = "/v2/OpportunityManagement.svc/GetOpportunityTypes"
FIELDS = "/v2/OpportunityManagement.svc/GetOpportunityTypeMetadata"
ATTRIBUTES = "/v2/LeadManagement.svc/LeadsMetaData.Get"
USERS = "/v2/UserManagement.svc/Users.Get"

# The first event of httpx after which bytes may have left this machine.
SENT = "send_request_headers.started"

# What keys get that are good, but may not make this call.
NOT_ALLOWED = "MXUnAuthorizedAccessException"

NO_SUCH_TYPE = "MXInvalidActivityException"

JSON = {"Content-Type": "application/json; charset=utf-8"}

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class User:
    """Whose keys they are; what may not be told is "".

    organisation: LeadSquared's OrgShortCode.
    told_at:      LeadSquared's time as it answered, UTC.
    """

    organisation: str
    time_zone: str = ""
    told_at: datetime | None = None


class LeadSquared:
    """One LeadSquared host and one pair of keys. Methods may be called from several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._http = client(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def capture(self, capture: Capture) -> Outcome | NotTaken:
        """Send one capture, once. Whether to try again is the caller's business.

        Raises AccessRefused where LeadSquared serves no call from here; the capture did nothing then.
        """
        started: list[str] = []
        try:
            response = self._http.post(
                CAPTURE,
                content=_encoded(capture_json(capture)),
                headers=JSON,
                extensions={"trace": lambda event, _: started.append(event)},
            )
        except httpx.HTTPError as error:
            # A proxy that refuses had not yet been told what to pass on.
            if not isinstance(error, httpx.ProxyError) and any(SENT in event for event in started):
                return unknown(capture.row, f"LeadSquared gave no answer ({in_words(error)}).")
            return Unreached(in_words(error))
        return read_reply(capture.row, response.status_code, text_of(response))

    def user(self) -> User | OverLimit:
        """Who the keys belong to. Raises AccessRefused, or Unreachable where no usable answer comes."""
        try:
            response = self._http.get(USER_BY_ACCESS_KEY, timeout=QUESTION_TIMEOUTS)
        except httpx.HTTPError as error:
            raise Unreachable(in_words(error)) from error
        if limit := over_limit(response.status_code, response.text):
            return limit
        reply = read_object(response.text)
        if response.status_code == 403 or reply.get("ExceptionType") == NOT_ALLOWED:
            return User("", told_at=told_at(response))
        refuse_access(response.status_code, response.text)
        if response.status_code != 200 or not reply or reply.get("ExceptionType"):
            raise Unreachable(f"something else answers in its place, code {response.status_code}")
        organisation, zone = (reply.get(name) for name in ("OrgShortCode", "TimeZone"))
        return User(
            organisation if isinstance(organisation, str) else "",
            zone if isinstance(zone, str) else "",
            told_at(response),
        )

    def opportunities_with(self, lookup: tuple[str, str], column: str) -> list[Trace] | OverLimit | Unread:
        """The newest 100 opportunities of the lead with this unique value; new ones may lag."""
        return self._read(OPPORTUNITIES_OF_LEAD, _newest(lookup, column), read_list)

    def standings(self, lookup: tuple[str, str], page: int) -> Listed | OverLimit | Unread:
        """The same by how they stand, page after page from 1 on."""
        return self._read(OPPORTUNITIES_OF_LEAD, _newest(lookup, "Status", page), read_standings)

    def leads_with(self, lookup: tuple[str, str]) -> list[str] | OverLimit | Unread:
        """The ids of the leads with this unique value."""
        return self._read(LEADS, {"Parameter": _equal(lookup)}, read_leads)

    def trail(self, lead: str, event_code: int) -> list[Trace] | OverLimit | Unread:
        """The lead's opportunities of this type, up to 1,000 or Unread; new ones are there at once."""
        # Whether Offset counts rows or pages is not certain, so only the first page is ever asked for.
        paging = {"Offset": "0", "RowCount": "1000"}
        body = {"Parameter": {"ActivityEvent": event_code}, "Paging": paging}
        return self._read(TRAIL, body, read_trail, leadId=lead)

    def opportunities(
        self, ids: Sequence[str], event_code: int, column: str
    ) -> list[Trace] | OverLimit | Unread:
        """Those of these opportunities that LeadSquared has; at most 2,000 at once."""
        asked = {"EventCode": event_code, "ProspectActivityId": list(ids), "Columns": {"Include_CSV": column}}
        return self._read(OPPORTUNITIES_BY_ID, {"SearchParameters": [asked]}, read_by_id)

    def opportunity_types(self) -> tuple[OpportunityType, ...] | OverLimit | Unread:
        """The types that the account has; whether they can be deleted is not told here."""
        return self._ask(TYPES, read_types)

    def opportunity_fields(
        self, event_code: int
    ) -> tuple[OpportunityType, tuple[SchemaField, ...]] | OverLimit | Unread:
        """The type of this code with its fields; Unread, refused, where there is no such type."""
        answer = self._ask(FIELDS, read_fields, code=str(event_code))
        if isinstance(answer, OverLimit | Unread) or answer[0].event_code == event_code:
            return answer
        return Unread("it answers for another opportunity type")

    def lead_attributes(self) -> tuple[SchemaField, ...] | OverLimit | Unread:
        return self._ask(ATTRIBUTES, read_attributes)

    def users(self) -> tuple[AccountUser, ...] | OverLimit | Unread:
        return self._ask(USERS, read_users)

    def delete(self, opportunity_id: str) -> Deletion | OverLimit | Unread:
        """Delete one opportunity for ever; repeating it is harmless. Raises as `capture`."""
        try:
            response = self._http.get(DELETE, params={"Id": opportunity_id}, timeout=READ_TIMEOUTS)
        except httpx.HTTPError as error:
            return Unread(in_words(error))
        return read_deletion(response.status_code, text_of(response))

    def _read(
        self, path: str, body: dict[str, Any], read: Callable[[str], Answer | Unread], **query: str
    ) -> Answer | OverLimit | Unread:
        return _answered(
            lambda: self._http.post(
                path, content=_encoded(body), params=query or None, headers=JSON, timeout=READ_TIMEOUTS
            ),
            read,
        )

    def _ask(
        self, path: str, read: Callable[[str], Answer | Unread], **query: str
    ) -> Answer | OverLimit | Unread:
        return _answered(lambda: self._http.get(path, params=query or None, timeout=METADATA_TIMEOUTS), read)


def _answered(
    call: Callable[[], httpx.Response], read: Callable[[str], Answer | Unread]
) -> Answer | OverLimit | Unread:
    # Keys that may send need not be allowed to read; refused keys show at the next capture.
    try:
        response = call()
    except httpx.HTTPError as error:
        return Unread(in_words(error))
    text = text_of(response)
    if limit := over_limit(response.status_code, text):
        return limit
    exception = read_object(text).get("ExceptionType")
    if exception == NO_SUCH_TYPE:
        return Unread("it has no such opportunity type", is_refused=True)
    if exception or response.status_code in (400, 401, 403, 404, 405):
        named = f" and says {exception}" if exception else ", perhaps since these keys may not ask it"
        # A fault of LeadSquared's own, such as MySqlException, may pass.
        is_refused = not exception or str(exception).startswith("MX")
        return Unread(f"it refuses the question{named}", is_refused, right_host(response.status_code, text))
    if response.status_code != 200:
        return Unread("it answers with an error page")
    return read(text)


def _equal(lookup: tuple[str, str]) -> dict[str, str]:
    return {"LookupName": lookup[0], "LookupValue": lookup[1], "SqlOperator": "="}


def _newest(lookup: tuple[str, str], columns: str, page: int = 1) -> dict[str, Any]:
    return {
        "Parameter": _equal(lookup),
        "Columns": {"Include_CSV": columns},
        "Sorting": {"ColumnName": "CreatedOn", "Direction": "1"},
        "Paging": {"PageIndex": page, "PageSize": PAGE},
    }


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
