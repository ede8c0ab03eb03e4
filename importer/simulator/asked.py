"""A Capture body, read strictly: what it asks for, or why it has the wrong shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from importer.simulator.store import Fields, FieldValue

FLAGS = ("OverwriteFields", "UpdateEmptyFields", "DoNotPostDuplicateActivity", "DoNotChangeOwner")
SEARCH_BY = "SearchBy"
OWN_GUID = "__UseUserDefinedGuid__"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one capture asks for; texts that were not sent are ""."""

    lead: Mapping[str, str]
    search_by: str
    uses_own_guid: bool
    event_code: str
    note: str
    date_time: str
    fields: Fields
    flags: Mapping[str, bool]

    def texts(self) -> list[str]:
        """Every value, for whoever looks into all of them."""
        return [*self.lead.values(), self.note, *(value for _, value in flat(self.fields))]


def read_asked(body: Any) -> Asked:
    """Raises ValueError where the body has the wrong shape."""
    lead = _pairs(member(body, "LeadDetails", list, []), "Attribute")
    opportunity = member(body, "Opportunity", dict, {})
    search_by = lead.pop(SEARCH_BY, "")
    own_guid = lead.pop(OWN_GUID, "")
    return Asked(
        lead=lead,
        search_by=search_by,
        uses_own_guid=own_guid.lower() == "true",
        event_code=str(opportunity.get("OpportunityEventCode", "")),
        note=member(opportunity, "OpportunityNote", str, ""),
        date_time=member(opportunity, "OpportunityDateTime", str, ""),
        fields=_fields(member(opportunity, "Fields", list, [])),
        flags={flag: member(opportunity, flag, bool, False) for flag in FLAGS},
    )


def member(node: Any, name: str, kind: type, absent: Any) -> Any:
    """An object's member of this type, or else `absent`. Raises ValueError."""
    if not isinstance(node, dict):
        raise ValueError(f"an object with {name} is expected")
    value = node.get(name, absent)
    if not isinstance(value, kind):
        raise ValueError(f"{name} is to be of type {kind.__name__}")
    return value


def flat(fields: Fields) -> list[tuple[str, str]]:
    """Schema names and values, those inside custom field sets after their set's own, which is empty."""
    pairs: list[tuple[str, str]] = []
    for schema_name, value in fields.items():
        if isinstance(value, str):
            pairs.append((schema_name, value))
        else:
            pairs += [(schema_name, ""), *flat(value)]
    return pairs


def _pairs(entries: list[Any], name: str) -> dict[str, str]:
    return {member(entry, name, str, None): member(entry, "Value", str, None) for entry in entries}


def _fields(entries: list[Any]) -> dict[str, FieldValue]:
    return dict(_field(entry) for entry in entries)


def _field(entry: Any) -> tuple[str, FieldValue]:
    schema_name = member(entry, "SchemaName", str, None)
    value = member(entry, "Value", str, None)
    nested = _fields(member(entry, "Fields", list, []))
    if nested and value:
        raise ValueError(f"{schema_name} holds fields of its own, so its own value is to be empty")
    return schema_name, nested or value
