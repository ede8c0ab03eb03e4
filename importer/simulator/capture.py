"""The Capture call: search, wait, store."""

from collections.abc import Mapping
from dataclasses import dataclass

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.asked import Asked, read_asked
from importer.simulator.messages import Reply, Steps
from importer.simulator.replies import REFUSALS, Refusal, created, duplicate, page
from importer.simulator.rules import lead_refusal, refusal_of, searched
from importer.simulator.store import (
    CAPTURED,
    DUPLICATE_DETECTED,
    Activity,
    Fields,
    FieldValue,
    Opportunity,
    Store,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found: the lead, and the opportunity that is a duplicate; None for none."""

    prospect_id: str | None
    duplicate_id: str | None


def capture(account: Account, store: Store, arrival: Arrival) -> Steps:
    """Between search and storing time passes, so that a second capture of a new lead does not find it."""
    try:
        asked = read_asked(arrival.body)
    except ValueError as error:
        return page(400, f"The request has a wrong shape: {error}.")
    found = refusal_of(account, asked) or _search(account, store, asked)
    yield arrival.wait()
    if isinstance(found, Refusal):
        return REFUSALS[account.refusal](found, arrival.guid())
    return _store(store, arrival, asked, found)


def _search(account: Account, store: Store, asked: Asked) -> Found | Refusal:
    attribute, value = searched(account, asked) or ("", "")
    prospect_id = store.lead_with(attribute, value)
    if refusal := lead_refusal(account, store, asked, prospect_id):
        return refusal
    return Found(prospect_id, _duplicate(account, store, asked, prospect_id))


def _duplicate(account: Account, store: Store, asked: Asked, prospect_id: str | None) -> str | None:
    """The oldest opportunity that is the same by the rule of its type. Two blanks are not the same."""
    code = int(asked.event_code)
    rule = account.opportunity_types[code].duplicate_rule
    lead = {**asked.lead, "ProspectID": prospect_id or ""}
    sought = [_compared(name, lead, asked.fields) for name in rule]
    if not rule or not all(sought):
        return None
    for opportunity in store.opportunities.values():
        its_lead = store.leads[opportunity.prospect_id]
        has = [_compared(name, its_lead, opportunity.fields) for name in rule]
        if opportunity.event_code == code and has == sought:
            return opportunity.id
    return None


def _compared(name: str, lead: Mapping[str, str], fields: Fields) -> FieldValue:
    return fields.get(name) or lead.get(name, "")


def _store(store: Store, arrival: Arrival, asked: Asked, found: Found) -> Reply:
    own_guid = asked.lead.get("ProspectID") if asked.uses_own_guid else None
    prospect_id = found.prospect_id or own_guid or arrival.guid()
    moment = arrival.moment()
    store.keep_lead(prospect_id, asked.lead, moment)
    # Since the search it may have been deleted.
    if met := store.opportunities.get(found.duplicate_id or ""):
        return _meet(store, arrival, asked, met)
    opportunity = Opportunity(
        id=arrival.guid(),
        prospect_id=prospect_id,
        event_code=int(asked.event_code),
        note=asked.note,
        date_time=asked.date_time,
        fields=asked.fields,
        created_at=moment.utc,
        modified_at=moment.utc,
        stored_at=moment.clock,
        call=arrival.number,
    )
    store.keep(opportunity)
    activity = _note_down(store, arrival, CAPTURED, opportunity)
    return created(arrival.guid(), prospect_id, opportunity.id, activity)


def _meet(store: Store, arrival: Arrival, asked: Asked, met: Opportunity) -> Reply:
    """A duplicate: the flags say what becomes of the opportunity that is there already."""
    fields = dict(met.fields)
    note = met.note
    if asked.flags["OverwriteFields"]:
        fields |= asked.fields
        note = asked.note or note
    if asked.flags["UpdateEmptyFields"]:
        fields |= {name: value for name, value in asked.fields.items() if not fields.get(name)}
        note = note or asked.note
    owner = met.fields.get("Owner") if asked.flags["DoNotChangeOwner"] else asked.fields.get("Owner")
    if owner is not None:
        fields["Owner"] = owner
    store.change(met.id, note, fields, arrival.moment())
    activity = _note_down(store, arrival, CAPTURED, met)
    if not asked.flags["DoNotPostDuplicateActivity"]:
        activity = _note_down(store, arrival, DUPLICATE_DETECTED, met)
    return duplicate(arrival.guid(), met.prospect_id, met.id, activity)


def _note_down(store: Store, arrival: Arrival, event: int, opportunity: Opportunity) -> str:
    moment = arrival.moment()
    activity = Activity(
        arrival.guid(), event, opportunity.prospect_id, opportunity.id, moment.utc, moment.clock
    )
    store.note_down(activity)
    return activity.id
