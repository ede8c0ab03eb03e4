"""What the account holds: leads, opportunities, and the activities beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Union

from importer.simulator.account import Account
from importer.simulator.arrival import chance, new_guid, utc_now

FieldValue = Union[str, "Fields"]
Fields = Mapping[str, FieldValue]
"""Opportunity fields by schema name; a custom field set holds fields of its own."""

CAPTURED, DUPLICATE_DETECTED = 33, 32
"""LeadSquared's activity events beside an opportunity."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One opportunity as stored; `call` is the number of the call that created it, 0 for none."""

    id: str
    prospect_id: str
    event_code: int
    note: str
    date_time: str
    fields: Fields
    created_at: str
    call: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What LeadSquared writes into the lead's trail about an opportunity."""

    id: str
    event: int
    prospect_id: str
    opportunity_id: str


class Store:
    """Leads and opportunities by id, in the order in which they came."""

    def __init__(self, unique_attributes: tuple[str, ...]) -> None:
        self.leads: dict[str, Mapping[str, str]] = {}
        self.opportunities: dict[str, Opportunity] = {}
        self.activities: list[Activity] = []
        self._unique = unique_attributes
        self._holders: dict[tuple[str, str], list[str]] = {}

    def lead_with(self, attribute: str, value: str) -> str | None:
        """The lead that has this value of a unique attribute, ignoring case; of several the oldest."""
        return next(iter(self._holders.get((attribute, value.casefold()), ())), None)

    def keep_lead(self, prospect_id: str, attributes: Mapping[str, str]) -> None:
        """Create the lead, or write these attributes over what it has."""
        known = self.leads.get(prospect_id, {})
        self.leads[prospect_id] = lead = {**known, **attributes, "ProspectID": prospect_id}
        before, after = self._unique_values(known), self._unique_values(lead)
        for value in before - after:
            self._holders[value].remove(prospect_id)
        for value in after - before:
            self._holders.setdefault(value, []).append(prospect_id)

    def _unique_values(self, lead: Mapping[str, str]) -> set[tuple[str, str]]:
        return {(name, value.casefold()) for name in self._unique if (value := lead.get(name))}

    def keep(self, opportunity: Opportunity) -> None:
        self.opportunities[opportunity.id] = opportunity

    def change(self, opportunity_id: str, note: str, fields: Fields) -> None:
        self.keep(replace(self.opportunities[opportunity_id], note=note, fields=fields))


def stocked(account: Account, seed: int) -> Store:
    """The account's own leads and opportunities. Raises ValueError for an opportunity of no lead."""
    store, source = Store(account.unique_attributes), chance(seed, "existing")
    for lead in account.leads:
        store.keep_lead(lead.get("ProspectID") or new_guid(source), lead)
    for existing in account.opportunities:
        owners = (store.lead_with(attribute, existing.lead) for attribute in account.unique_attributes)
        prospect_id = next(filter(None, owners), None)
        if prospect_id is None:
            raise ValueError(
                f"no lead has {existing.lead!r} as a unique value, so it can have no opportunity"
            )
        store.keep(
            Opportunity(
                id=new_guid(source),
                prospect_id=prospect_id,
                event_code=existing.event_code,
                note=existing.note,
                date_time="",
                fields=dict(existing.fields),
                created_at=utc_now(),
                call=0,
            )
        )
    return store
