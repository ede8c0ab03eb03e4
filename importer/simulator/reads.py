"""Who the keys belong to, and the way of all calls that look and answer in one step."""

from collections.abc import Callable
from typing import Any

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.messages import Steps
from importer.simulator.replies import (
    CALL_IS_NOT_ALLOWED,
    CAPTURE_SHAPES,
    REFUSALS,
    Refusal,
    access_refused,
    as_json,
    page,
)
from importer.simulator.store import Store
from importer.simulator.users import user_id


def user_by_access_key(account: Account, store: Store, arrival: Arrival) -> Steps:
    yield arrival.wait()
    if not account.allows_user_call:
        return access_refused(CALL_IS_NOT_ALLOWED)
    return as_json(_user(account, arrival))


def looked_up(look: Callable[[Account, Store, Arrival], Any]) -> Callable[[Account, Store, Arrival], Steps]:
    """The call of this look, which gives an answer or a Refusal, or raises ValueError for a wrong shape."""

    def steps(account: Account, store: Store, arrival: Arrival) -> Steps:
        yield arrival.wait()
        try:
            answer = look(account, store, arrival)
        except ValueError as error:
            return page(400, f"The request has a wrong shape: {error}.")
        if isinstance(answer, Refusal):
            shape = "envelope_500" if account.refusal in CAPTURE_SHAPES else account.refusal
            return REFUSALS[shape](answer, "")
        return as_json(answer)

    return steps


def _user(account: Account, arrival: Arrival) -> dict[str, object]:
    host = account.region_host or arrival.request.header("Host")
    return {
        "Id": user_id(account),
        "Role": "Administrator",
        "EmailAddress": account.user_email,
        "TimeZone": account.time_zone,
        "OrgShortCode": account.organisation,
        "DefaultCountryCode": account.country_code,
        "LSQCommonServiceURLs": {"api": host, "app": host},
    }
