"""A capture → the body of its call."""

from typing import Any

from importer.records import Capture, Field


def capture_json(capture: Capture) -> dict[str, Any]:
    """The call's JSON, as LeadSquared's documentation of Capture Opportunities shows it."""
    lead = [{"Attribute": attribute, "Value": value} for attribute, value in capture.lead]
    if capture.uses_own_guid:
        lead.append({"Attribute": "__UseUserDefinedGuid__", "Value": "true"})
    lead.append({"Attribute": "SearchBy", "Value": capture.search_by})
    opportunity: dict[str, object] = {"OpportunityEventCode": capture.event_code}
    if capture.note:
        opportunity["OpportunityNote"] = capture.note
    if capture.date_time:
        opportunity["OpportunityDateTime"] = capture.date_time
    flags = capture.on_duplicate
    opportunity |= {
        "OverwriteFields": flags.overwrite_fields,
        "UpdateEmptyFields": flags.update_empty_fields,
        "DoNotPostDuplicateActivity": flags.do_not_post_duplicate_activity,
        "DoNotChangeOwner": flags.do_not_change_owner,
        "Fields": [_field(field) for field in capture.fields],
    }
    return {"LeadDetails": lead, "Opportunity": opportunity}


def _field(field: Field) -> dict[str, object]:
    said: dict[str, object] = {"SchemaName": field.schema_name, "Value": field.value}
    if field.fields:
        said["Fields"] = [_field(child) for child in field.fields]
    return said
