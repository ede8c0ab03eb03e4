"""The rules of an opportunity type for the note, the time and the fields of a capture."""

from collections.abc import Mapping

from importer.simulator.account import COMMENT_FIELD, FieldRule, OpportunityType
from importer.simulator.asked import Asked, flat
from importer.simulator.data_types import DATA_TYPES
from importer.simulator.replies import Refusal
from importer.simulator.times import is_moment

INVALID_FIELDS = "MXInvalidActivityFieldsException"
INVALID_DATA_TYPE = "MXInvalidDataTypeException"
SEPARATOR = ";"
"""Between the options of a multi-select; LeadSquared does not document its own."""


def opportunity_refusal(kind: OpportunityType, asked: Asked) -> Refusal | None:
    return (
        _note_or_time_refusal(kind, asked)
        or _field_refusal(kind, dict(flat(asked.fields)))
        or _missing_refusal(kind, {name for name, value in flat(asked.fields) if value})
    )


def _note_or_time_refusal(kind: OpportunityType, asked: Asked) -> Refusal | None:
    if len(asked.note) > kind.note_length:
        return _unfit("OpportunityNote", f"is longer than {kind.note_length} characters")
    if asked.date_time and not is_moment(asked.date_time):
        return Refusal(INVALID_DATA_TYPE, "OpportunityDateTime is not yyyy-mm-dd hh:mm:ss")
    return None


def _field_refusal(kind: OpportunityType, sent: Mapping[str, str]) -> Refusal | None:
    for schema_name, value in sent.items():
        rule = kind.rule(schema_name)
        if rule is None:
            return _unfit(schema_name, "does not exist")
        if rule.read_only:
            return _unfit(schema_name, "is read only")
        if value and (refusal := _value_refusal(schema_name, value, rule, sent)):
            return refusal
    return None


def _missing_refusal(kind: OpportunityType, sent: set[str]) -> Refusal | None:
    mandatory = {name: rule.data_type for name, rule in kind.fields.items() if rule.mandatory}
    if kind.status_comments and "Status" in sent:
        mandatory.setdefault(COMMENT_FIELD, "String")
    for schema_name, data_type in mandatory.items():
        if schema_name not in sent:
            return _unfit(schema_name, f"of datatype : '{data_type}' is mandatory.")
    return None


def _value_refusal(name: str, value: str, rule: FieldRule, sent: Mapping[str, str]) -> Refusal | None:
    chosen = set(value.split(SEPARATOR)) if rule.multi_select else {value}
    if rule.depends_on and not chosen <= set(rule.options_for.get(sent.get(rule.depends_on, ""), ())):
        return _unfit(name, f"does not have this option for the {rule.depends_on} that was sent")
    if rule.options and not chosen <= set(rule.options):
        return _unfit(name, "does not have this option")
    if rule.max_length is not None and len(value) > rule.max_length:
        return _unfit(name, f"is longer than {rule.max_length} characters")
    if not DATA_TYPES[rule.data_type](value):
        return Refusal(INVALID_DATA_TYPE, f"Field name : '{name}' is of datatype : '{rule.data_type}'")
    return None


def _unfit(schema_name: str, why: str) -> Refusal:
    return Refusal(INVALID_FIELDS, f"Field name : '{schema_name}' {why}")
