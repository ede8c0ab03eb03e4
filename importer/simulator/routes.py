"""The calls that the account answers: one line each."""

from collections.abc import Callable
from dataclasses import dataclass

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.capture import capture
from importer.simulator.deleting import delete
from importer.simulator.lead_reads import leads, trail
from importer.simulator.messages import Steps
from importer.simulator.metadata import attributes, opportunity_type, opportunity_types, users
from importer.simulator.opportunity_reads import by_id, by_unique_lead_field, of_lead
from importer.simulator.reads import looked_up, user_by_access_key
from importer.simulator.store import Store


@dataclass(frozen=True, slots=True)
class Route:
    """How one path is answered. any_region: keys of another region may call it too."""

    path: str
    method: str
    steps: Callable[[Account, Store, Arrival], Steps]
    any_region: bool = False

    @property
    def name(self) -> str:
        """What faults call it: the end of its path."""
        return self.path.rpartition("/")[2]


ALL = (
    Route("/v2/OpportunityManagement.svc/Capture", "POST", capture),
    Route(
        "/v2/OpportunityManagement.svc/GetOpportunitiesByUniqueLeadField",
        "POST",
        looked_up(by_unique_lead_field),
    ),
    Route("/v2/OpportunityManagement.svc/GetOpportunitiesOfLead", "POST", looked_up(of_lead)),
    Route("/v2/OpportunityManagement.svc/GetOpportunitiesById", "POST", looked_up(by_id)),
    Route("/v2/OpportunityManagement.svc/GetOpportunityTypes", "GET", looked_up(opportunity_types)),
    Route("/v2/OpportunityManagement.svc/GetOpportunityTypeMetadata", "GET", looked_up(opportunity_type)),
    Route("/v2/OpportunityManagement.svc/Delete", "GET", looked_up(delete)),
    Route("/v2/LeadManagement.svc/LeadsMetaData.Get", "GET", looked_up(attributes)),
    Route("/v2/UserManagement.svc/Users.Get", "GET", looked_up(users)),
    Route("/v2/LeadManagement.svc/Leads.Get", "POST", looked_up(leads)),
    Route("/v2/ProspectActivity.svc/Retrieve", "POST", looked_up(trail)),
    Route("/v2/Authentication.svc/UserByAccessKey.Get", "GET", user_by_access_key, any_region=True),
)

ROUTES = {route.path: route for route in ALL}

CALLS = tuple(route.name for route in ALL)
