"""The calls that only read: who the keys belong to, and the names of the opportunity types."""

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival, chance, new_guid
from importer.simulator.messages import Steps
from importer.simulator.replies import CALL_IS_NOT_ALLOWED, access_refused, as_json
from importer.simulator.store import Store


def user_by_access_key(account: Account, store: Store, arrival: Arrival) -> Steps:
    yield arrival.wait()
    if not account.allows_user_call:
        return access_refused(CALL_IS_NOT_ALLOWED)
    return as_json(_user(account, arrival))


def opportunity_types(account: Account, store: Store, arrival: Arrival) -> Steps:
    yield arrival.wait()
    types = account.opportunity_types.items()
    return as_json([{"EventCode": code, "Name": kind.name, "DisplayName": kind.name} for code, kind in types])


def _user(account: Account, arrival: Arrival) -> dict[str, object]:
    host = arrival.request.header("Host")
    return {
        "Id": new_guid(chance(account.organisation, account.user_email)),
        "Role": "Administrator",
        "EmailAddress": account.user_email,
        "TimeZone": account.time_zone,
        "OrgShortCode": account.organisation,
        "DefaultCountryCode": account.country_code,
        "LSQCommonServiceURLs": {"api": host, "app": host},
    }
