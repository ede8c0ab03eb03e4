"""LeadSquared's API, one method per call that is used: the only module that knows httpx."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

from importer.answers import NotTaken, OverLimit, Trace, Unreached, Unread
from importer.errors import Unreachable, UsageError
from importer.records import Capture, Field, Outcome
from importer.replies import over_limit, read_object, read_reply, refuse_access, unknown
from importer.settings import Settings
from importer.traces import read_by_id, read_leads, read_list, read_trail

CAPTURE = "/v2/OpportunityManagement.svc/Capture"
USER_BY_ACCESS_KEY = "/v2/Authentication.svc/UserByAccessKey.Get"
OPPORTUNITIES_OF_LEAD = "/v2/OpportunityManagement.svc/GetOpportunitiesByUniqueLeadField"
OPPORTUNITIES_BY_ID = "/v2/OpportunityManagement.svc/GetOpportunitiesById"
LEADS = "/v2/LeadManagement.svc/Leads.Get"
TRAIL = "/v2/ProspectActivity.svc/Retrieve"

# The first event of httpx after which bytes may have left this machine.
SENT = "send_request_headers.started"

# What keys get that are good, but may not make this call.
NOT_ALLOWED = "MXUnAuthorizedAccessException"

CONNECTIONS = 64

# The pool waits longer than a slow answer does, else slow answers would look like a full pool.
TIMEOUTS = httpx.Timeout(connect=10, read=60, write=15, pool=120)
# A question whose answer changes nothing may give up sooner, and be asked again.
QUESTION_TIMEOUTS = httpx.Timeout(connect=5, read=10, write=5, pool=5)
READ_TIMEOUTS = httpx.Timeout(connect=10, read=30, write=15, pool=120)

JSON = {"Content-Type": "application/json; charset=utf-8"}


List = TypeVar("List", list[Trace], list[str])


@dataclass(frozen=True, slots=True)
class User:
    """Whose keys they are. `organisation` is LeadSquared's OrgShortCode, "" where it may not be told."""

    organisation: str


