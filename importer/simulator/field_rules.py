"""The rules of an opportunity type for the note, the time and the fields of a capture."""

import re
from collections.abc import Callable, Mapping

from importer.simulator.account import COMMENT_FIELD, FieldRule, OpportunityType
from importer.simulator.asked import Asked, flat
from importer.simulator.replies import Refusal
from importer.simulator.times import DATE, is_moment

INVALID_FIELDS = "MXInvalidActivityFieldsException"
INVALID_DATA_TYPE = "MXInvalidDataTypeException"


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
    if rule.depends_on and value not in rule.options_for.get(sent.get(rule.depends_on, ""), ()):
        return _unfit(name, f"does not have this option for the {rule.depends_on} that was sent")
    if rule.options and value not in rule.options:
        return _unfit(name, "does not have this option")
    if rule.max_length is not None and len(value) > rule.max_length:
        return _unfit(name, f"is longer than {rule.max_length} characters")
    if not DATA_TYPES[rule.data_type](value):
        return Refusal(INVALID_DATA_TYPE, f"Field name : '{name}' is of datatype : '{rule.data_type}'")
    return None


def _unfit(schema_name: str, why: str) -> Refusal:
    return Refusal(INVALID_FIELDS, f"Field name : '{schema_name}' {why}")


def _is_any_text(value: str) -> bool:
    return True


DATA_TYPES: dict[str, Callable[[str], bool]] = {
    "String": _is_any_text,
    "Dropdown": _is_any_text,
    "Number": lambda value: re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None,
    "Boolean": lambda value: value in ("true", "false"),
    "Date": lambda value: is_moment(value, DATE),
    "DateTime": lambda value: is_moment(value),
}
