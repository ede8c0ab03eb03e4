"""The calls that tell what an account's administrators have set up: types, fields, attributes and users."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from importer.simulator.account import Account, AttributeRule, FieldRule
from importer.simulator.arrival import Arrival, chance, new_guid
from importer.simulator.rules import NO_EVENT, type_of
from importer.simulator.store import Store
from importer.simulator.users import id_of, users_of

ATTRIBUTE_TYPES = {"EmailAddress": "Email", "Phone": "Phone", "Mobile": "Phone"}


def opportunity_types(account: Account, store: Store, arrival: Arrival) -> Any:
    types = account.opportunity_types.items()
    return [{"EventCode": code, "Name": kind.name, "DisplayName": kind.name} for code, kind in types]


def opportunity_type(account: Account, store: Store, arrival: Arrival) -> Any:
    """One type with its standard fields and those that have a rule; of one that takes any, none is told."""
    said = arrival.request.query.get("code", "")
    kind = type_of(account, said)
    if kind is None:
        return NO_EVENT
    code = int(said)
    fields = {} if kind.other_fields else kind.standard_fields | dict(kind.fields)
    return {
        "AllowAttachments": False,
        "CanDelete": kind.can_delete,
        "Description": "",
        "DisplayName": kind.name,
        "EventCode": code,
        "Fields": [_field(*named, sequence) for sequence, named in enumerate(fields.items())],
    }


def attributes(account: Account, store: Store, arrival: Arrival) -> Any:
    """All lead attributes; in an account that takes any, none is told."""
    known = account.known_attributes
    if known is None:
        return []
    names = dict.fromkeys((*account.unique_attributes, *account.attribute_rules, *account.must_have))
    names |= dict.fromkeys(sorted(known))
    return [_attribute(account, name, account.attribute_rules.get(name)) for name in names]


def users(account: Account, store: Store, arrival: Arrival) -> Any:
    return [
        {
            "ID": id_of(account, user),
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "EmailAddress": user.email,
            "Role": user.role,
            "StatusCode": 0 if user.active else 1,
            "Tag": None,
            "IsPhoneCallAgent": False,
        }
        for user in users_of(account)
    ]


def _field(name: str, rule: FieldRule, sequence: int) -> dict[str, Any]:
    return {
        "SchemaName": name,
        "InternalName": name,
        "DisplayName": rule.display_name or name,
        "Value": None,
        "DataType": rule.data_type,
        "IsMandatory": rule.mandatory,
        "ShowInForm": True,
        "Sequence": sequence,
        "ParentField": rule.depends_on,
        "OptionSet": _option_set(rule.every_option),
        "DependentOptionSet": _dependent(rule.options_for),
        "IsDefault": not name.startswith("mx_"),
        "IsReadOnly": rule.read_only,
        "RenderType": "",
        "ExportAsPlainText": False,
        "IsMultiSelectDropdown": rule.multi_select,
        "IncludeOthersOption": False,
        "BehaviorOnMissingDropdownOption": 0,
        "IsOthersValue": False,
        "InternalSchemaName": "",
        "CustomObjectType": 2,
        "MaxFieldLength": rule.max_length,
    }


def _option_set(options: Iterable[str]) -> str:
    """JSON within JSON, as documented, where `Text` may be blank; without options no JSON at all."""
    entries = [
        {
            "IsDefault": not order,
            "Text": "",
            "Value": option,
            "CanDelete": 1,
            "CanEdit": 1,
            "IsLastOption": 0,
            "Order": order,
        }
        for order, option in enumerate(options)
    ]
    return json.dumps(entries, ensure_ascii=False) if entries else ""


def _dependent(options_for: Mapping[str, tuple[str, ...]]) -> str:
    """In a shape of our own: LeadSquared's is not documented."""
    entries = [{"Parent": parent, "Options": list(options)} for parent, options in options_for.items()]
    return json.dumps(entries, ensure_ascii=False) if entries else ""


def _attribute(account: Account, name: str, rule: AttributeRule | None) -> dict[str, Any]:
    rule = rule or AttributeRule(ATTRIBUTE_TYPES.get(name, "Text"))
    return {
        "Entity": "1",
        "SchemaName": name,
        "DisplayName": rule.display_name or name,
        "DataType": rule.data_type,
        "IsMandatory": name in account.must_have,
        "Options": [{"Value": option} for option in rule.options],
        "MaxLength": "" if rule.max_length is None else str(rule.max_length),
        "EntityAttributeId": new_guid(chance(account.organisation, "attribute", name)),
        "Name": name,
        "EntityAttributeType": 1,
        "RenderTypeTextValue": "Dropdown" if rule.options else "TextBox",
        "IsVisible": True,
        "IsSearchable": True,
        "DefaultValue": "",
        "AllowMultiple": rule.multi_select,
        "ShowInImport": name != "ProspectID",
        "IsUnique": name in account.unique_attributes,
    }
