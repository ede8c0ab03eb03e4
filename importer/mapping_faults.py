"""What a mapping must not say although each part of it can be read: rules between settings.

Each rule yields the keys where it is broken, and what was found (what would do).
"""

import re
from collections.abc import Container, Iterator
from collections.abc import Mapping as Table

from importer import templates
from importer.account_schema import NOTE
from importer.choices import parter, translated
from importer.mapping_model import UNIQUE, Lead, Mapping, Opportunity
from importer.mapping_source import FieldSource, Source
from importer.mapping_texts import did_you_mean
from importer.yaml_lines import Keys

Found = tuple[Keys, str]

THAT_FIND_LEADS = f"{', '.join(UNIQUE)}, or an attribute of your account's own that is unique there, mx_…"
RESERVED = {
    "SearchBy": "set by search_by, not an attribute (remove it here)",
    "__UseUserDefinedGuid__": "set by own_guid: true, not an attribute (remove it here)",
    "ProspectId": "as an attribute it is spelt ProspectID (write ProspectID)",
}
ONLY_FOR = {
    "min": ("number", "integer"),
    "max": ("number", "integer"),
    "formats": ("date", "datetime"),
    "region": ("phone",),
    "separator": ("multi_choice",),
    "choices": ("text", "choice", "multi_choice"),
}
FROM_A_CELL = ("aliases", "required", "values", "blank", "default")
CONTRADICTIONS = {
    "required": "required and blank: clear contradict each other (keep one)",
    "default": "default and blank: clear contradict each other (keep one)",
}


def rule_faults(mapping: Mapping, with_options: Container[Keys] = ()) -> Iterator[Found]:
    """with_options: the keys of sources whose choices the account knows."""
    yield from _lead_faults(mapping.lead)
    yield from _opportunity_faults(mapping.opportunity)
    for keys, source in mapping.sources():
        yield from _name_faults(keys)
        if "fields" in source.model_fields_set:
            yield from _field_set_faults(keys, source)
        else:
            yield from _origin_faults(keys, source)
            yield from _option_faults(keys, source)
            yield from _choice_faults(keys, source, keys in with_options)


def _lead_faults(lead: Lead) -> Iterator[Found]:
    if not any(map(_finds_leads, lead.attributes)):
        text = f"none of them is unique, so no lead could be found (add {THAT_FIND_LEADS})"
        yield ("lead", "attributes"), text
    for name in lead.search_by:
        yield from _search_by_faults(name, lead.attributes)
    own_id = lead.attributes.get("ProspectID")
    if lead.own_guid and own_id is None:
        text = "no ProspectID is among the attributes (add ProspectID: {column: Heading, kind: guid})"
        yield ("lead", "own_guid"), text
    elif lead.own_guid and own_id and own_id.kind != "guid":
        yield ("lead", "attributes", "ProspectID", "kind"), "own_guid needs an id (write kind: guid)"


def _finds_leads(name: str) -> bool:
    """Whether it is unique; which of an account's own attributes are, only the account knows."""
    return name in (*UNIQUE, "ProspectId") or name.startswith("mx_")


def _search_by_faults(name: str, attributes: Table[str, Source]) -> Iterator[Found]:
    source, unique = attributes.get(name), [each for each in attributes if _finds_leads(each)]
    if not _finds_leads(name):
        said = did_you_mean(name, (*UNIQUE, *unique), f"possible are {THAT_FIND_LEADS}")
        yield ("lead", "search_by"), f"{name!r} is not unique, so it finds no lead ({said})"
    elif source is None:
        # That none of the attributes is unique, or how ProspectID is spelt, is told where they stand.
        if unique and (name != "ProspectID" or "ProspectId" not in attributes):
            said = did_you_mean(name, unique, f"mapped are {', '.join(attributes)}")
            yield ("lead", "search_by"), f"{name!r} is not among the attributes ({said})"
    elif source.blank == "clear":
        yield ("lead", "attributes", name, "blank"), "a lead is found by this (remove blank: clear)"
    elif source.value is not None or source.default is not None:
        option = "default" if source.value is None else "value"
        text = "rows with the same value here are all the same lead (take it from a column)"
        yield ("lead", "attributes", name, option), text


def _opportunity_faults(opportunity: Opportunity) -> Iterator[Found]:
    writes_over = opportunity.on_duplicate != "keep"
    if writes_over and opportunity.reference == "note" and opportunity.note is None:
        text = (
            f"{opportunity.on_duplicate} with the reference in the note would write over the notes of "
            "people (add a note:, or set reference: to a field of its own or none)"
        )
        yield ("opportunity", "on_duplicate"), text
    if fault := _reference_fault(opportunity):
        yield ("opportunity", "reference"), fault
    if opportunity.date_time and opportunity.date_time.kind not in ("date", "datetime"):
        yield ("opportunity", "date_time", "kind"), "must be date or datetime (remove kind)"
    if owner := opportunity.fields.get("Owner"):
        yield from _owner_faults(owner)


