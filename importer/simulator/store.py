"""What the account holds: leads, opportunities, and the activities beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Union

from importer.simulator.account import Account
from importer.simulator.arrival import Moment, chance, new_guid, utc_now

FieldValue = Union[str, "Fields"]
Fields = Mapping[str, FieldValue]
"""Opportunity fields by schema name; a custom field set holds fields of its own."""

CAPTURED, DUPLICATE_DETECTED = 33, 32
"""LeadSquared's activity events beside an opportunity."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One opportunity as stored.

    created_at, modified_at: UTC, as the account tells it.
    stored_at:               by the simulator's clock; None: before the first call.
    call:                    the number of the call that created it, 0 for none.
    """

    id: str
    prospect_id: str
    event_code: int
    note: str
    date_time: str
    fields: Fields
    created_at: str
    modified_at: str
    stored_at: float | None
    call: int

    @property
    def moment(self) -> Moment:
        return Moment(self.stored_at, self.created_at)


@dataclass(frozen=True, slots=True)
class Activity:
    """What LeadSquared writes into the lead's trail about an opportunity."""

    id: str
    event: int
    prospect_id: str
    opportunity_id: str
    created_at: str
    stored_at: float | None

    @property
    def moment(self) -> Moment:
        return Moment(self.stored_at, self.created_at)


class Store:
    """Leads and opportunities by id, in the order in which they came."""

    def __init__(self, unique_attributes: tuple[str, ...]) -> None:
        self.leads: dict[str, Mapping[str, str]] = {}
        self.births: dict[str, Moment] = {}
        self.opportunities: dict[str, Opportunity] = {}
        self.deleted: dict[str, Opportunity] = {}
        self.activities: list[Activity] = []
        self._unique = unique_attributes
        self._holders: dict[tuple[str, str], list[str]] = {}
        self._trails: dict[str, dict[str, Opportunity | Activity]] = {}

    def lead_with(self, attribute: str, value: str) -> str | None:
        """The lead that has this value of a unique attribute, ignoring case; of several the oldest."""
        return next(iter(self.leads_with(attribute, value)), None)

    def leads_with(self, attribute: str, value: str) -> list[str]:
        """Every lead that has this value of the attribute, ignoring case, the oldest first."""
        if attribute in self._unique:
            return list(self._holders.get((attribute, value.casefold()), ()))
        wanted = value.casefold()
        return [id for id, lead in self.leads.items() if lead.get(attribute, "").casefold() == wanted]

    def trail(self, prospect_id: str) -> list[Opportunity | Activity]:
        """The lead's opportunities and the activities about them, the oldest first."""
        entries = self._trails.get(prospect_id, {}).values()
        return sorted(entries, key=lambda entry: entry.created_at)

    def opportunities_of(self, prospect_id: str) -> list[Opportunity]:
        """The oldest first."""
        return [entry for entry in self.trail(prospect_id) if isinstance(entry, Opportunity)]

    def keep_lead(self, prospect_id: str, attributes: Mapping[str, str], moment: Moment) -> None:
        """Create the lead, or write these attributes over what it has."""
        self.births.setdefault(prospect_id, moment)
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
        self._trails.setdefault(opportunity.prospect_id, {})[opportunity.id] = opportunity

    def change(self, opportunity_id: str, note: str, fields: Fields, moment: Moment) -> None:
        before = self.opportunities[opportunity_id]
        self.keep(replace(before, note=note, fields=fields, modified_at=moment.utc))

    def delete(self, opportunity_id: str) -> None:
        """Its lead and the activities about it stay."""
        self.deleted[opportunity_id] = gone = self.opportunities.pop(opportunity_id)
        del self._trails[gone.prospect_id][opportunity_id]

    def note_down(self, activity: Activity) -> None:
        self.activities.append(activity)
        self._trails.setdefault(activity.prospect_id, {})[activity.id] = activity


def stocked(account: Account, seed: int) -> Store:
    """The account's own leads and opportunities. Raises ValueError for an opportunity of no lead or type."""
    store, source = Store(account.unique_attributes), chance(seed, "existing")
    start = Moment(None, utc_now(account.clock_offset))
    for lead in account.leads:
        store.keep_lead(lead.get("ProspectID") or new_guid(source), lead, start)
    for existing in account.opportunities:
        owners = (store.lead_with(attribute, existing.lead) for attribute in account.unique_attributes)
        prospect_id = next(filter(None, owners), None)
        if prospect_id is None:
            raise ValueError(
                f"no lead has {existing.lead!r} as a unique value, so it can have no opportunity"
            )
        if existing.event_code not in account.opportunity_types:
            raise ValueError(f"no opportunity type has the event code {existing.event_code}")
        created_at = existing.created_at or start.utc
        store.keep(
            Opportunity(
                id=new_guid(source),
                prospect_id=prospect_id,
                event_code=existing.event_code,
                note=existing.note,
                date_time="",
                fields=dict(existing.fields),
                created_at=created_at,
                modified_at=created_at,
                stored_at=None,
                call=0,
            )
        )
    return store
