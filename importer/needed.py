"""What an account needs of every opportunity, and a draft may be without."""

from collections.abc import Iterator
from dataclasses import replace

from importer.account_schema import AccountSchema, SchemaField
from importer.naming import ATTRIBUTES
from importer.yaml_lines import Keys


def lenient(account: AccountSchema) -> AccountSchema:
    """The same account, to which nothing is mandatory: what no column holds is no fault of a draft."""
    fields = {code: tuple(map(_optional, known)) for code, known in account.fields.items()}
    attributes = account.attributes and tuple(map(_optional, account.attributes))
    return replace(account, fields=fields, attributes=attributes)


def _optional(field: SchemaField) -> SchemaField:
    return replace(field, is_mandatory=False)


def missing(account: AccountSchema, event_code: int, room: Keys, mapped: set[str]) -> Iterator[SchemaField]:
    """What the account needs in this room, and none of the mapped names gives."""
    known = account.attributes if room == ATTRIBUTES else account.fields.get(event_code)
    return (field for field in known or () if field.is_needed and field.schema_name not in mapped)