def _reference_fault(opportunity: Opportunity) -> str | None:
    reference = opportunity.reference
    places = ("note", "none")
    if reference in places:
        return None
    if reference.casefold() in places or not re.fullmatch(r"mx_\w+|[A-Z]\w*", reference):
        words = did_you_mean(reference, places, "write note, none or a schema name such as mx_Custom_40")
        return f"{reference!r} is no place for a reference ({words})"
    if reference in ("Status", "Owner") or reference in opportunity.fields:
        return f"{reference} holds something else already (name a field that is used for nothing else)"
    return None


def _owner_faults(owner: Source) -> Iterator[Found]:
    place = ("opportunity", "fields", "Owner")
    if owner.blank == "clear":
        yield (*place, "blank"), "an empty Owner harms LeadSquared's automations (remove blank: clear)"
    for option in ("value", "default"):
        if getattr(owner, option) == "":
            yield (*place, option), "an empty Owner harms LeadSquared's automations (write the id of a user)"


def _name_faults(keys: Keys) -> Iterator[Found]:
    name = str(keys[-1])
    if keys[0] == "lead" and name in RESERVED:
        yield keys, RESERVED[name]
    elif keys[0] == "opportunity" and name == NOTE:
        # Beside OpportunityNote one of them would write over the other, and the reference be lost.
        yield keys, 'it is the opportunity\'s note (write note: "{Heading}", below opportunity)'


def _origin_faults(keys: Keys, source: Source) -> Iterator[Found]:
    given = [name for name in ("column", "value", "text") if getattr(source, name) is not None]
    if len(given) > 1:
        yield keys, f"has {' and '.join(given)} (keep one of them)"
    elif not given:
        yield (
            keys,
            "has no value (add column: a heading, value: the same for every row, or text: with {columns})",
        )
    elif source.text is not None and not templates.columns(source.text):
        yield (*keys, "text"), "names no column in braces (write {Heading}, or value: instead of text:)"
    pointless = (
        {"column": (), "value": FROM_A_CELL, "text": ("aliases",)}[given[0]] if len(given) == 1 else ()
    )
    for option in sorted({*pointless} & source.model_fields_set):
        yield (*keys, option), f"means nothing beside {given[0]} (remove it)"


def _field_set_faults(keys: Keys, source: Source) -> Iterator[Found]:
    if others := sorted(source.model_fields_set - {"fields"}):
        yield keys, f"a custom field set has nothing but fields (remove {', '.join(others)})"
    if isinstance(source, FieldSource) and not source.fields:
        yield (*keys, "fields"), "has no field (add one, or remove fields)"


def _option_faults(keys: Keys, source: Source) -> Iterator[Found]:
    for option, kinds in ONLY_FOR.items():
        if option in source.model_fields_set and source.kind not in kinds:
            text = f"means nothing for kind {source.kind} (it is for {', '.join(kinds)})"
            yield (*keys, option), text
    for least, most in (("min", "max"), ("min_length", "max_length")):
        low, high = getattr(source, least), getattr(source, most)
        if low is not None and high is not None and low > high:
            yield (*keys, least), f"{low} is more than {most} {high} (exchange them)"
    if source.blank == "clear":
        for option, text in CONTRADICTIONS.items():
            if getattr(source, option):
                yield (*keys, option), text


def _choice_faults(keys: Keys, source: Source, has_options: bool) -> Iterator[Found]:
    is_choice = source.kind in ("choice", "multi_choice")
    if is_choice and not source.choices and not source.values and not has_options:
        yield keys, f"kind {source.kind} has no choices (add choices: [One, Two], or values:)"
    if not source.choices:
        return
    written: dict[Keys, str] = {("values", cell): sent for cell, sent in source.values.items()}
    if source.value is not None:
        written["value",] = source.value
    if source.default is not None:
        separator = source.separator if source.kind == "multi_choice" else ""
        written["default",] = translated(source.default, source.values, separator)
    for place, text in written.items():
        for choice in _parts(source, text):
            if choice not in source.choices:
                listed = f"the choices are {', '.join(source.choices)}"
                said = did_you_mean(choice, source.choices, listed)
                yield (*keys, *place), f"{choice!r} is not among the choices ({said})"


def _parts(source: Source, text: str) -> list[str]:
    if source.kind != "multi_choice":
        return [text]
    return parter(source.separator, source.choices)(text) or [text]
