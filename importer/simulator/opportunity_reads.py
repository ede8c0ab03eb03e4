"""The calls that read opportunities: by a unique attribute of their lead, by their lead, by their ids."""

from collections.abc import Iterable
from typing import Any

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.asked import member
from importer.simulator.queries import optional_body, read_columns, read_lookup, read_view, whole
from importer.simulator.replies import Refusal
from importer.simulator.rows import Row, chosen, everything, in_view
from importer.simulator.rules import INVALID_INPUT, NO_EVENT
from importer.simulator.store import Opportunity, Store

MOST_IDS = 2000


def by_unique_lead_field(account: Account, store: Store, arrival: Arrival) -> Any:
    """The opportunities of every type."""
    lookup = read_lookup(arrival.body)
    view = read_view(arrival.body)
    if isinstance(lookup, Refusal):
        return lookup
    name, value = lookup
    if name not in account.unique_attributes:
        return Refusal(INVALID_INPUT, f"Invalid LookupName value provided : {name}")
    leads = leads_shown(account, store, arrival, store.leads_with(name, value))
    found = [opportunity for lead in leads for opportunity in store.opportunities_of(lead)]
    listed = _listed(account, arrival, found)
    return {"RecordCount": len(listed), "List": in_view(account, store, listed, view)}


def of_lead(account: Account, store: Store, arrival: Arrival) -> Any:
    """The opportunities of one type. The documentation calls the type optional; users were refused."""
    view = read_view(optional_body(arrival))
    query = arrival.request.query
    if not query.get("leadId"):
        raise ValueError("leadId is to be in the query")
    code = whole(query, "opportunityType", 0)
    if code not in account.opportunity_types:
        return NO_EVENT
    found = [entry for entry in store.opportunities_of(query["leadId"]) if entry.event_code == code]
    listed = _listed(account, arrival, found)
    return {"RecordCount": len(listed), "List": in_view(account, store, listed, view)}


def by_id(account: Account, store: Store, arrival: Arrival) -> Any:
    """Of each type the opportunities that there are, named `ProspectActivityId`; of others no word."""
    parameters = [
        (whole(each, "EventCode", 0), _ids(each), read_columns(each))
        for each in member(arrival.body, "SearchParameters", list, None)
    ]
    if not all(columns for _, _, columns in parameters):
        return Refusal(INVALID_INPUT, "Include_CSV is mandatory")
    if sum(len(ids) for _, ids, _ in parameters) > MOST_IDS:
        return Refusal(INVALID_INPUT, f"A maximum of {MOST_IDS} opportunities can be retrieved")
    if any(code not in account.opportunity_types for code, _, _ in parameters):
        return NO_EVENT
    answer = []
    for code, ids, columns in parameters:
        rows = [_identified(account, store, known, columns) for known in _known(store, code, ids)]
        answer.append({"EventCode": str(code), "RecordCount": len(rows), "Opportunities": rows})
    return answer


def leads_shown(account: Account, store: Store, arrival: Arrival, leads: Iterable[str]) -> list[str]:
    """Those of the leads that are no longer too new to be found."""
    return [lead for lead in leads if store.births[lead].is_past(account.lead_lag, arrival.now)]


def _listed(account: Account, arrival: Arrival, found: Iterable[Opportunity]) -> list[Opportunity]:
    return [entry for entry in found if entry.moment.is_past(account.list_lag, arrival.now)]


def _ids(parameter: Any) -> list[str]:
    ids = member(parameter, "ProspectActivityId", list, None)
    if not all(isinstance(id, str) for id in ids):
        raise ValueError("ProspectActivityId is to be a list of texts")
    return list(ids)


def _known(store: Store, code: int, ids: Iterable[str]) -> list[Opportunity]:
    # GUIDs are the same whatever their case.
    found = (store.opportunities.get(id.lower()) for id in dict.fromkeys(ids))
    return [opportunity for opportunity in found if opportunity and opportunity.event_code == code]


def _identified(account: Account, store: Store, known: Opportunity, columns: tuple[str, ...]) -> Row:
    row = everything(account, store, known)
    return chosen(account, row, ("ProspectActivityId", "ProspectId", "EmailAddress", *columns))
