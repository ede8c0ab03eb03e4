"""A mapping whose sources also obey the account: its options, lengths and mandatory fields check the rows."""

from typing import Any, TypeVar

from importer.account_schema import AccountSchema, SchemaField
from importer.fitting_kinds import is_text
from importer.mapping_model import Mapping
from importer.mapping_source import Source
from importer.naming import ATTRIBUTES, FIELDS
from importer.yaml_lines import Keys

AnySource = TypeVar("AnySource", bound=Source)


def under_account(mapping: Mapping, account: AccountSchema) -> Mapping:
    """The same mapping, held against this account, in which it has no faults."""
    lead, opportunity = mapping.lead, mapping.opportunity
    attributes = _by_name(account.attributes)
    fields = _by_name(account.fields.get(opportunity.event_code))
    return mapping.held_against(
        account,
        lead.model_copy(update={"attributes": _sources(lead.attributes, attributes)}),
        opportunity.model_copy(update={"fields": _sources(opportunity.fields, fields)}),
    )


def sources_with_options(mapping: Mapping, account: AccountSchema) -> set[Keys]:
    """The keys of those sources for which the account has a list of options."""
    rooms: dict[Keys, dict[str, SchemaField]] = {
        ATTRIBUTES: _by_name(account.attributes),
        FIELDS: _by_name(account.fields.get(mapping.opportunity.event_code)),
    }
    return {
        keys
        for keys, _ in mapping.sources()
        if (field := rooms.get(keys[:-1], {}).get(str(keys[-1]))) and field.options
    }


def _by_name(known: tuple[SchemaField, ...] | None) -> dict[str, SchemaField]:
    return {field.schema_name: field for field in known or ()}


def _sources(sources: dict[str, AnySource], known: dict[str, SchemaField]) -> dict[str, AnySource]:
    return {
        name: source.model_copy(update=_rules(source, known[name])) if name in known else source
        for name, source in sources.items()
    }


def _rules(source: Source, field: SchemaField) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if field.options and not source.choices and source.kind in ("text", "choice", "multi_choice"):
        rules["choices"] = field.options
    if field.max_length and is_text(field):
        rules["max_length"] = min(source.max_length or field.max_length, field.max_length)
    if field.is_needed and source.value is None:
        rules["required"] = True
    return rules
