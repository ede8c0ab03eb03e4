"""The calls that the account answers: one line each."""

from collections.abc import Callable
from dataclasses import dataclass

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.capture import capture
from importer.simulator.messages import Steps
from importer.simulator.reads import opportunity_types, user_by_access_key
from importer.simulator.store import Store


@dataclass(frozen=True, slots=True)
class Route:
    """How one path is answered; `name` is what faults call it."""

    name: str
    method: str
    steps: Callable[[Account, Store, Arrival], Steps]


ROUTES: dict[str, Route] = {
    "/v2/OpportunityManagement.svc/Capture": Route("Capture", "POST", capture),
    "/v2/OpportunityManagement.svc/GetOpportunityTypes": Route(
        "GetOpportunityTypes", "GET", opportunity_types
    ),
    "/v2/Authentication.svc/UserByAccessKey.Get": Route("UserByAccessKey.Get", "GET", user_by_access_key),
}

CALLS = tuple(route.name for route in ROUTES.values())
