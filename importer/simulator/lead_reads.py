"""The call that finds leads, and the one that lists what happened to one of them."""

from typing import Any

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.asked import member
from importer.simulator.opportunity_reads import leads_shown
from importer.simulator.queries import optional_body, read_lookup, read_offset, read_view, whole
from importer.simulator.replies import Refusal
from importer.simulator.rows import Row, chosen, field_values, paged
from importer.simulator.store import CAPTURED, DUPLICATE_DETECTED, Activity, Opportunity, Store
from importer.simulator.times import spelt

SHADOWS = {CAPTURED: "Opportunity Captured", DUPLICATE_DETECTED: "Duplicate Opportunity Detected"}


def leads(account: Account, store: Store, arrival: Arrival) -> Any:
    """The leads that have this value; without columns with all that is known of them."""
    lookup = read_lookup(arrival.body)
    view = read_view(arrival.body)
    if isinstance(lookup, Refusal):
        return lookup
    name, value = lookup
    if not _exists(account, store, name):
        return Refusal("MXUnknownAttributeException", f"Attribute(s) does not exist : {name}")
    found = leads_shown(account, store, arrival, store.leads_with(name, value))
    rows: list[Row] = [{**store.leads[lead], "CreatedOn": store.births[lead].utc} for lead in found]
    return [
        chosen(account, row, ("ProspectID", *view.columns) if view.columns else row)
        for row in paged(rows, view, lambda row: row)
    ]


def trail(account: Account, store: Store, arrival: Arrival) -> Any:
    """A lead's activities, the newest first: its opportunities, and without a filter their shadows too."""
    lead = arrival.request.query.get("leadId")
    if not lead:
        raise ValueError("leadId is to be in the query")
    body = optional_body(arrival)
    paging = read_offset(body, account.trail_offset == "pages")
    asked = whole(member(body, "Parameter", dict, {}), "ActivityEvent", 0)
    entries = [
        entry
        for entry in reversed(store.trail(lead))
        if asked in (0, _event(entry)) and entry.moment.is_past(account.trail_lag, arrival.now)
    ]
    shown = [_activity(account, store, entry) for entry in paging.of(entries)]
    return {"RecordCount": len(entries), "ProspectActivities": shown}


def _exists(account: Account, store: Store, name: str) -> bool:
    """In an account that takes any attribute, those exist that a lead has."""
    if name in account.unique_attributes:
        return True
    if account.known_attributes is not None:
        return name in account.known_attributes
    return any(name in lead for lead in store.leads.values())


def _event(entry: Opportunity | Activity) -> int:
    return entry.event if isinstance(entry, Activity) else entry.event_code


def _activity(account: Account, store: Store, entry: Opportunity | Activity) -> dict[str, Any]:
    """A shadow tells the same as the opportunity beside which it is."""
    shadowed = entry.opportunity_id if isinstance(entry, Activity) else entry.id
    opportunity = store.opportunities.get(shadowed) or store.deleted[shadowed]
    event = _event(entry)
    return {
        "Id": entry.id,
        "EventCode": event,
        "EventName": SHADOWS.get(event) or account.opportunity_types[event].name,
        "ActivityScore": 0,
        "CreatedOn": spelt(entry.created_at, account.read_times),
        "ActivityType": 2,
        "RelatedProspectId": opportunity.prospect_id,
        "Data": [{"Key": key, "Value": value} for key, value in _data(account, opportunity).items()],
    }


def _data(account: Account, opportunity: Opportunity) -> dict[str, str]:
    """Blank values are left out, and the note takes the place of a field that has its key."""
    fields = field_values(account, opportunity)
    if account.trail_fields is not None:
        fields = {name: value for name, value in fields.items() if name in account.trail_fields}
    note = {account.note_key: opportunity.note} if account.note_key and opportunity.note else {}
    return fields | note