class LeadSquared:
    """One LeadSquared host and one pair of keys. Methods may be called from several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._http = _client(settings)

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
                return unknown(capture.row, f"LeadSquared gave no answer ({_in_words(error)}).")
            return Unreached(_in_words(error))
        return read_reply(capture.row, response.status_code, _text(response))

    def user(self) -> User | OverLimit:
        """Who the keys belong to. Raises AccessRefused, or Unreachable where no usable answer comes."""
        try:
            response = self._http.get(USER_BY_ACCESS_KEY, timeout=QUESTION_TIMEOUTS)
        except httpx.HTTPError as error:
            raise Unreachable(_in_words(error)) from error
        if limit := over_limit(response.status_code, response.text):
            return limit
        reply = read_object(response.text)
        if response.status_code == 403 or reply.get("ExceptionType") == NOT_ALLOWED:
            return User("")
        refuse_access(response.status_code, response.text)
        if response.status_code != 200 or not reply or reply.get("ExceptionType"):
            raise Unreachable(f"something else answers in its place, code {response.status_code}")
        organisation = reply.get("OrgShortCode")
        return User(organisation if isinstance(organisation, str) else "")

    def opportunities_with(self, lookup: tuple[str, str], column: str) -> list[Trace] | OverLimit | Unread:
        """The newest 100 opportunities of the lead with this unique value; new ones may lag."""
        body = {
            "Parameter": _equal(lookup),
            "Columns": {"Include_CSV": column},
            "Sorting": {"ColumnName": "CreatedOn", "Direction": "1"},
            "Paging": {"PageIndex": 1, "PageSize": 100},
        }
        return self._read(OPPORTUNITIES_OF_LEAD, body, read_list)

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

    def _read(
        self, path: str, body: dict[str, Any], read: Callable[[str], List | Unread], **query: str
    ) -> List | OverLimit | Unread:
        # Keys that may send need not be allowed to read; refused keys show at the next capture.
        try:
            response = self._http.post(
                path, content=_encoded(body), params=query or None, headers=JSON, timeout=READ_TIMEOUTS
            )
        except httpx.HTTPError as error:
            return Unread(_in_words(error))
        if limit := over_limit(response.status_code, response.text):
            return limit
        exception = read_object(response.text).get("ExceptionType")
        if exception or response.status_code in (400, 401, 403, 404, 405):
            named = f" and says {exception}" if exception else ", perhaps since these keys may not ask it"
            return Unread(f"it refuses the question{named}", is_refused=True)
        if response.status_code != 200:
            return Unread("it answers with an error page")
        return read(response.text)


def _equal(lookup: tuple[str, str]) -> dict[str, str]:
    return {"LookupName": lookup[0], "LookupValue": lookup[1], "SqlOperator": "="}


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _text(response: httpx.Response) -> str:
    """JSON is UTF-8; only what is none may need the charset that the answer names."""
    try:
        return response.content.decode()
    except UnicodeDecodeError:
        return response.text


class Cookieless(httpx.Client):
    """Looks for no cookies, which would take a tenth of the work of a call: each call stands alone."""

    class _None(httpx.Cookies):
        def extract_cookies(self, response: httpx.Response) -> None:
            pass

    @property
    def cookies(self) -> httpx.Cookies:
        return self._None()

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise AttributeError("there are none")


def _client(settings: Settings) -> httpx.Client:
    in_the_air = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=60
    )
    try:
        return Cookieless(
            base_url=settings.url,
            headers={
                "x-LSQ-AccessKey": settings.access_key,
                "x-LSQ-SecretKey": settings.secret_key,
                "Accept": "application/json",
            },
            timeout=TIMEOUTS,
            limits=in_the_air,
            # A proxy for the outside world cannot reach this machine's own loopback.
            trust_env=not settings.is_loopback,
        )
    except (httpx.InvalidURL, ValueError, ImportError, OSError) as error:
        raise UsageError(
            "No connection can be prepared: check LSQ_API_HOST, and this machine's settings for proxies and "
            f"certificates (HTTPS_PROXY, SSL_CERT_FILE): {error}"
        ) from error


def _in_words(error: httpx.HTTPError) -> str:
    words: dict[type[httpx.HTTPError], str] = {
        httpx.ConnectTimeout: "the connection took too long",
        httpx.ConnectError: "no connection",
        httpx.ReadTimeout: "the answer took too long",
        httpx.WriteTimeout: "sending took too long",
        httpx.PoolTimeout: "too many calls are waiting",
        httpx.ProxyError: "the proxy refuses",
    }
    return words.get(type(error), "the connection broke off")


def capture_json(capture: Capture) -> dict[str, Any]:
    """The call's JSON, as LeadSquared's documentation of Capture Opportunities shows it."""
    lead = [{"Attribute": attribute, "Value": value} for attribute, value in capture.lead]
    if capture.uses_own_guid:
        lead.append({"Attribute": "__UseUserDefinedGuid__", "Value": "true"})
    lead.append({"Attribute": "SearchBy", "Value": capture.search_by})
    opportunity: dict[str, object] = {"OpportunityEventCode": capture.event_code}
    if capture.note:
        opportunity["OpportunityNote"] = capture.note
    if capture.date_time:
        opportunity["OpportunityDateTime"] = capture.date_time
    flags = capture.on_duplicate
    opportunity |= {
        "OverwriteFields": flags.overwrite_fields,
        "UpdateEmptyFields": flags.update_empty_fields,
        "DoNotPostDuplicateActivity": flags.do_not_post_duplicate_activity,
        "DoNotChangeOwner": flags.do_not_change_owner,
        "Fields": [_field(field) for field in capture.fields],
    }
    return {"LeadDetails": lead, "Opportunity": opportunity}


def _field(field: Field) -> dict[str, object]:
    said: dict[str, object] = {"SchemaName": field.schema_name, "Value": field.value}
    if field.fields:
        said["Fields"] = [_field(child) for child in field.fields]
    return said
